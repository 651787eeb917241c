"""The kit, on datasets as the documents have them, and on what it must notice."""

from __future__ import annotations

import time
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
import pytest
from tests.io.custom import FolderDataset, ImageDataset, MyOwnDataset, PlainImageDataset, RemoteFolderDataset

from tidemill import AbstractVersionedDataset
from tidemill.testing import DatasetTests, VersionedDatasetTests, faults


class TestPlainImageDataset(DatasetTests):
    sample, other = np.zeros((2, 2, 4), "uint8"), np.full((3, 3, 4), 255, "uint8")
    filename = "pikachu.png"

    def make(self, filepath, version=None):
        return PlainImageDataset(filepath)

    def equal(self, a, b):
        return np.array_equal(a, b)


class TestImageDataset(VersionedDatasetTests):
    sample, other = np.zeros((2, 2, 4), "uint8"), np.full((3, 3, 4), 255, "uint8")
    filename = "pikachu.png"

    def make(self, filepath, version=None):
        return ImageDataset(filepath, version)

    def equal(self, a, b):
        return np.array_equal(a, b)


class TestMyOwnDataset(VersionedDatasetTests):
    sample, other = pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [3]})
    places = ("disk",)

    def make(self, filepath, version=None):
        return MyOwnDataset(filepath, version, param1=1)

    def equal(self, a, b):
        return a.equals(b)


class TestFolderDataset(VersionedDatasetTests):
    sample, other = {"a": "one", "deep/b": "two"}, {"a": "three", "c": "four"}
    places = ("disk",)

    def make(self, filepath, version=None):
        return FolderDataset(filepath, version)


class TestRemoteFolderDataset(VersionedDatasetTests):
    sample, other = {"a": "one", "deep/b": "two"}, {"a": "three", "deep/b": "four"}

    def make(self, filepath, version=None):
        return RemoteFolderDataset(filepath, version)


class TestNewStyleDataset(VersionedDatasetTests):
    sample, other = "flood", "ebb"
    places = ("disk",)

    def make(self, filepath, version=None):
        return NewStyleDataset(filepath, version)


class NewStyleDataset(AbstractVersionedDataset):
    """With `load` and `save` instead of `_load` and `_save`."""

    def __init__(self, filepath, version=None):
        super().__init__(PurePosixPath(filepath), version)

    def load(self):
        return Path(self._get_load_path()).read_text()

    def save(self, data):
        Path(self._get_save_path()).write_text(data)

    def _describe(self):
        return {"filepath": self._filepath}


class TestWithoutForksHere(TestNewStyleDataset):
    """As for a library that a fork of this process would break."""

    forks = False


# What it must notice.


class CarelessDataset(NewStyleDataset):
    """It writes to a path of its own choice, and shows all it knows."""

    def save(self, data):
        Path(self._filepath).write_text(data)

    def _describe(self):
        return {f"attribute_{number}": "x" * 100 for number in range(100)}

    def __repr__(self):
        return f"CarelessDataset({self._describe()})"


class CarelessTests(VersionedDatasetTests):
    sample, other = "flood", "ebb"

    def make(self, filepath, version=None):
        return CarelessDataset(filepath, version)


def test_a_save_that_tears_is_noticed(new_folder):
    with pytest.raises(AssertionError, match="After a death"):
        CarelessTests().test_a_save_survives_a_death(new_folder, None)


def test_a_full_disk_that_tears_is_noticed(new_folder):
    with pytest.raises(AssertionError):
        CarelessTests().test_a_full_disk_leaves_the_old_content(new_folder)


def test_an_error_that_tears_is_noticed(tmp_path):
    with pytest.raises(AssertionError):
        CarelessTests().test_an_error_in_the_middle_of_a_save_leaves_the_old_content(str(tmp_path))


def test_a_repr_that_shows_everything_is_noticed(tmp_path):
    with pytest.raises(AssertionError):
        CarelessTests().test_its_repr_is_short_and_says_what_it_is(tmp_path)


def test_a_save_that_hangs_is_noticed(monkeypatch):
    monkeypatch.setattr(faults, "_PATIENCE", 1)
    with pytest.raises(AssertionError, match="hangs"):
        faults.run(lambda: time.sleep(30))


def test_an_unfinished_suite_says_what_is_missing():
    with pytest.raises(NotImplementedError, match="make"):
        VersionedDatasetTests().at("/nowhere")
