from __future__ import annotations

import gzip
import threading
import time

import dask.dataframe as dd
import distributed
import pandas as pd
import pytest

from tidemill import DataCatalog, DatasetError, Version
from tidemill.datasets.dask import CSVDataset, ParquetDataset
from tidemill.errors import DatasetConfigError
from tidemill.testing import VersionedDatasetTests
from tidemill.testing.places import leftovers

# Dask 2026.8 asks pandas 3.1 for what pandas 4 will not do.
pytestmark = [
    pytest.mark.filterwarnings("ignore:The inplace keyword"),
    # What distributed leaves to the garbage collector when a cluster ends.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
TIDES = pd.DataFrame({"tide": ["high", "low", "Größe", "slack"], "metres": [4, 1, 0, 2]})


def lazily(table, partitions=2):
    return dd.from_pandas(table, npartitions=partitions)


def found(data):
    """What it holds: Dask and pandas have strings of different types."""
    return (data.compute() if isinstance(data, dd.DataFrame) else data).to_dict("list")


class DaskTests(VersionedDatasetTests):
    sample, other = lazily(TIDES), lazily(pd.DataFrame({"tide": ["spring"] * 90, "metres": [6] * 90}), 3)
    forks = False

    def make(self, filepath, version=None):
        return self.kind(filepath, version=version)

    def equal(self, a, b):
        return found(a) == found(b)


class TestParquetDataset(DaskTests):
    kind, filename = ParquetDataset, "tides.parquet"


class TestCSVDataset(DaskTests):
    kind, filename = CSVDataset, "tides.csv"


class OneFailsOneIsSlow:
    """What partitions go through: the first fails when the second is at it, which goes on for a while."""

    def __init__(self):
        self.begun, self.failed, self.ended = threading.Event(), threading.Event(), threading.Event()

    def __dask_tokenize__(self):
        return id(self)  # events have no content to tell them by

    def __call__(self, table):
        if table["metres"].max() == 4:
            assert self.begun.wait(30)
            self.failed.set()
            raise ValueError("a bad row")
        self.begun.set()
        assert self.failed.wait(30)
        time.sleep(0.3)  # longer than Dask takes to hear of it
        self.ended.set()
        return table


@pytest.mark.parametrize("kind", [ParquetDataset, CSVDataset])
@pytest.mark.parametrize("options", [{}, {"num_workers": 3}])
def test_a_save_that_fails_is_over_when_it_says_so(tmp_path, kind, options):
    work = OneFailsOneIsSlow()
    data = lazily(TIDES).map_partitions(work, meta=TIDES.head(0))

    with pytest.raises(DatasetError, match="a bad row"):
        kind(str(tmp_path / "tides"), save_args={"compute_kwargs": options}).save(data)

    assert work.ended.is_set()
    assert leftovers(tmp_path) == []
    assert not (tmp_path / "tides").exists()


class TestOneCSVFile(DaskTests):
    kind, filename = CSVDataset, "tides.csv"
    places = ("disk", "memory", "s3")

    def make(self, filepath, version=None):
        return CSVDataset(filepath, save_args={"single_file": True}, version=version)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("workers"))
    arguments = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0", "silence_logs": 50}
    with distributed.LocalCluster(**arguments, local_directory=folder) as made, distributed.Client(made) as client:
        yield client


def test_the_workers_of_a_cluster_read_and_write(cluster, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the workers are elsewhere
    for kind, name in [(ParquetDataset, "tides.parquet"), (CSVDataset, "tides.csv"), (CSVDataset, "tides-*.csv")]:
        dataset = kind(name)
        dataset.save(lazily(TIDES, 4))
        dataset.save(dataset.load().query("metres > 0"))

        assert found(dataset.load()) == found(TIDES.query("metres > 0")), name
    assert leftovers(tmp_path) == []


def test_a_save_that_fails_on_a_worker_leaves_the_old_content(cluster, tmp_path):
    def broken(part):
        if 2 in part["metres"].tolist():
            raise ValueError("the gauge is broken")
        return part

    for kind, name in [(ParquetDataset, "tides.parquet"), (CSVDataset, "tides.csv"), (CSVDataset, "tides-*.csv")]:
        dataset = kind(str(tmp_path / name))
        dataset.save(lazily(TIDES))
        with pytest.raises(DatasetError, match="the gauge is broken"):
            dataset.save(lazily(TIDES * 2, 4).assign(metres=lazily(TIDES, 4)["metres"]).map_partitions(broken))

        assert found(dataset.load()) == found(TIDES), name
    assert leftovers(tmp_path) == []


def test_files_that_match_a_pattern_are_replaced_together(tmp_path):
    (tmp_path / "notes.csv").write_text("kept")
    dataset = CSVDataset(str(tmp_path / "tides-*.csv"))
    assert not dataset.exists()
    dataset.save(lazily(TIDES, 4))
    dataset.save(lazily(TIDES, 1))

    assert dataset.exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["notes.csv", "tides-0.csv"]
    with pytest.raises(DatasetConfigError, match="does not go with `versioned: true`"):
        CSVDataset("tides-*.csv", version=Version())


def test_what_is_appended_is_added(tmp_path):
    parquet = ParquetDataset(str(tmp_path / "tides"), save_args={"append": True, "ignore_divisions": True})
    for _ in range(2):
        parquet.save(lazily(TIDES))

    assert len(parquet.load()) == 2 * len(TIDES)


def test_a_load_selects(tmp_path):
    catalog = DataCatalog.from_config({"t": {"type": "dask.ParquetDataSet", "filepath": str(tmp_path / "tides")}})
    catalog.save("t", lazily(TIDES))

    selected = catalog.load("t", columns=["tide"], filters=[("metres", ">", 1)])
    assert found(selected) == found(TIDES.query("metres > 1")[["tide"]])


def test_types_are_named_as_text(tmp_path):
    dataset = ParquetDataset(str(tmp_path / "tides"), save_args={"schema": {"metres": "int16"}})
    dataset.save(lazily(TIDES))

    assert dataset.load().dtypes["metres"] == "int16"


def test_one_file_is_compressed_as_its_name_says(tmp_path):
    dataset = CSVDataset(str(tmp_path / "tides.csv.gz"), {"blocksize": None}, {"single_file": True})
    dataset.save(lazily(TIDES))

    assert gzip.decompress((tmp_path / "tides.csv.gz").read_bytes()).startswith(b"tide,metres")
    assert found(dataset.load()) == found(TIDES)


def test_a_save_that_would_save_nothing_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="`compute: false` in `save_args` would save nothing"):
        ParquetDataset(str(tmp_path / "tides"), save_args={"compute": False}).save(lazily(TIDES))


def test_a_pattern_is_loaded_and_not_saved_to(tmp_path):
    ParquetDataset(str(tmp_path / "tides")).save(lazily(TIDES))
    pattern = ParquetDataset(str(tmp_path / "tides" / "*.parquet"))
    assert found(pattern.load()) == found(TIDES)

    with pytest.raises(DatasetError, match="is a pattern, which names files to load; a save needs one path"):
        pattern.save(lazily(TIDES))
    assert found(pattern.load()) == found(TIDES)
