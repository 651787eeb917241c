from __future__ import annotations

import pytest

from tidemill import DatasetError
from tidemill.testing import VersionedDatasetTests

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'tidemill[pytorch]'")

from tidemill.datasets.pytorch import PyTorchDataset  # noqa: E402


class TestPyTorchDataset(VersionedDatasetTests):
    kind, filename, forks = PyTorchDataset, "weights.pt", False
    sample = {"w": torch.eye(3), "epoch": 4}
    other = {"w": torch.arange(200), "epoch": 5}

    def make(self, filepath, version=None):
        return PyTorchDataset(filepath, version=version)

    def equal(self, a, b):
        return a["epoch"] == b["epoch"] and torch.equal(a["w"], b["w"])


def test_a_model_is_saved_as_its_weights(tmp_path):
    model, again = torch.nn.Linear(3, 2), torch.nn.Linear(3, 2)
    dataset = PyTorchDataset(str(tmp_path / "weights.pt"))
    dataset.save(model)
    again.load_state_dict(dataset.load())

    assert torch.equal(again(torch.ones(3)), model(torch.ones(3)))


class Tide:
    """An object that only a pickle holds."""


def test_pickles_are_read_only_where_the_catalog_says_so(tmp_path):
    path = str(tmp_path / "weights.pt")
    PyTorchDataset(path).save({"tide": Tide()})

    with pytest.raises(DatasetError, match="weights_only|Weights only"):
        PyTorchDataset(path).load()
    assert isinstance(PyTorchDataset(path, load_args={"weights_only": False}).load()["tide"], Tide)
    assert PyTorchDataset(path).load(weights_only=False)
