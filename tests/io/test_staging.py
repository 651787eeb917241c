"""Saves on local disk beside what a file system can hold: links, devices, permissions, relative paths, no locks."""

from __future__ import annotations

import errno
import os
import stat
import threading
import time
from pathlib import Path

import pytest
from tests.io.custom import FolderDataset

from tidemill import AbstractDataset, AbstractVersionedDataset, DatasetError, FileDataset, PartitionedDataset, Version
from tidemill.datasets.text import TextDataset
from tidemill.errors import VersionAlreadyExistsError
from tidemill.io.commit import local, locks
from tidemill.io.commit.staging import StagedFile, StagedPath, StagedVersion
from tidemill.io.commit.workspace import workspaces
from tidemill.io.versions import Wanted
from tidemill.testing import faults
from tidemill.testing.places import leftovers

ROOT = os.getuid() == 0


class Appending(AbstractVersionedDataset):
    """A log, whose saves add a line."""

    def __init__(self, filepath, version=None):
        super().__init__(Path(filepath), version)

    def _load(self):
        return self._get_load_path().read_text()

    def _save(self, line):
        with self._get_save_path().open("a") as file:
            file.write(line + "\n")

    def _describe(self):
        return {"filepath": self._filepath}


class AddingToFolder(FolderDataset):
    """A folder, whose saves add files."""

    def _save(self, texts):
        path = Path(self._get_save_path())
        path.mkdir(exist_ok=True)
        for name, text in texts.items():
            (path / name).write_text(text)


def test_code_that_appends_appends(tmp_path):
    log = Appending(str(tmp_path / "log.txt"))
    log.save("flood")
    log.save("ebb")

    assert log.load() == "flood\nebb\n"
    assert os.listdir(tmp_path) == ["log.txt"]


def test_what_a_dead_writer_left_is_not_appended_to(tmp_path):
    (tmp_path / ".log.txt.000000000000.tmp").write_text("torn")
    TextDataset(str(tmp_path / "log.txt"), fs_args={"open_args_save": {"mode": "a"}}).save("flood")

    assert (tmp_path / "log.txt").read_text() == "flood"


def test_a_version_begins_empty_even_for_code_that_appends(tmp_path):
    log = Appending(str(tmp_path / "log.txt"), Version())
    log.save("flood")
    log.save("ebb")

    assert log.load() == "ebb\n"


def test_code_that_adds_to_a_folder_adds(tmp_path):
    model = AddingToFolder(str(tmp_path / "model"))
    model.save({"a": "1"})
    model.save({"b": "2"})

    assert model.load() == {"a": "1", "b": "2"}


def test_an_empty_folder_in_a_folder_stays(tmp_path, monkeypatch):
    for exchanged in (True, False):
        if not exchanged:
            monkeypatch.setattr(local, "exchange", lambda source, target: False)
        target = tmp_path / f"{exchanged}"
        (target / "old").mkdir(parents=True)
        staged = StagedPath(str(target))
        Path(staged.path, "assets", "empty").mkdir(parents=True)
        staged.publish()

        assert (target / "assets" / "empty").is_dir()
        assert leftovers(tmp_path) == []


# Links.


@pytest.mark.parametrize("version", [None, Version(None, "v1")], ids=["unversioned", "versioned"])
def test_links_and_pipes_that_an_author_makes_in_a_folder_stay_what_they_are(tmp_path, version):
    class Odd(FolderDataset):
        def _save(self, texts):
            super()._save(texts)
            path = Path(self._get_save_path())
            (path / "link").symlink_to("nowhere")
            os.mkfifo(path / "pipe")

    dataset = Odd(str(tmp_path / "model"), version)
    dataset.save({"a": "text"})

    path = Path(dataset._get_load_path())
    assert (path / "a").read_text() == "text"
    assert os.readlink(path / "link") == "nowhere"
    assert stat.S_ISFIFO((path / "pipe").stat().st_mode)
    if version:
        assert [each.path for each in dataset.manifest().files] == ["model/a"]
    assert leftovers(tmp_path) == []


def test_a_folder_that_cannot_be_copied_is_left_alone(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "a").write_text("old")
    os.mkfifo(tmp_path / "model" / "pipe")

    with pytest.raises(DatasetError, match="is a named pipe"):
        AddingToFolder(str(tmp_path / "model")).save({"b": "new"})

    assert sorted(os.listdir(tmp_path / "model")) == ["a", "pipe"]
    assert (tmp_path / "model" / "a").read_text() == "old"
    assert leftovers(tmp_path) == []


def test_a_save_that_asks_for_its_path_and_writes_nothing_changes_nothing(tmp_path):
    folder = FolderDataset(str(tmp_path / "model"))
    folder.save({})
    assert os.listdir(tmp_path) == []

    folder.save({"a": "old"})
    folder.save({})
    assert folder.load() == {"a": "old"}
    assert leftovers(tmp_path) == []


class FileOrFolder(FolderDataset):
    """A text as a file, a dictionary as a folder; whatever was there gives way."""

    def _save(self, data):
        path = Path(self._get_save_path())
        if path.is_file():
            path.unlink()
        super()._save(data)


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_folder_takes_the_place_of_a_file(tmp_path, monkeypatch, exchanges):
    if not exchanges:  # as on a system, or a file system, that cannot
        monkeypatch.setattr(local, "exchange", lambda *_: False)
    (tmp_path / "model").write_text("a file")

    FileOrFolder(str(tmp_path / "model")).save({"a": "new", "deep/b": "new"})

    assert FolderDataset(str(tmp_path / "model")).load() == {"a": "new", "deep/b": "new"}
    assert os.listdir(tmp_path) == ["model"]


class InterruptedText(TextDataset):
    """Ctrl-C is pressed when half of it is written."""

    def _write(self, file, data):
        file.write(data[: len(data) // 2])
        file.flush()
        raise KeyboardInterrupt


class InterruptedLog(Appending):
    def _save(self, line):
        super()._save(line)
        raise KeyboardInterrupt


class InterruptedFolder(AddingToFolder):
    def _save(self, texts):
        super()._save(texts)
        raise KeyboardInterrupt


class InterruptedPlain(AbstractDataset):
    """It writes where it is told to, by itself."""

    def __init__(self, filepath):
        self._filepath = filepath

    def _load(self):
        return Path(self._filepath).read_text()

    def _save(self, data):
        Path(self._filepath).write_text(data[: len(data) // 2])
        raise KeyboardInterrupt

    def _describe(self):
        return {}


@pytest.mark.parametrize("version", [None, Version()], ids=["unversioned", "versioned"])
@pytest.mark.parametrize(
    ("interrupted", "kind", "old", "new"),
    [
        (InterruptedText, TextDataset, "old", "a longer text"),
        (InterruptedLog, Appending, "flood", "ebb"),
        (InterruptedFolder, AddingToFolder, {"a": "old"}, {"a": "new", "b": "new"}),
    ],
)
def test_ctrl_c_in_the_middle_leaves_what_was_there_and_nothing_else(tmp_path, interrupted, kind, old, new, version):
    path = str(tmp_path / "data")
    kind(path, version=version).save(old)
    before = kind(path, version=version).load()

    with pytest.raises(KeyboardInterrupt):
        interrupted(path, version=version).save(new)

    assert kind(path, version=version).load() == before
    assert os.listdir(tmp_path) == ["data"]
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("kind", [InterruptedText, {"type": InterruptedPlain}], ids=["stages itself", "does not"])
def test_ctrl_c_in_the_middle_of_a_partition_leaves_what_was_there(tmp_path, kind, overwrite):
    PartitionedDataset(str(tmp_path), TextDataset).save({"a": "old", "b": "old"})

    with pytest.raises(KeyboardInterrupt):
        PartitionedDataset(str(tmp_path), kind, overwrite=overwrite).save({"a": "a longer text"})

    found = PartitionedDataset(str(tmp_path), TextDataset).load()
    assert {name: load() for name, load in found.items()} == {"a": "old", "b": "old"}
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_version_that_the_disk_does_not_take_at_the_end_is_none(tmp_path, monkeypatch, number):
    def refuse(source, target):
        raise OSError(number, os.strerror(number), source, None, target)

    dataset = TextDataset(str(tmp_path / "note.txt"), version=Version())
    dataset.save("old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", refuse)
        with pytest.raises(DatasetError, match=os.strerror(number)):
            dataset.save("new")

    dataset.release()
    assert dataset.load() == "old"
    assert len(dataset.list_versions()) == 1
    assert leftovers(tmp_path) == []


def test_a_link_is_written_through(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "note.txt").write_text("old")
    (tmp_path / "note.txt").symlink_to("real/note.txt")
    TextDataset(str(tmp_path / "note.txt")).save("new")

    assert (tmp_path / "note.txt").is_symlink()
    assert (tmp_path / "real" / "note.txt").read_text() == "new"

    (tmp_path / "cars.csv").symlink_to("real/cars.csv")  # which is not there yet
    Appending(str(tmp_path / "cars.csv")).save("line")
    assert (tmp_path / "cars.csv").is_symlink()
    assert (tmp_path / "real" / "cars.csv").read_text() == "line\n"


def test_a_linked_folder_of_versions_is_written_through(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "note.txt").symlink_to("real")
    note = TextDataset(str(tmp_path / "note.txt"), version=Version(None, "v1"))
    note.save("text")

    assert note.load() == "text"
    assert os.listdir(tmp_path / "real") == ["v1"]


def test_a_link_that_leads_nowhere_is_an_error_that_ends(tmp_path):
    (tmp_path / "note.txt").symlink_to("nowhere")
    with pytest.raises(DatasetError):
        TextDataset(str(tmp_path / "note.txt"), version=Version()).save("text")

    (tmp_path / "base").mkdir()
    (tmp_path / "base" / ".tidemill").symlink_to("nowhere")
    with pytest.raises(DatasetError):
        TextDataset(str(tmp_path / "base"), version=Version()).save("text")


def test_a_link_planted_where_the_unfinished_file_goes_is_left_alone(tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("precious")
    for number, leads_to in enumerate(["precious", "nothing", "no/thing"]):
        (tmp_path / f".note.txt.{number:012x}.tmp").symlink_to(leads_to)
    TextDataset(str(tmp_path / "note.txt")).save("text")

    assert (tmp_path / "note.txt").read_text() == "text"
    assert precious.read_text() == "precious"
    assert not (tmp_path / "nothing").exists()


def test_a_folder_that_a_link_promises_is_made(tmp_path):
    (tmp_path / "current").symlink_to("releases/1")
    TextDataset(str(tmp_path / "current" / "note.txt")).save("text")

    assert (tmp_path / "releases" / "1" / "note.txt").read_text() == "text"


def test_a_save_ends_in_the_folder_where_it_began_though_a_link_now_leads_elsewhere(tmp_path):
    class Switching(TextDataset):
        def _write(self, file, data):
            super()._write(file, data)
            (tmp_path / "current").unlink()
            (tmp_path / "current").symlink_to("new")

    for each in ("old", "new"):
        (tmp_path / each).mkdir()
    (tmp_path / "new" / ".note.txt.000000000000.tmp").write_text("of another writer")
    (tmp_path / "current").symlink_to("old")
    Switching(str(tmp_path / "current" / "note.txt")).save("text")

    assert os.listdir(tmp_path / "old") == ["note.txt"]
    assert os.listdir(tmp_path / "new") == [".note.txt.000000000000.tmp"]


# Devices and pipes.


def test_a_pipe_is_written_to_and_stays(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_text()))
    reader.start()
    TextDataset(str(tmp_path / "pipe")).save("text")
    reader.join()

    assert read == ["text"]
    assert stat.S_ISFIFO(os.stat(tmp_path / "pipe").st_mode)


def test_a_device_is_written_to_and_stays():
    TextDataset("/dev/null").save("text")
    Appending("/dev/null").save("text")

    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


# Permissions.


@pytest.mark.parametrize("kind", [TextDataset, Appending])
def test_what_is_replaced_keeps_its_permissions(kind, tmp_path):
    path = tmp_path / "note.txt"
    kind(str(path)).save("old")
    path.chmod(0o640)
    kind(str(path)).save("new")

    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_an_overwritten_partition_keeps_its_permissions(tmp_path):
    dataset = PartitionedDataset(str(tmp_path), "text.TextDataset", overwrite=True)
    dataset.save({"a": "old"})
    (tmp_path / "a").chmod(0o640)
    dataset.save({"a": "new"})

    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


@pytest.mark.skipif(not ROOT, reason="only root may give files away")
def test_what_is_replaced_keeps_its_owner(tmp_path):
    path = tmp_path / "note.txt"
    TextDataset(str(path)).save("old")
    os.chown(path, 12345, 54321)
    TextDataset(str(path)).save("new")

    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 54321)


def as_nobody(action):
    """Run in a child that may do what anybody may."""

    def act():
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        action()

    return faults.run(act)


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
def test_a_file_that_may_not_be_written_is_not_replaced(public_path):
    path = public_path / "note.txt"
    path.write_text("precious")
    path.chmod(0o444)

    ended = as_nobody(lambda: TextDataset(str(path)).save("new"))

    assert "PermissionError" in ended.error
    assert path.read_text() == "precious"


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
def test_a_file_of_another_group_opens_nothing_to_ours(public_path):
    path = public_path / "note.txt"
    path.write_text("old")
    os.chown(path, 12345, 54321)
    path.chmod(0o672)  # all may write, its group may do more

    assert as_nobody(lambda: TextDataset(str(path)).save("new")).error == ""
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o602


@pytest.mark.skipif(not ROOT, reason="only root can give a file away")
@pytest.mark.parametrize(("group", "mode"), [(54321, 0o602), (None, 0o672)], ids=["of another group", "of ours"])
def test_a_file_that_cannot_be_given_back_keeps_what_its_mode_allows_our_group_only(tmp_path, monkeypatch, group, mode):
    def refuse(*_):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    path = tmp_path / "note.txt"
    path.write_text("old")
    os.chown(path, 12345, os.getgid() if group is None else group)
    path.chmod(0o672)
    monkeypatch.setattr(os, "chown", refuse)  # as it is to all but root

    TextDataset(str(path)).save("new")

    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
def test_what_another_user_left_is_no_obstacle(public_path):
    (public_path / ".note.txt.000000000000.tmp").write_text("of another")
    (public_path / ".note.txt.000000000000.tmp").chmod(0o644)

    assert as_nobody(lambda: TextDataset(str(public_path / "note.txt")).save("new")).error == ""
    assert (public_path / "note.txt").read_text() == "new"


# Relative paths.


@pytest.mark.parametrize("version", [None, Version()], ids=["unversioned", "versioned"])
@pytest.mark.parametrize("kind", [TextDataset, Appending, FolderDataset])
def test_a_relative_path_stays_where_it_was_when_the_save_began(kind, version, tmp_path, monkeypatch):
    class Wandering(kind):
        def _save(self, data):
            super()._save(data)
            os.chdir("/")

    monkeypatch.chdir(tmp_path)
    data = {"a": "text"} if kind is FolderDataset else "text"
    Wandering("data/note.txt", version=version).save(data)
    monkeypatch.chdir(tmp_path)

    assert kind("data/note.txt", version=version).exists()
    assert leftovers(tmp_path) == []


def test_a_relative_path_below_a_folder_that_is_gone_is_an_error(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    for path in ("note.txt", "data/note.txt"):
        with pytest.raises(FileNotFoundError):
            TextDataset(path).save("text")
    assert os.listdir(tmp_path) == []


# What is written, and what is not.


@pytest.mark.parametrize("mode", ["w", "a"])
def test_a_format_may_open_its_file_again_while_it_saves(mode, tmp_path):
    class Twice(FileDataset):
        def _save(self, data):
            for _ in range(2):
                with self._new_file() as file:
                    file.write(data)

        def _writes_path(self):
            return False

    (tmp_path / "note.txt").write_text("old,")
    Twice(str(tmp_path / "note.txt"), fs_args={"open_args_save": {"mode": mode}}).save("new,")

    assert (tmp_path / "note.txt").read_text() == {"w": "new,", "a": "old,new,new,"}[mode]
    assert leftovers(tmp_path) == []


def test_a_version_that_is_not_written_where_it_belongs_is_refused(tmp_path):
    class Elsewhere(Appending):
        def _save(self, line):
            self._get_save_path().with_suffix(".other").write_text(line)

    with pytest.raises(DatasetError, match="wrote nothing"):
        Elsewhere(str(tmp_path / "log.txt"), Version()).save("line")
    assert not Elsewhere(str(tmp_path / "log.txt"), Version()).exists()
    assert leftovers(tmp_path) == []


def test_a_folder_where_a_file_belongs_is_an_error_and_stays(tmp_path):
    (tmp_path / "note.txt").mkdir()
    (tmp_path / "note.txt" / "precious").write_text("precious")

    with pytest.raises((DatasetError, OSError)):
        TextDataset(str(tmp_path / "note.txt")).save("text")

    assert (tmp_path / "note.txt" / "precious").read_text() == "precious"
    assert leftovers(tmp_path) == []


def test_an_empty_folder_of_a_versions_name_is_free(tmp_path):
    (tmp_path / "note.txt" / "v1").mkdir(parents=True)
    TextDataset(str(tmp_path / "note.txt"), version=Version(None, "v1")).save("text")

    assert TextDataset(str(tmp_path / "note.txt"), version=Version()).load() == "text"


@pytest.mark.parametrize("taken", ["file", "link", "folder"])
def test_whatever_has_a_versions_name_is_not_replaced(taken, tmp_path):
    (tmp_path / "note.txt").mkdir()
    path = tmp_path / "note.txt" / "v1"
    if taken == "file":
        path.write_text("precious")
    elif taken == "link":
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "precious").write_text("precious")
        path.symlink_to(tmp_path / "elsewhere")
    else:
        path.mkdir()
        (path / "precious").write_text("precious")

    with pytest.raises(VersionAlreadyExistsError):
        TextDataset(str(tmp_path / "note.txt"), version=Version(None, "v1")).save("text")
    assert (path if taken == "file" else path / "precious").read_text() == "precious"


def test_a_name_of_any_length_can_be_saved(tmp_path):
    for name in ("n" * 255, "ö" * 127, "ö" * 126 + "nn"):
        TextDataset(str(tmp_path / name)).save(name)
        assert TextDataset(str(tmp_path / name)).load() == name
    assert leftovers(tmp_path) == []


def test_a_format_that_writes_by_itself_sees_the_ending_of_its_name(tmp_path):
    import numpy as np

    class ArrayDataset(FileDataset):
        def _load(self):
            return np.load(self._get_load_path())

        def _save(self, data):
            np.save(self._get_save_path(), data)  # which adds `.npy` to any other name

    for version in (None, Version()):
        dataset = ArrayDataset(str(tmp_path / f"{version}" / "a.npy"), version=version)
        dataset.save(np.arange(3))
        assert dataset.load().tolist() == [0, 1, 2]
    assert leftovers(tmp_path) == []


# Other writers, at the worst moment.


def test_a_workspace_is_made_though_another_writer_removes_the_empty_folder(tmp_path, monkeypatch):
    removed = []

    def mkdir(path, *mode):
        make(path, *mode)
        if os.path.basename(path) == ".tidemill" and not removed:
            removed.append(path)
            os.rmdir(path)

    make = os.mkdir
    monkeypatch.setattr(os, "mkdir", mkdir)
    TextDataset(str(tmp_path / "note.txt"), version=Version()).save("text")

    assert removed
    assert TextDataset(str(tmp_path / "note.txt"), version=Version()).load() == "text"


@pytest.mark.parametrize("moment", ["made", "opened"])
def test_a_workspace_is_made_though_another_writer_takes_it_for_a_left_over(moment, tmp_path, monkeypatch):
    swept = []

    def sweep():
        if not swept:
            swept.extend(workspaces(str(tmp_path / "note.txt")))
            for each in swept:
                os.rmdir(each)

    def mkdir(path, *mode):
        make(path, *mode)
        if os.path.basename(os.path.dirname(path)) == ".tidemill":
            sweep()

    def try_lock(descriptor):
        sweep()
        return lock(descriptor)

    make, lock = os.mkdir, locks.try_lock
    if moment == "made":
        monkeypatch.setattr(os, "mkdir", mkdir)
    else:
        monkeypatch.setattr(locks, "try_lock", try_lock)
    TextDataset(str(tmp_path / "note.txt"), version=Version()).save("text")

    assert len(swept) == 1
    assert TextDataset(str(tmp_path / "note.txt"), version=Version()).load() == "text"
    assert leftovers(tmp_path) == []


def test_a_file_is_saved_though_another_writer_removes_its_empty_folder(tmp_path, monkeypatch):
    def open_(path, *rest, **more):
        if path == str(tmp_path / "parts" / ".a.txt.000000000000.tmp") and not removed:
            removed.append(path)
            os.rmdir(tmp_path / "parts")
        return real(path, *rest, **more)

    removed, real = [], os.open
    (tmp_path / "parts").mkdir()
    monkeypatch.setattr(os, "open", open_)
    TextDataset(str(tmp_path / "parts" / "a.txt")).save("text")

    assert removed
    assert os.listdir(tmp_path / "parts") == ["a.txt"]


def test_what_dead_writers_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path):
    target = str(tmp_path / "note.txt")
    first, living = StagedFile(target), StagedFile(target)
    first.abort()
    for number in (0, 2, 5):
        (tmp_path / f".note.txt.{number:012x}.tmp").write_text("torn")
    TextDataset(target).save("text")

    assert {*os.listdir(tmp_path)} == {"note.txt", os.path.basename(living.path)}
    living.abort()


# Aborts.


@pytest.mark.parametrize("kind", ["version", "path", "file"])
def test_an_abort_after_the_end_does_nothing(kind, tmp_path):
    target = str(tmp_path / "note.txt")
    staged = {
        "version": lambda: StagedVersion(target, "note.txt", Wanted("v1", fixed=True)),
        "path": lambda: StagedPath(target),
        "file": lambda: StagedFile(target),
    }[kind]()
    Path(staged.path).write_text("text")
    before = {*os.listdir("/proc/self/fd")}
    staged.abort()
    other = os.open(tmp_path, os.O_RDONLY)  # which gets the number of the lock
    staged.abort()

    assert os.fstat(other)
    os.close(other)
    assert len({*os.listdir("/proc/self/fd")}) < len(before)
    assert leftovers(tmp_path) == []


# What other machines left, on a disk that is shared.


@pytest.mark.parametrize("days", [0, 8])
def test_what_another_machine_left_is_removed_when_it_is_old(days, tmp_path):
    theirs = tmp_path / "note.txt" / ".tidemill" / "elsewhere-0123456789ab"
    theirs.mkdir(parents=True)
    (theirs / "note.txt").write_text("still writing?")
    then = time.time() - days * 24 * 60 * 60
    os.utime(theirs, (then, then))

    TextDataset(str(tmp_path / "note.txt"), version=Version()).save("text")

    assert theirs.exists() == (days == 0)


# Where there are no locks.


@pytest.fixture
def no_locks(monkeypatch):
    """A file system that has none."""
    monkeypatch.setattr(locks, "fcntl", None)


def test_without_locks_everything_works_but_the_sweeping(no_locks, tmp_path):
    def die():
        TextDataset(str(tmp_path / "v.txt"), version=Version()).save("torn")

    TextDataset(str(tmp_path / "note.txt")).save("old")
    TextDataset(str(tmp_path / "note.txt")).save("new")
    FolderDataset(str(tmp_path / "model")).save({"a": "old"})
    FolderDataset(str(tmp_path / "model")).save({"a": "new"})
    dataset = PartitionedDataset(str(tmp_path / "parts"), "text.TextDataset", overwrite=True)
    dataset.save({"a": "old", "b": "old"})
    dataset.save({"a": "new", "c": "new"})
    assert leftovers(tmp_path) == []

    from tidemill.testing.steps import DiskSteps

    faults.run(die, DiskSteps(tmp_path), faults.Point(step=5))
    TextDataset(str(tmp_path / "v.txt"), version=Version()).save("new")

    assert TextDataset(str(tmp_path / "note.txt")).load() == "new"
    assert {name: load() for name, load in dataset.load().items()} == {"a": "new", "c": "new"}
    assert TextDataset(str(tmp_path / "v.txt"), version=Version()).load() == "new"
    assert len(os.listdir(tmp_path / "v.txt" / ".tidemill")) == 1  # nobody knows whether that writer is gone
