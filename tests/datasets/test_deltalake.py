from __future__ import annotations

import deltalake
import polars as pl
import pyarrow as pa
import pytest

from tidemill import DataCatalog, MemoryDataset
from tidemill.datasets.deltalake import DeltaTableDataset
from tidemill.testing import DatasetTests

TIDES = pa.table({"tide": ["high", "low"], "metres": [4, 1]})


def rows(data):
    return (data.to_pyarrow_table() if isinstance(data, deltalake.DeltaTable) else data).sort_by("tide").to_pylist()


class TestDeltaTableDataset(DatasetTests):
    sample, other = TIDES, pa.table({"tide": ["slack"] * 9, "metres": [2] * 9})
    kind, filename = DeltaTableDataset, "tides"
    places = ("disk", "file", "s3")  # deltalake has no memory that it shares with fsspec
    forks = False

    def make(self, filepath, version=None):
        return DeltaTableDataset(filepath)

    def equal(self, a, b):
        return rows(a) == rows(b)


def test_a_table_is_asked_changed_and_looked_back_at(tmp_path):
    catalog = DataCatalog.from_config(
        {"tides": {"type": "deltalake.DeltaTableDataSet", "filepath": str(tmp_path / "tides")}}
    )
    catalog.save("tides", TIDES)
    catalog.load("tides").update(updates={"metres": "metres + 1"}, predicate="tide = 'low'")
    catalog.save("tides", pl.DataFrame({"tide": ["slack"], "metres": [3]}))

    assert rows(catalog.load("tides")) == [{"tide": "slack", "metres": 3}]
    assert catalog.load("tides", version=1, columns=["metres"], filters=[("metres", "<", 3)]).to_pylist() == [
        {"metres": 2}
    ]
    assert catalog.load("tides").version() == 2


@pytest.mark.parametrize("mode", ["append", "overwrite"])
def test_a_save_adds_or_replaces(mode, tmp_path):
    for _ in range(2):
        DeltaTableDataset(str(tmp_path / "tides"), save_args={"mode": mode}).save(TIDES)

    assert len(rows(DeltaTableDataset(str(tmp_path / "tides")).load())) == (4 if mode == "append" else 2)


@pytest.mark.parametrize("save_args", [{}, {"partition_by": "tide"}, {"partition_by": "metres"}], ids=str)
@pytest.mark.parametrize("data", [TIDES, TIDES.to_pandas(), pl.from_arrow(TIDES)], ids=["pyarrow", "pandas", "polars"])
def test_a_text_selects_rows(tmp_path, data, save_args):
    dataset = DeltaTableDataset(str(tmp_path / "tides"), save_args=save_args)
    dataset.save(data)

    low = [{"metres": 1, "tide": "low"}]
    for where in (("tide", "=", "low"), ("tide", "!=", "high"), ("tide", "in", ["low", "slack"]), ("tide", ">", "i")):
        assert dataset.load(filters=[where], columns=["metres", "tide"]).to_pylist() == low


def test_a_table_goes_from_node_to_node_through_memory(tmp_path):
    dataset = DeltaTableDataset(str(tmp_path / "tides"))
    dataset.save(pa.table({"tide": ["high"]}))

    assert MemoryDataset(dataset.load()).load().to_pyarrow_table().to_pylist() == [{"tide": "high"}]
