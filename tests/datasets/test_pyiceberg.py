from __future__ import annotations

import polars as pl
import pyarrow as pa
import pytest

from tidemill import DataCatalog, DatasetError
from tidemill.datasets.pyiceberg import TableDataset
from tidemill.errors import DatasetConfigError
from tidemill.testing import DatasetTests

TIDES = pa.table({"tide": ["high", "low"], "metres": [4, 1]})


def catalog_in(folder):
    return {"type": "sql", "uri": f"sqlite:///{folder}/catalog.db", "warehouse": f"file://{folder}"}


class TestTableDataset(DatasetTests):
    sample, other = TIDES, pa.table({"tide": ["slack"] * 9, "metres": [2] * 9})
    kind, places = TableDataset, ("disk",)  # where the data is, the catalog decides
    forks = False

    def make(self, filepath, version=None):
        return TableDataset("sea.tides", catalog_in(filepath.rpartition("/")[0]))

    def equal(self, a, b):
        return a.sort_by("tide").to_pylist() == b.sort_by("tide").to_pylist()


@pytest.fixture
def tides(tmp_path):
    return lambda **save_args: TableDataset("sea.tides", catalog_in(tmp_path), save_args=save_args)


def test_a_load_selects_and_looks_back(tides, tmp_path):
    catalog = DataCatalog.from_config(
        {"tides": {"type": "pyiceberg.TableDataSet", "table_name": "sea.tides", "catalog": catalog_in(tmp_path)}}
    )
    catalog.save("tides", TIDES)
    first = tides().fingerprint()
    catalog.save("tides", pl.DataFrame({"tide": ["slack"], "metres": [2]}))

    assert catalog.load("tides").to_pylist() == [{"tide": "slack", "metres": 2}]
    selected = catalog.load("tides", columns=["metres"], row_filter="metres > 1", snapshot_id=int(first))
    assert selected.to_pylist() == [{"metres": 4}]
    assert tides().fingerprint() != first


def test_a_save_adds_and_merges(tides):
    tides().save(TIDES)
    tides(mode="append").save(pa.table({"tide": ["spring"], "metres": [6]}))
    tides(mode="upsert", join_cols=["tide"]).save(pa.table({"tide": ["low", "neap"], "metres": [0, 2]}))

    assert {(row["tide"], row["metres"]) for row in tides().load().to_pylist()} == {
        ("high", 4), ("low", 0), ("spring", 6), ("neap", 2)
    }  # fmt: skip


def test_a_save_that_does_not_fit_leaves_the_table(tides):
    tides().save(TIDES)
    with pytest.raises(DatasetError, match="(?i)mismatch"):
        tides().save(pa.table({"tide": [1]}))
    with pytest.raises(DatasetError, match="not list"):
        tides().save([1])

    assert tides().load().num_rows == 2


def test_what_is_not_there_or_does_not_fit_is_told(tides, tmp_path):
    assert not tides().exists()
    assert tides().fingerprint() is None
    with pytest.raises(DatasetError, match="There is no table 'sea.tides'"):
        tides().load()
    with pytest.raises(DatasetConfigError, match="'namespace.table', not 'tides'"):
        TableDataset("tides", catalog_in(tmp_path))
    with pytest.raises(DatasetConfigError, match=r"not 'apend'. Did you mean 'append'"):
        tides(mode="apend")
    secret = TableDataset("sea.tides", catalog_in(tmp_path), credentials={"token": "a-long-secret"})
    assert "a-long-secret" not in repr(secret)


def test_a_catalog_may_be_named_and_its_address_be_a_secret(tmp_path):
    catalog = DataCatalog.from_config(
        {"tides": {"type": "pyiceberg.TableDataset", "table_name": "sea.tides", "catalog": "sea", "credentials": "it"}},
        credentials={"it": catalog_in(tmp_path)},
    )
    catalog.save("tides", TIDES)

    assert TableDataset("sea.tides", {"name": "sea", **catalog_in(tmp_path)}).load().num_rows == 2
    assert catalog.load("tides").num_rows == 2


def test_batches_that_are_read_once_are_saved(tides):
    tides().save(TIDES.to_reader(max_chunksize=1))

    assert tides().load().sort_by("metres").to_pylist() == TIDES.sort_by("metres").to_pylist()
