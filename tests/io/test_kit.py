"""The kit, on datasets as the documents have them, and on what it must notice."""

from __future__ import annotations

import importlib.util
import os
import signal
import time
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
import pytest
from tests.io.custom import FolderDataset, ImageDataset, MyOwnDataset, PlainImageDataset, RemoteFolderDataset

from tidemill import AbstractVersionedDataset
from tidemill.testing import DatasetTests, VersionedDatasetTests, faults, s3
from tidemill.testing.steps import DiskSteps


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


def test_a_save_that_a_signal_ends_is_noticed():
    with pytest.raises(AssertionError, match="The save died of SIGTERM"):
        faults.run(lambda: os.kill(os.getpid(), signal.SIGTERM))


class Writing:
    """A file of ten bytes."""

    def prepare(self, place):
        pass

    def act(self, place):
        Path(place, "file").write_text("x" * 10)

    def check(self, place):
        pass


class Refusing(Writing):
    def act(self, place):
        raise OSError("never")


class WritingMoreAtFirst(Writing):
    """It makes a folder first, the first time."""

    def __init__(self, mark):
        self.mark = mark

    def act(self, place):
        if not self.mark.exists():
            self.mark.touch()
            Path(place, "folder").mkdir()
        super().act(place)


def drilled(scenario, new_folder, **options):
    return [str(point) for point in faults.drill(scenario, new_folder, DiskSteps, **options)]


def test_each_point_of_a_drill_is_told_and_none_that_no_file_reaches(new_folder):
    assert drilled(Writing(), new_folder, more_sizes=[7, 10**9]) == [
        "before step 0, open file",
        "before step 1, the end",
        *(f"at byte {size} of a file" for size in (0, 5, 7, 9)),
    ]


def test_a_save_that_fails_without_a_fault_is_no_drill(new_folder):
    with pytest.raises(AssertionError, match="(?s)does not even succeed without faults.*OSError: never"):
        drilled(Refusing(), new_folder)


def test_a_save_that_takes_other_steps_each_time_is_noticed(new_folder, tmp_path):
    with pytest.raises(AssertionError, match="The process did not die before step 2, the end"):
        drilled(WritingMoreAtFirst(tmp_path / "mark"), new_folder)


def test_a_child_that_has_ended_stays_so():
    child = faults.Child(lambda: None)
    while child.is_running():
        time.sleep(0.01)

    assert not child.is_running()
    assert child.ended() == ([], 0, "")


@pytest.mark.parametrize(("variable", "outcome"), [("1", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_without_a_server_to_test_with_it_is_said_and_in_ci_it_fails(monkeypatch, variable, outcome):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "moto" else real(name))
    monkeypatch.setenv("CI", variable)

    with pytest.raises(outcome, match=r"S3 is tested with moto: pip install 'moto\[s3,server\]' s3fs"):
        s3.server.__wrapped__()  # the one that is running, if any, was found before


def test_an_unfinished_suite_says_what_is_missing():
    with pytest.raises(NotImplementedError, match="make"):
        VersionedDatasetTests().at("/nowhere")
