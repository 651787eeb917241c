from __future__ import annotations

import numpy as np
import pytest

from tidemill import DatasetError
from tidemill.datasets.safetensors import SafetensorsDataset
from tidemill.io.classes import is_installed
from tidemill.testing import VersionedDatasetTests


class TestSafetensorsDataset(VersionedDatasetTests):
    kind, filename = SafetensorsDataset, "weights.safetensors"
    sample, other = {"w": np.eye(3, dtype="float32"), "b": np.zeros(3)}, {"w": np.arange(120, dtype="int16")}

    def make(self, filepath, version=None):
        return SafetensorsDataset(filepath, version=version)

    def equal(self, a, b):
        return a.keys() == b.keys() and all(a[n].dtype == b[n].dtype and np.array_equal(a[n], b[n]) for n in b)


def test_tensors_of_pytorch(tmp_path):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'tidemill[pytorch]'")
    path = str(tmp_path / "weights.safetensors")
    dataset = SafetensorsDataset(path, backend="torch", save_args={"metadata": {"trained": "today"}})
    dataset.save({"w": torch.eye(2)})

    assert torch.equal(dataset.load()["w"], torch.eye(2))
    assert np.array_equal(SafetensorsDataset(path).load()["w"], np.eye(2))


@pytest.mark.parametrize("backend", ["jax", "nope", ""])
def test_a_backend_that_is_not_there_is_named(backend):
    with pytest.raises(DatasetError, match=f"`backend` is one of numpy, torch.*, not '{backend}'"):
        SafetensorsDataset("weights.safetensors", backend=backend)


@pytest.mark.skipif(is_installed("torch"), reason="PyTorch is installed")
def test_a_backend_that_is_not_installed_is_told_how():
    with pytest.raises(DatasetError, match=r"needs torch, which is not installed: pip install 'tidemill\[pytorch\]'"):
        SafetensorsDataset("weights.safetensors", backend="torch")


def test_what_is_no_dictionary_of_tensors_is_refused(tmp_path):
    dataset = SafetensorsDataset(str(tmp_path / "weights.safetensors"))
    dataset.save(TestSafetensorsDataset.sample)

    with pytest.raises(DatasetError):
        dataset.save({"w": "no tensor"})
    with pytest.raises(DatasetError):
        dataset.save(np.eye(2))

    assert TestSafetensorsDataset().equal(dataset.load(), TestSafetensorsDataset.sample)
