from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tidemill import DataCatalog, DatasetError, Version
from tidemill.datasets.duckdb import FileDataset, TableDataset
from tidemill.errors import DatasetConfigError
from tidemill.pipeline import node, pipeline
from tidemill.runner import SequentialRunner, ThreadRunner
from tidemill.testing import DatasetTests, VersionedDatasetTests

TIDES = pd.DataFrame({"tide": ["high", "low", "Größe"], "metres": [4, 1, None]})


def rows(data):
    if isinstance(data, pd.DataFrame):
        data = duckdb.from_df(data)
    return sorted(data.fetchall(), key=str)


class DuckDBTests:
    sample, other = TIDES, pd.DataFrame({"tide": ["slack"] * 300, "metres": [float(n) for n in range(300)]})
    forks = False

    def equal(self, a, b):
        return rows(a) == rows(b)


class TestFileDataset(DuckDBTests, VersionedDatasetTests):
    kind, filename = FileDataset, "tides.parquet"

    def make(self, filepath, version=None):
        return FileDataset(filepath, version=version)


class TestCSV(DuckDBTests, VersionedDatasetTests):
    kind, filename, places = FileDataset, "tides.csv", ("disk",)  # elsewhere as Parquet, above

    def make(self, filepath, version=None):
        return FileDataset(filepath, "csv", version=version)


class TestTableDataset(DuckDBTests, DatasetTests):
    kind, filename, places = TableDataset, "tides.db", ("disk",)  # a database is a file on local disk

    def make(self, filepath, version=None):
        return TableDataset("tides", filepath)


@pytest.mark.parametrize("file_format", ["parquet", "csv", "json"])
@pytest.mark.parametrize(
    "data",
    [TIDES, pl.from_pandas(TIDES), pl.from_pandas(TIDES).lazy(), pa.table({"tide": ["high"]})],
    ids=["pandas", "polars", "lazy", "arrow"],
)
def test_tables_of_any_library_are_saved(data, file_format, tmp_path):
    for dataset in (FileDataset(str(tmp_path / "t"), file_format), TableDataset("tides.t", tmp_path / "x.db")):
        dataset.save(data)

        assert dataset.load().limit(1).fetchall()[0][0] == "high"
        with pytest.raises(DatasetError, match="not list"):
            dataset.save([1, 2])


@pytest.mark.parametrize("versioned", [False, True])
def test_a_relation_is_saved_over_what_it_reads(versioned, tmp_path):
    for dataset in (
        FileDataset(str(tmp_path / "tides.parquet"), version=Version() if versioned else None),
        TableDataset("tides", tmp_path / "x.db"),
    ):
        dataset.save(TIDES)
        dataset.save(dataset.load().filter("metres > 1"))

        assert rows(dataset.load()) == [("high", 4.0)]


def test_relations_of_several_datasets_combine(tmp_path):
    catalog = DataCatalog.from_config(
        {
            "tides": {"type": "duckdb.FileDataset", "filepath": str(tmp_path / "tides.parquet")},
            "gauges": {"type": "duckdb.FileDataSet", "filepath": str(tmp_path / "gauges.csv"), "file_format": "csv"},
            "joined": {"type": "duckdb.TableDataset", "table_name": "joined", "database": str(tmp_path / "x.db")},
        }
    )
    catalog.save("tides", TIDES)
    catalog.save("gauges", pd.DataFrame({"tide": ["high"], "gauge": ["Cuxhaven"]}))
    catalog.save("joined", catalog.load("tides").join(catalog.load("gauges"), "tide"))

    assert rows(catalog.load("joined")) == [("high", 4.0, "Cuxhaven")]


def test_a_table_is_added_to_or_left_as_its_mode_says(tmp_path):
    def tides(mode):
        return TableDataset("tides", tmp_path / "x.db", save_args={"mode": mode})

    assert not tides("error").exists()
    assert not (tmp_path / "x.db").exists()
    with pytest.raises(DatasetError, match="There is no table 'tides'"):
        tides("error").load()
    tides("error").save(TIDES)
    tides("append").save(TIDES[["metres", "tide"]].head(1))
    assert len(tides("append").load()) == 4
    tides("ignore").save(TIDES.head(1))
    with pytest.raises(DatasetError, match="exists, and `mode` is 'error'"):
        tides("error").save(TIDES)
    assert len(tides("append").load()) == 4
    with pytest.raises(DatasetConfigError, match=r"not 'apend'. Did you mean 'append'"):
        tides("apend")


def test_a_save_that_fails_leaves_the_table(tmp_path):
    dataset = TableDataset("tides", tmp_path / "x.db")
    dataset.save(TIDES)
    with pytest.raises(DatasetError, match="gauge"):
        dataset.save(dataset.load().select("error('the gauge is broken') AS tide"))

    assert rows(dataset.load()) == rows(TIDES)


def test_a_release_lets_others_open_the_file(tmp_path, fresh_python):
    dataset = TableDataset("tides", tmp_path / "x.db")
    dataset.save(TIDES)
    dataset.release()

    asked = f"import duckdb; print(duckdb.connect({str(tmp_path / 'x.db')!r}).sql('FROM tides').fetchall()[0][0])"
    assert fresh_python(asked) == "high"
    assert rows(dataset.load()) == rows(TIDES)


def test_a_release_by_one_thread_does_not_end_the_others(tmp_path):
    dataset = TableDataset("tides", tmp_path / "x.db")
    dataset.save(TIDES)
    with ThreadPoolExecutor(1) as other:
        assert other.submit(lambda: rows(dataset.load())).result() == rows(TIDES)
        dataset.release()
        assert other.submit(lambda: rows(dataset.load())).result() == rows(TIDES)


@pytest.mark.parametrize("runner", [SequentialRunner, ThreadRunner])
def test_a_relation_goes_from_node_to_node_through_memory(runner, tmp_path, fresh_python):
    path = tmp_path / "x.db"
    catalog = DataCatalog({"tides": TableDataset("tides", path), "high": TableDataset("high", path)})
    nodes = [
        node(lambda: TIDES, None, "tides"),
        node(lambda tides: tides.filter("metres > 1"), "tides", "between"),  # after it, `tides` is released
        node(lambda between: between.project("tide"), "between", "high"),
    ]
    runner().run(pipeline(nodes), catalog)

    assert rows(catalog.load("high")) == [("high",)]
    catalog.release("high")
    asked = f"import duckdb; print(duckdb.connect({str(path)!r}).sql('FROM high').fetchall()[0][0])"
    assert fresh_python(asked) == "high"


def test_options_reach_the_reader_and_the_writer(tmp_path):
    dataset = FileDataset(str(tmp_path / "tides.csv"), "csv", save_args={"delimiter": "|", "header": False})
    dataset.save(TIDES)

    assert (tmp_path / "tides.csv").read_text(encoding="utf-8").startswith("high|4.0\n")
    assert dataset.load(names=["a", "b"], sep="|").columns == ["a", "b"]
    with pytest.raises(DatasetConfigError, match=r"not 'parket'. Did you mean 'parquet'"):
        FileDataset("tides", "parket")


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"one": [1, 2]}),
        pa.table({f"column {number}": [number] for number in range(1000)}),
        pa.table({"empty": pa.array([], pa.string())}),
        pa.table({'Ebbe, "Größe"': [[{"metres": [1, None]}], None]}),
    ],
    ids=["one column", "1000 columns", "empty", "nested"],
)
def test_odd_tables_come_back(table, tmp_path):
    for dataset in (FileDataset(str(tmp_path / "tides.parquet")), TableDataset('t "x"', tmp_path / "x.db")):
        dataset.save(table)

        assert pa.table(dataset.load()).to_pylist() == table.to_pylist()


def test_options_may_be_numbers_truths_and_lists_of_columns(tmp_path):
    quoted = FileDataset(str(tmp_path / "tides.csv"), "csv", save_args={"force_quote": ["tide"], "header": True})
    quoted.save(TIDES)
    assert (tmp_path / "tides.csv").read_text(encoding="utf-8").startswith('"tide",metres\n"high",4.0\n')

    grouped = FileDataset(str(tmp_path / "n.parquet"), save_args={"row_group_size": 2048, "compression": "zstd"})
    grouped.save(duckdb.sql("SELECT range AS n FROM range(5000)").df())
    assert pq.ParquetFile(tmp_path / "n.parquet").metadata.num_row_groups == 3


def test_a_release_leaves_a_table_that_is_in_memory_only():
    dataset = TableDataset("tides_in_memory")
    dataset.save(TIDES)
    dataset.release()

    assert rows(dataset.load()) == rows(TIDES)
