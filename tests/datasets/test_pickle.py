from __future__ import annotations

import pytest

from tidemill import DatasetError
from tidemill.datasets.pickle import PickleDataset
from tidemill.testing import VersionedDatasetTests


class PickleTests(VersionedDatasetTests):
    sample, other = {"tide": ("high", 4.5)}, {"tide": ("low", {1, 2})}
    backend = "pickle"
    filename = "tide.pkl"
    places = ("disk", "memory")  # the other places make no difference to a backend

    def make(self, filepath, version=None):
        return PickleDataset(filepath, self.backend, version=version)


class TestPickle(PickleTests):
    places = VersionedDatasetTests.places


class TestJoblib(PickleTests):
    backend = "joblib"


class TestCloudpickle(PickleTests):
    backend = "cloudpickle"


class TestDill(PickleTests):
    backend = "dill"


class TestCompressPickle(PickleTests):
    backend = "compress_pickle"

    def make(self, filepath, version=None):
        arguments = {"compression": "gzip"}
        return PickleDataset(filepath, self.backend, load_args=arguments, save_args=arguments, version=version)


def test_an_object_that_does_not_pickle_leaves_the_old_content(tmp_path):
    dataset = PickleDataset(str(tmp_path / "tide.pkl"))
    dataset.save([1, 2])

    with pytest.raises(DatasetError, match="pickle"):
        dataset.save([*range(1000), lambda: None])

    assert dataset.load() == [1, 2]
