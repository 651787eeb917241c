from __future__ import annotations

import os

import numpy as np
import pytest

from tidemill import DatasetError
from tidemill.datasets.numpy import NumpyDataset
from tidemill.testing import VersionedDatasetTests

OBJECTS = np.array([{"tide": 1}, None], dtype=object)


class TestNumpyDataset(VersionedDatasetTests):
    kind, filename = NumpyDataset, "tides.npy"
    sample, other = np.arange(12, dtype="<i2").reshape(3, 4), np.array([0.5, np.nan, np.inf])

    def make(self, filepath, version=None):
        return NumpyDataset(filepath, version=version)

    def equal(self, a, b):
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=True)


class TestAnArchive(VersionedDatasetTests):
    kind, filename = NumpyDataset, "tides.npz"
    sample, other = {"high": np.arange(5), "low": np.array(["Ebbe"])}, {"high": np.eye(3)}

    def make(self, filepath, version=None):
        return NumpyDataset(filepath, version=version)

    def equal(self, a, b):
        return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in b)


def test_an_archive_is_compressed_if_asked_for(tmp_path):
    NumpyDataset(str(tmp_path / "plain.npz")).save({"zeros": np.zeros(10000)})
    dataset = NumpyDataset(str(tmp_path / "small.npz"), save_args={"compressed": True})
    dataset.save({"zeros": np.zeros(10000)})

    assert os.path.getsize(tmp_path / "small.npz") < os.path.getsize(tmp_path / "plain.npz") / 10
    assert not dataset.load()["zeros"].any()


@pytest.mark.parametrize(("name", "data"), [("objects.npy", OBJECTS), ("objects.npz", {"objects": OBJECTS})])
def test_pickles_are_neither_written_nor_read_unless_the_catalog_says_so(tmp_path, name, data):
    path, trusting = str(tmp_path / name), {"allow_pickle": True}
    with pytest.raises(DatasetError, match="allow_pickle"):
        NumpyDataset(path).save(data)
    assert os.listdir(tmp_path) == []

    NumpyDataset(path, save_args=trusting).save(data)
    with pytest.raises(DatasetError, match="allow_pickle"):
        NumpyDataset(path).load()
    loaded = NumpyDataset(path, load_args=trusting).load()
    assert list(loaded["objects"] if isinstance(loaded, dict) else loaded) == list(OBJECTS)


@pytest.mark.parametrize(("name", "data"), [("tides.npy", {"high": np.eye(2)}), ("tides.npz", np.eye(2))])
def test_data_that_does_not_fit_the_ending_is_refused(tmp_path, name, data):
    with pytest.raises(DatasetError, match=name):
        NumpyDataset(str(tmp_path / name)).save(data)

    assert os.listdir(tmp_path) == []
