"""A disk without room: a small one that is really full, and a limit that makes a write fail at a chosen byte."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess

import pytest
from tests.io.custom import FolderDataset, MyOwnDataset

from tidemill import DatasetError, IncrementalDataset, PartitionedDataset, Version
from tidemill.datasets.text import TextDataset
from tidemill.testing import faults
from tidemill.testing.places import leftovers

ROOM, LONG = 256 * 1024, "x" * 400 * 1024


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 kB."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if not mount or not umount:
        pytest.skip("nothing can be mounted here: there is no `mount`")
    folder = tmp_path / "small"
    folder.mkdir()
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run([umount, folder], check=True)


def test_a_file_keeps_its_old_content(small_disk):
    note = TextDataset(str(small_disk / "note.txt"))
    note.save("old")

    with pytest.raises(DatasetError, match="full"):
        note.save(LONG)

    assert note.load() == "old"
    assert os.listdir(small_disk) == ["note.txt"]
    note.save("new")
    assert note.load() == "new"


def test_no_version_is_made(small_disk):
    note = TextDataset(str(small_disk / "note.txt"), version=Version())
    note.save("old")

    with pytest.raises(DatasetError, match="full"):
        note.save(LONG)

    assert note.load() == "old"
    assert len(note.list_versions()) == 1
    assert leftovers(small_disk) == []
    note.save("new")
    assert note.load() == "new"


def test_a_folder_keeps_its_old_content(small_disk):
    model = FolderDataset(str(small_disk / "model"))
    model.save({"a": "old", "b": "old"})

    with pytest.raises(DatasetError, match="full"):
        model.save({"a": "new", "b": LONG})

    assert model.load() == {"a": "old", "b": "old"}
    assert leftovers(small_disk) == []


@pytest.mark.parametrize("overwrite", [False, True])
def test_partitions_keep_their_old_content(small_disk, overwrite):
    dataset = PartitionedDataset(str(small_disk / "parts"), "text.TextDataset", overwrite=overwrite)
    dataset.save({"a": "old", "b": "old"})

    with pytest.raises(DatasetError, match="full"):
        dataset.save({"a": "new", "b": LONG})

    found = {name: load() for name, load in dataset.load().items()}
    assert found == {"a": "old" if overwrite else "new", "b": "old"}
    assert leftovers(small_disk) == []


def test_a_disk_that_is_full_already_changes_nothing(small_disk):
    note = TextDataset(str(small_disk / "note.txt"))
    note.save("old")
    dataset = IncrementalDataset(str(small_disk / "parts"), "text.TextDataset")
    dataset.save({"1": "one"})
    with open(small_disk / "filler", "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)

    with pytest.raises(DatasetError, match="full"):
        note.save("new")
    with pytest.raises(DatasetError, match="full"):
        TextDataset(str(small_disk / "versions.txt"), version=Version()).save("new")
    dataset.load()
    with pytest.raises(DatasetError, match="full"):
        dataset.confirm()

    assert note.load() == "old"
    assert IncrementalDataset(str(small_disk / "parts"), "text.TextDataset").load() == {"1": "one"}
    assert leftovers(small_disk) == []
    os.unlink(small_disk / "filler")
    dataset.confirm()
    assert IncrementalDataset(str(small_disk / "parts"), "text.TextDataset").load() == {}


@pytest.mark.parametrize("size", [0, 1, 10, 60, 100, 300])
def test_wherever_a_version_stops_growing_there_is_none(size, tmp_path):
    import pandas as pd

    def save():
        MyOwnDataset(str(tmp_path / "cars.csv"), Version(), 1).save(pd.DataFrame({"a": range(10)}))

    ended = faults.run_on_full_disk(save, size)

    assert "DatasetError" in ended.error
    assert "full" in ended.error
    assert leftovers(tmp_path) == []
    assert MyOwnDataset(str(tmp_path / "cars.csv"), Version(), 1).list_versions() == []


@pytest.mark.parametrize("size", [0, 1, 20, 60])
def test_wherever_a_replacement_of_partitions_stops_growing_the_old_set_stays(size, tmp_path):
    dataset = PartitionedDataset(str(tmp_path / "parts"), "text.TextDataset", overwrite=True)
    dataset.save({"a": "old", "b": "old"})

    ended = faults.run_on_full_disk(lambda: dataset.save({"a": "new " * 5, "c": "new", "d": "new"}), size)

    assert "DatasetError" in ended.error
    assert leftovers(tmp_path) == []
    assert {name: load() for name, load in dataset.load().items()} == {"a": "old", "b": "old"}
