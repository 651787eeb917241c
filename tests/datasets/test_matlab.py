from __future__ import annotations

import os

import numpy as np

from tidemill.datasets.matlab import MatlabDataset
from tidemill.testing import VersionedDatasetTests


class TestMatlabDataset(VersionedDatasetTests):
    kind, filename = MatlabDataset, "tides.mat"
    sample = {"metres": np.array([[0.5, 4.0], [2.5, 1.0]]), "port": np.array(["Büsum"])}
    other = {"metres": np.arange(6.0).reshape(2, 3), "port": np.array(["Husum"])}

    def make(self, filepath, version=None):
        return MatlabDataset(filepath, version=version)

    def equal(self, a, b):
        return all(np.array_equal(a[name], b[name]) for name in ("metres", "port"))


def test_what_is_no_dictionary_is_the_variable_data(tmp_path):
    dataset = MatlabDataset(str(tmp_path / "tides.mat"))
    dataset.save(np.eye(2))

    assert np.array_equal(dataset.load()["data"], np.eye(2))
    dataset.save([1, 2])
    assert dataset.load()["data"].tolist() == [[1, 2]]


def test_what_was_loaded_can_be_saved(tmp_path):
    dataset = MatlabDataset(str(tmp_path / "tides.mat"))
    dataset.save(TestMatlabDataset.sample)
    dataset.save(dataset.load())

    assert TestMatlabDataset().equal(dataset.load(), TestMatlabDataset.sample)


def test_its_arguments_reach_scipy(tmp_path):
    zeros = {"zeros": np.zeros((200, 200))}
    MatlabDataset(str(tmp_path / "plain.mat")).save(zeros)
    dataset = MatlabDataset(str(tmp_path / "small.mat"), save_args={"do_compression": True})
    dataset.save(zeros)

    assert os.path.getsize(tmp_path / "small.mat") < os.path.getsize(tmp_path / "plain.mat") / 10
    assert "zeros" not in dataset.load(variable_names=["none"])
    assert dataset.load(squeeze_me=True)["zeros"].shape == (200, 200)
