"""Delta tables as DataFrames: the suite of every dataset, and the versions that a table keeps."""

from __future__ import annotations

import functools
import time

import pandas as pd
import pytest

from tidemill import DataCatalog, DatasetError, Version
from tidemill.datasets.pandas import DeltaTableDataset
from tidemill.errors import DatasetConfigError, VersionNotFoundError
from tidemill.testing import DatasetTests, apart

TIDES = pd.DataFrame({"tide": ["high", "low"], "metres": [4, 1]})


class TestDeltaTableDataset(DatasetTests):
    kind, sample, other = DeltaTableDataset, TIDES, TIDES.head(1)
    places = ("disk", "file", "s3")  # deltalake has filesystems of its own; its memory is nobody else's
    forks = False  # it has threads

    def make(self, filepath, version=None):
        return self.kind(filepath)

    def equal(self, a, b):
        return a.equals(b)


@pytest.fixture
def table(tmp_path):
    """The path of a table of three versions."""
    path = str(tmp_path / "tides")
    for rows in (2, 1):
        DeltaTableDataset(path).save(TIDES.head(rows))
    time.sleep(0.01)  # Delta tells commits of one millisecond apart by the time of their files
    DeltaTableDataset(path, save_args={"mode": "append"}).save(TIDES)
    return path


def test_a_version_is_loaded_by_its_number_or_time(table):
    dataset = DeltaTableDataset(table)
    assert [len(DeltaTableDataset(table, load_args={"version": number}).load()) for number in (0, 1, 2)] == [2, 1, 3]
    assert len(dataset.load(version=0)) == 2
    assert dataset.get_loaded_version() == 2
    assert DeltaTableDataset(table, load_args={"version": 1}).get_loaded_version() == 1
    when = pd.Timestamp(dataset.history[1]["timestamp"] + 5, unit="ms", tz="UTC").isoformat()
    assert len(dataset.load(version=when)) == 1
    with pytest.raises(VersionNotFoundError, match="no version 9; its newest is 2"):
        dataset.load(version=9)


def test_a_catalog_loads_a_version(table):
    definition = {"type": "pandas.DeltaTableDataset", "filepath": table, "versioned": True}
    catalog = DataCatalog.from_config({"tides": definition})

    assert len(catalog.load("tides")) == 3
    assert len(catalog.load("tides", version="0")) == 2
    assert len(catalog.load("tides", version=1)) == 1
    pinned = DataCatalog.from_config({"tides": definition}, load_versions={"tides": "0"})
    assert len(pinned.load("tides")) == 2
    assert DeltaTableDataset(table, version=Version("1", None)).get_loaded_version() == 1
    assert catalog["tides"].list_versions() == ["2", "1", "0"]
    assert catalog["tides"].fingerprint() == "2"


def test_a_table_is_partitioned_and_parts_are_selected(tmp_path):
    path = tmp_path / "tides"
    DeltaTableDataset(path, save_args={"partition_by": "tide"}).save(TIDES)

    assert sorted(each.name for each in path.iterdir() if "=" in each.name) == ["tide=high", "tide=low"]
    assert DeltaTableDataset(path).load(filters=[("tide", "=", "low")], columns=["metres"])["metres"].tolist() == [1]
    assert DeltaTableDataset(path).load(filters=[("metres", ">", 2)])["tide"].tolist() == ["high"]


def test_what_a_table_knows_of_itself(table):
    dataset = DeltaTableDataset(table)

    assert [each["name"] for each in dataset.schema["fields"]] == ["tide", "metres"]
    assert dataset.metadata.partition_columns == []
    assert [each["version"] for each in dataset.history] == [2, 1, 0]
    assert dataset.fs_args == {}


def test_what_is_wrong_is_told(tmp_path):
    with pytest.raises(DatasetConfigError, match="'error', not 'ignore'|not 'ignore'"):
        DeltaTableDataset(tmp_path, save_args={"mode": "ignore"})
    with pytest.raises(DatasetConfigError, match="either `filepath` or `catalog_type`"):
        DeltaTableDataset()
    with pytest.raises(DatasetConfigError, match="either `filepath` or `catalog_type`"):
        DeltaTableDataset(tmp_path, catalog_type="unity")
    with pytest.raises(DatasetConfigError, match="memory"):
        DeltaTableDataset("memory://tides")
    with pytest.raises(DatasetConfigError, match="unity"):
        DeltaTableDataset(catalog_type="glue", database="d", table="t")
    with pytest.raises(DatasetConfigError, match="database"):
        DeltaTableDataset(catalog_type="unity", table="t")
    with pytest.raises(DatasetError, match="no Delta table at"):
        DeltaTableDataset(tmp_path / "nowhere").load()
    DeltaTableDataset(tmp_path / "t").save(TIDES)
    with pytest.raises(DatasetError, match="xists"):
        DeltaTableDataset(tmp_path / "t", save_args={"mode": "error"}).save(TIDES)


def test_a_table_in_a_catalog_is_asked_of_unity(monkeypatch):
    monkeypatch.delenv("DATABRICKS_WORKSPACE_URL", raising=False)
    dataset = DeltaTableDataset(catalog_type="unity", catalog_name="c", database="d", table="t")

    assert "uc://c.d.t" in repr(dataset)
    with pytest.raises(DatasetError):  # nobody is there; what matters is that it fails as one does
        dataset.load()


def test_secrets_are_not_shown():
    dataset = DeltaTableDataset("s3://bucket/tides", credentials={"key": "a-key-1234", "secret": "a-secret-1234"})

    assert "1234" not in repr(dataset)
    assert "1234" not in str(dataset.to_config())
    assert dataset.fs_args == {"aws_access_key_id": "a-key-1234", "aws_secret_access_key": "a-secret-1234"}


def save_half(path):
    DeltaTableDataset(path).save(pd.concat([TIDES] * 1000, ignore_index=True))


def test_a_full_disk_leaves_the_old_table(tmp_path):
    """Deltalake writes its log last, from Rust: no step of it is noticed, but its files can be kept from growing."""
    path = str(tmp_path / "tides")
    DeltaTableDataset(path).save(TIDES)
    for room in (0, 100, 600):
        ended = apart.run_on_full_disk(__name__, functools.partial(save_half, path), room)
        assert "DatasetError" in ended.error
        assert DeltaTableDataset(path).load().equals(TIDES)

    save_half(path)
    assert len(DeltaTableDataset(path).load()) == 2000


def test_what_is_no_table_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(DatasetError, match="saves tables, not objects of type dict: give a table of pandas"):
        DeltaTableDataset(str(tmp_path / "tides")).save({"tide": "high"})

    assert not (tmp_path / "tides").exists()
