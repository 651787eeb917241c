from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from tidemill import DataCatalog, DatasetError, Version
from tidemill.datasets.pyarrow import ParquetDataset
from tidemill.testing import VersionedDatasetTests
from tidemill.testing.places import leftovers, new_place

TIDES = pa.table({"tide": ["high", "low", "Größe"], "metres": [4, 1, None]})


def rows(data):
    table = data if isinstance(data, pa.Table) else data.to_table()
    return sorted(table.select(["tide", "metres"]).to_pylist(), key=str)


class ArrowTests(VersionedDatasetTests):
    sample, other = TIDES, pa.table({"tide": ["slack"] * 500, "metres": range(500)})
    kind, filename = ParquetDataset, "tides.parquet"
    save_args = None
    forks = False

    def make(self, filepath, version=None):
        return ParquetDataset(filepath, save_args=self.save_args, version=version)

    def equal(self, a, b):
        return rows(a) == rows(b)


class TestOneFile(ArrowTests):
    pass


class TestPartitionedFolder(ArrowTests):
    filename = "tides"
    save_args = {"partitioning": ["tide"]}


@pytest.mark.parametrize("data", [TIDES, ds.dataset(TIDES), TIDES.to_reader(), TIDES.to_pandas()], ids=type)
@pytest.mark.parametrize("save_args", [{}, {"partitioning": ["tide"]}], ids=["file", "folder"])
def test_whatever_has_arrow_s_interface_is_saved(data, save_args, tmp_path):
    if isinstance(data, pa.RecordBatchReader):
        data = TIDES.to_reader()  # it is read once
    dataset = ParquetDataset(str(tmp_path / "tides"), save_args=save_args)
    dataset.save(data)

    assert [row["tide"] for row in rows(dataset.load())] == ["high", "low", "Größe"] or len(rows(dataset.load())) == 3
    with pytest.raises(DatasetError, match="not list"):
        dataset.save([1, 2])


def test_it_is_read_when_it_is_scanned_and_selected_when_it_is_loaded(tmp_path):
    catalog = DataCatalog.from_config(
        {
            "tides": {
                "type": "pyarrow.ParquetDataset",
                "filepath": str(tmp_path / "t"),
                "save_args": {"compression": "zstd"},
            }
        }
    )
    catalog.save("tides", TIDES)

    assert isinstance(catalog.load("tides"), ds.Dataset)
    assert catalog.load("tides").head(1) == TIDES.slice(0, 1)
    assert catalog.load("tides", columns=["metres"], filters=[("tide", "in", ["low"])]) == pa.table({"metres": [1]})
    assert catalog.load("tides", filters=ds.field("metres") > 1).num_rows == 1
    assert pq.ParquetFile(tmp_path / "t").metadata.row_group(0).column(0).compression == "ZSTD"


@pytest.mark.parametrize("versioned", [False, True])
def test_a_dataset_is_saved_over_what_it_scans(versioned, tmp_path):
    dataset = ParquetDataset(str(tmp_path / "tides"), version=Version() if versioned else None)
    dataset.save(TIDES)
    dataset.save(dataset.load().filter(ds.field("metres") > 1))

    assert rows(dataset.load()) == [{"tide": "high", "metres": 4}]


def test_partitions_are_replaced_one_by_one_or_all(tmp_path):
    def dataset(**arguments):
        return ParquetDataset(str(tmp_path / "tides"), save_args={"partitioning": ["tide"], **arguments})

    dataset().save(TIDES)
    dataset(existing_data_behavior="delete_matching").save(pa.table({"tide": ["low"], "metres": [2]}))
    assert {(row["tide"], row["metres"]) for row in rows(dataset().load())} == {
        ("high", 4),
        ("low", 2),
        ("Größe", None),
    }

    added = dataset(existing_data_behavior="overwrite_or_ignore", basename_template="more-{i}.parquet")
    added.save(pa.table({"tide": ["low"], "metres": [3]}))
    assert dataset().load(filters=[("tide", "=", "low")])["metres"].to_pylist() == [3, 2]

    dataset().save(pa.table({"tide": ["slack"], "metres": [3]}))
    assert rows(dataset().load()) == [{"tide": "slack", "metres": 3}]
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"one": [1, 2]}),
        pa.table({f"column {number}": [number] for number in range(1000)}),
        pa.table({"empty": pa.array([], pa.string())}),
        pa.table({"Ebbe, 'Größe'": [[{"metres": [1, None]}], None]}),
        pa.table({"at": pa.array([0, None], pa.timestamp("us", "Europe/Berlin"))}),
        pa.table({"kind": pa.array(["high", None]).dictionary_encode()}),
    ],
    ids=["one column", "1000 columns", "empty", "nested", "time zone", "categories"],
)
def test_odd_tables_come_back(table, tmp_path):
    dataset = ParquetDataset(str(tmp_path / "tides"))
    dataset.save(table)

    assert dataset.load().to_table() == table


def test_what_pandas_saved_is_scanned(tmp_path):
    pd.DataFrame({"tide": ["high"], "metres": [4]}).to_parquet(tmp_path / "tides.parquet")

    assert rows(ParquetDataset(str(tmp_path / "tides.parquet")).load()) == [{"tide": "high", "metres": 4}]
    assert rows(ParquetDataset(f"file://{tmp_path}").load()) == [{"tide": "high", "metres": 4}]


@pytest.mark.parametrize("place", ["disk", "memory", "s3"])
def test_a_save_may_add_to_a_folder_anywhere(place, tmp_path, monkeypatch):
    with new_place(place, tmp_path, monkeypatch) as folder:

        def dataset(name):
            adds = {"existing_data_behavior": "overwrite_or_ignore", "basename_template": f"{name}-{{i}}.parquet"}
            return ParquetDataset(f"{folder}/tides", save_args={"partitioning": ["tide"], **adds})

        dataset("one").save(TIDES)
        dataset("two").save(pa.table({"tide": ["low"], "metres": [3]}))
        dataset("three").save(TIDES.slice(0, 0))  # nothing

        assert len(rows(dataset("any").load())) == 4
        assert sorted(dataset("any").load(filters=[("tide", "=", "low")])["metres"].to_pylist()) == [1, 3]
    assert leftovers(tmp_path) == []
