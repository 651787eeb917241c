"""A process that is killed at any step or byte of a save on local disk: what the next one finds, and can do."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from tests.io.custom import FolderDataset, HalfDataset, ImageDataset, PlainImageDataset

from tidemill import DatasetError, IncrementalDataset, PartitionedDataset, Version
from tidemill.datasets.text import TextDataset
from tidemill.io.commit import journal, local
from tidemill.io.commit.workspace import workspaces
from tidemill.testing import faults
from tidemill.testing.places import leftovers
from tidemill.testing.steps import DiskSteps

IMAGE, OTHER_IMAGE = np.zeros((2, 2, 4), "uint8"), np.full((3, 3, 4), 255, "uint8")


def dies_everywhere(scenario, new_folder, at_least, **sizes):
    survived = [*faults.drill(scenario, new_folder, DiskSteps, **sizes)]
    assert len(survived) >= at_least, f"only {len(survived)} points: {[*map(str, survived)]}"


class Confirming:
    """Moving a checkpoint."""

    def dataset(self, place):
        return IncrementalDataset(f"{place}/parts", "text.TextDataset")

    def prepare(self, place):
        self.dataset(place).save({"1": "one", "2": "two"})
        dataset = self.dataset(place)
        dataset.load()
        dataset.confirm()
        self.dataset(place).save({"3": "three"})

    def act(self, place):
        dataset = self.dataset(place)
        dataset.load()
        dataset.confirm()

    def check(self, place):
        assert self.dataset(place).load() in ({"3": "three"}, {})
        self.act(place)
        assert self.dataset(place).load() == {}
        assert leftovers(place) == []


def test_a_checkpoint_is_the_old_or_the_new(new_folder):
    dies_everywhere(Confirming(), new_folder, 7)


class ConfirmingInLedger(Confirming):
    """The same with a ledger."""

    def dataset(self, place):
        return IncrementalDataset(f"{place}/parts", "text.TextDataset", {"ledger": True})


def test_a_ledger_is_the_old_or_the_new(new_folder):
    dies_everywhere(ConfirmingInLedger(), new_folder, 7)


class FirstConfirm(Confirming):
    """Making a checkpoint."""

    def prepare(self, place):
        self.dataset(place).save({"3": "three"})


def test_a_first_checkpoint_is_there_or_not(new_folder):
    dies_everywhere(FirstConfirm(), new_folder, 7)


class SavingPartitions:
    """Saving partitions, some over old ones, one by one."""

    old, new = {"a": "old a", "deep/b": "old b"}, {"a": "new a", "deep/b": "new b", "deep/er/c": "new c"}

    def dataset(self, place):
        return PartitionedDataset(f"{place}/parts", "text.TextDataset", filename_suffix=".txt")

    def prepare(self, place):
        self.dataset(place).save(self.old)

    def act(self, place):
        self.dataset(place).save(self.new)

    def read(self, place):
        return {name: load() for name, load in self.dataset(place).load().items()}

    def check(self, place):
        found = self.read(place)
        states = [{**self.old, **dict([*self.new.items()][:count])} for count in range(len(self.new) + 1)]
        assert any(self.same(found, each) for each in states)
        self.act(place)
        assert self.same(self.read(place), self.new)
        assert leftovers(place) == []

    def same(self, a, b):
        return a.keys() == b.keys() and all(np.array_equal(a[key], b[key]) for key in a)


class SavingImages(SavingPartitions):
    """The same with a dataset that writes to a path of its own choice."""

    old, new = {"a": IMAGE, "deep/b": IMAGE}, {"a": OTHER_IMAGE, "deep/b": OTHER_IMAGE, "c": OTHER_IMAGE}

    def dataset(self, place):
        return PartitionedDataset(f"{place}/parts", PlainImageDataset, filename_suffix=".png")


class SavingCustomImages(SavingImages):
    """The same with one that is staged."""

    def dataset(self, place):
        return PartitionedDataset(f"{place}/parts", ImageDataset, filename_suffix=".png")


@pytest.mark.parametrize(
    "scenario",
    [SavingPartitions(), pytest.param(SavingImages(), marks=pytest.mark.slow), SavingCustomImages()],
    ids=lambda each: type(each).__name__,
)
def test_each_partition_is_the_old_or_the_new(scenario, new_folder):
    dies_everywhere(scenario, new_folder, 21)


class Overwriting(SavingPartitions):
    """Replacing all partitions."""

    new = {"a": "new a", "deep/er/c": "new c", "d": "new d"}
    settled = 0

    def dataset(self, place):
        return PartitionedDataset(f"{place}/parts", "text.TextDataset", filename_suffix=".txt", overwrite=True)

    def check(self, place):
        committed = any(map(journal._is_committed, workspaces(f"{place}/parts")))
        found = self.read(place)  # which finishes what was committed
        assert self.same(found, self.old) or self.same(found, self.new)
        if committed:
            assert self.same(found, self.new)
            self.settled += 1
        assert leftovers(place) == []
        self.act(place)
        assert self.same(self.read(place), self.new)
        assert leftovers(place) == []


class OverwritingImages(Overwriting):
    """The same with a dataset that writes to a path of its own choice."""

    old, new = {"a": IMAGE, "b": IMAGE}, {"a": OTHER_IMAGE, "c": OTHER_IMAGE}

    def dataset(self, place):
        return PartitionedDataset(f"{place}/parts", PlainImageDataset, filename_suffix=".png", overwrite=True)


class FilesToFolders(Overwriting):
    """A partition gives way to a folder of the same name, and the other way round."""

    old, new = {"a": "old a", "b/c": "old b/c", "b/d": "old b/d"}, {"a/x": "new a/x", "b": "new b"}

    def dataset(self, place):
        return PartitionedDataset(f"{place}/parts", "text.TextDataset", overwrite=True)


@pytest.mark.parametrize(
    "scenario",
    [Overwriting(), pytest.param(OverwritingImages(), marks=pytest.mark.slow), FilesToFolders()],
    ids=lambda each: type(each).__name__,
)
def test_overwritten_partitions_are_the_old_set_or_the_new(scenario, new_folder):
    scenario.settled = 0
    dies_everywhere(scenario, new_folder, 28, more_sizes=[20, 80, 90])  # in the middle of the journal
    assert scenario.settled >= 5


class ReplacingFolder:
    """Saving a folder over an older one."""

    old, new = {"a": "old", "deep/b": "old"}, {"a": "new", "deep/c": "new", "d/e": "new"}

    def prepare(self, place):
        FolderDataset(f"{place}/model").save(self.old)

    def act(self, place):
        FolderDataset(f"{place}/model").save(self.new)

    def check(self, place):
        assert FolderDataset(f"{place}/model").load() in (self.old, self.new)
        self.act(place)
        assert FolderDataset(f"{place}/model").load() == self.new
        assert leftovers(place) == []


def test_a_folder_is_the_old_or_the_new(new_folder):
    dies_everywhere(ReplacingFolder(), new_folder, 30)


def test_a_folder_is_the_old_or_the_new_where_paths_cannot_be_exchanged(new_folder, monkeypatch):
    monkeypatch.setattr(local, "exchange", lambda source, target: False)
    dies_everywhere(ReplacingFolder(), new_folder, 40)


@pytest.fixture
def overlay(tmp_path):
    """A function that returns an empty folder on an overlay file system, as containers have: folders stay put there."""
    mounted = []
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if not mount or not umount:
        pytest.skip("no overlay can be mounted here: there is no `mount`")

    def new():
        base = tmp_path / f"overlay-{len(mounted)}"
        for name in ("lower", "upper", "work", "merged"):
            (base / name).mkdir(parents=True)
        FolderDataset(str(base / "lower" / "model")).save(ReplacingFolder.old)
        options = f"lowerdir={base}/lower,upperdir={base}/upper,workdir={base}/work"
        done = subprocess.run(
            [mount, "-t", "overlay", "overlay", "-o", options, base / "merged"], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip(f"no overlay can be mounted here: {done.stderr.decode().strip()}")
        mounted.append(base / "merged")
        return str(mounted[-1])

    yield new
    for each in mounted:
        subprocess.run([umount, each], check=True)


class OnOverlay(ReplacingFolder):
    """The old folder came with the container's image."""

    def prepare(self, place):
        assert FolderDataset(f"{place}/model").load() == self.old


@pytest.mark.slow
def test_a_folder_of_a_containers_image_is_the_old_or_the_new(overlay):
    dies_everywhere(OnOverlay(), overlay, 40)


class FirstFolder(ReplacingFolder):
    """Saving a folder where there is none."""

    def prepare(self, place):
        pass

    def check(self, place):
        if os.path.exists(f"{place}/model"):
            assert FolderDataset(f"{place}/model").load() == self.new
        self.act(place)
        assert FolderDataset(f"{place}/model").load() == self.new
        assert leftovers(place) == []


def test_a_first_folder_is_there_or_not(new_folder):
    dies_everywhere(FirstFolder(), new_folder, 15)


# Errors in the middle.


@pytest.mark.parametrize("place", ["disk", "memory", "s3"], indirect=True)
def test_half_a_file_that_was_closed_all_the_same_is_never_seen(place):
    with pytest.raises(DatasetError, match="had enough"):
        HalfDataset(f"{place}/first.png").save(IMAGE)
    assert not HalfDataset(f"{place}/first.png").exists()

    ImageDataset(f"{place}/image.png").save(IMAGE)
    with pytest.raises(DatasetError, match="had enough"):
        HalfDataset(f"{place}/image.png").save(OTHER_IMAGE)
    assert np.array_equal(ImageDataset(f"{place}/image.png").load(), IMAGE)

    ImageDataset(f"{place}/v.png", Version()).save(IMAGE)
    with pytest.raises(DatasetError, match="had enough"):
        HalfDataset(f"{place}/v.png", Version()).save(OTHER_IMAGE)
    assert len(ImageDataset(f"{place}/v.png", Version()).list_versions()) == 1
    assert np.array_equal(ImageDataset(f"{place}/v.png", Version()).load(), IMAGE)


@pytest.mark.parametrize("place", ["disk", "memory", "s3"], indirect=True)
def test_a_partition_that_fails_leaves_the_old_one(place):
    PartitionedDataset(f"{place}/parts", ImageDataset).save({"a": IMAGE, "b": IMAGE})
    with pytest.raises(DatasetError, match="had enough"):
        PartitionedDataset(f"{place}/parts", HalfDataset).save({"b": OTHER_IMAGE})

    found = PartitionedDataset(f"{place}/parts", ImageDataset).load()
    assert [*found] == ["a", "b"]
    assert all(np.array_equal(load(), IMAGE) for load in found.values())


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("place", ["disk", "memory", "s3"], indirect=True)
def test_a_lazy_partition_that_fails_keeps_the_old_set(place, overwrite):
    def fail():
        raise RuntimeError("the function had enough")

    dataset = PartitionedDataset(f"{place}/parts", "text.TextDataset", overwrite=overwrite)
    dataset.save({"a": "old", "b": "old", "c": "old"})
    with pytest.raises(DatasetError, match="had enough"):
        dataset.save({"a": lambda: "new", "b": fail})
    dataset.release()

    found = {name: load() for name, load in dataset.load().items()}
    assert found["b"] == found["c"] == "old"
    if place.startswith("/"):
        assert found["a"] == ("old" if overwrite else "new")
        assert leftovers(place) == []


# What the system calls are, in order.


def test_a_version_is_flushed_before_its_rename_and_the_folder_after(tmp_path):
    def save():
        TextDataset(str(tmp_path / "note.txt"), version=Version()).save("text")

    save()
    steps = faults.run(save, DiskSteps(tmp_path)).steps

    staging = steps[1].removeprefix("os.mkdir ")
    assert steps == [
        "os.mkdir .tidemill",
        f"os.mkdir {staging}",
        "open note.txt",
        "open .manifest.json",
        # The two files, their names, and after the rename the name of the version: four, and none can be spared.
        "fsync .manifest.json",
        "fsync note.txt",
        f"fsync {staging}",
        f"os.rename {staging}",
        "os.rmdir .tidemill",
        "fsync note.txt",
    ]


def test_an_unversioned_file_is_flushed_before_its_rename_and_the_folder_after(tmp_path):
    def save():
        TextDataset(str(tmp_path / "note.txt")).save("text")

    save()
    steps = [each for each in faults.run(save, DiskSteps(tmp_path)).steps if not each.startswith("open")]

    unfinished = ".note.txt.000000000000.tmp"
    assert steps == [f"fsync {unfinished}", f"os.rename {unfinished}", f"fsync {tmp_path.name}"]


def test_a_journal_is_flushed_with_all_that_leads_to_it_before_anything_moves(tmp_path):
    dataset = PartitionedDataset(str(tmp_path / "parts"), "text.TextDataset", overwrite=True)
    dataset.save({"a": "old", "b": "old"})
    steps = faults.run(lambda: dataset.save({"a": "new", "c": "new"}), DiskSteps(tmp_path / "parts")).steps

    committed = steps.index("os.rename journal.json.draft")
    before, after = steps[:committed], steps[committed + 1 :]
    staging = steps[1].removeprefix("os.mkdir ")
    assert {"fsync a", "fsync c", "fsync files", f"fsync {staging}", "fsync journal.json.draft"} <= {*before}
    assert after[:3] == [f"fsync {staging}", "fsync .tidemill", "fsync parts"]
    moves = [each for each in after if "rename" in each]
    assert moves == ["os.rename a", "os.rename c"]
    assert after.index("fsync parts", 3) < after.index("os.remove journal.json")


# What others left.


def test_what_a_killed_save_of_kedro_left_is_no_version(tmp_path):
    note = TextDataset(str(tmp_path / "note.txt"), version=Version())
    note.save("text")
    committed = note.list_versions()
    (tmp_path / "note.txt" / "9999-01-01T00.00.00.000Z").mkdir()  # it makes the folder, then the file
    (tmp_path / "note.txt" / "9999-01-02T00.00.00.000Z").mkdir()
    (tmp_path / "note.txt" / "9999-01-02T00.00.00.000Z" / "note.txt.tmp").write_text("te")
    note.release()

    assert note.load() == "text"
    assert note.list_versions() == committed


def test_what_a_killed_save_of_ours_left_is_no_version_for_who_globs(tmp_path):
    def die_before_the_rename():
        TextDataset(str(tmp_path / "note.txt"), version=Version()).save("torn")

    die_before_the_rename()  # not yet
    steps = faults.run(die_before_the_rename, DiskSteps(tmp_path)).steps
    rename = next(number for number, each in enumerate(steps) if each.startswith("os.rename"))
    before = {*(tmp_path / "note.txt").glob("*/note.txt")}
    faults.run(die_before_the_rename, DiskSteps(tmp_path), faults.Point(step=rename - 1))

    assert leftovers(tmp_path) != []
    assert {*(tmp_path / "note.txt").glob("*/note.txt")} == before


def test_the_next_writer_removes_what_the_dead_left_and_spares_the_living(tmp_path):
    from tidemill.io.commit.staging import StagedVersion
    from tidemill.io.versions import Wanted

    def die():
        TextDataset(str(tmp_path / "note.txt"), version=Version()).save("torn")

    living = StagedVersion(str(tmp_path / "note.txt"), "note.txt", Wanted("v1", fixed=True))
    Path(living.path).write_text("still writing")
    faults.run(die, DiskSteps(tmp_path), faults.Point(step=4))
    assert len(os.listdir(tmp_path / "note.txt" / ".tidemill")) == 2

    TextDataset(str(tmp_path / "note.txt"), version=Version()).save("text")
    assert os.listdir(tmp_path / "note.txt" / ".tidemill") == [os.path.basename(os.path.dirname(living.path))]
    assert Path(living.path).read_text() == "still writing"
    living.abort()
    assert leftovers(tmp_path) == []
