"""Many files replaced together: what is refused before anything moves, and who finishes what."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from tests.io.custom import FolderDataset

from tidemill import DatasetError, PartitionedDataset
from tidemill.io.commit import journal, local, locks
from tidemill.testing import faults
from tidemill.testing.places import leftovers
from tidemill.testing.steps import DiskSteps


def partitions(folder, **options):
    return PartitionedDataset(str(folder), "text.TextDataset", overwrite=True, **options)


def die_while_moving(folder, old, new):
    """Leave a committed journal of which only a part is applied."""
    partitions(folder).save(old)

    def save():
        partitions(folder).save(new)

    steps = faults.run(lambda: partitions(f"{folder}-elsewhere").save(new), DiskSteps(Path(folder).parent)).steps
    for number in range(len(steps) * 2):
        if any(map(journal._is_committed, journal.workspaces(str(folder)))):
            return
        partitions(folder).save(old)
        faults.run(save, DiskSteps(folder), faults.Point(step=number))
    raise AssertionError("no step left a journal")


def read(folder):
    return {name: load() for name, load in partitions(folder).load().items()}


OLD, NEW = {"a": "old", "b": "old"}, {"a": "new", "c": "new"}


def test_a_reader_finishes_what_a_writer_had_committed(tmp_path):
    die_while_moving(tmp_path / "parts", OLD, NEW)

    assert read(tmp_path / "parts") == NEW
    assert leftovers(tmp_path / "parts") == []


def test_a_writer_of_other_partitions_finishes_it_first(tmp_path):
    die_while_moving(tmp_path / "parts", OLD, NEW)
    PartitionedDataset(str(tmp_path / "parts"), "text.TextDataset").save({"d": "newer"})

    assert read(tmp_path / "parts") == {**NEW, "d": "newer"}


def test_an_overwriter_finishes_it_and_replaces_it(tmp_path):
    die_while_moving(tmp_path / "parts", OLD, NEW)
    partitions(tmp_path / "parts").save({"e": "newest"})

    assert read(tmp_path / "parts") == {"e": "newest"}
    assert leftovers(tmp_path / "parts") == []


def test_many_readers_at_once_finish_it_once(tmp_path):
    die_while_moving(tmp_path / "parts", OLD, NEW)

    def look(_):
        assert read(tmp_path / "parts") == NEW

    assert [each.error for each in faults.run_together(look, 8)] == [""] * 8
    assert leftovers(tmp_path / "parts") == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_a_reader_who_may_not_finish_it_is_told_so(public_path):
    die_while_moving(public_path / "parts", OLD, NEW)

    def look():
        os.setgid(65534)
        os.setuid(65534)
        read(public_path / "parts")

    ended = faults.run(look)
    assert "DatasetError" in ended.error
    assert "interrupted" in ended.error
    assert read(public_path / "parts") == NEW


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.EROFS, "this user may not finish it"),
        (errno.EACCES, "who may write there load it"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_a_reader_who_cannot_finish_it_says_why_and_leaves_it_to_the_next(tmp_path, monkeypatch, number, told):
    die_while_moving(tmp_path / "parts", OLD, NEW)

    with monkeypatch.context() as patch:
        for each in ("unlink", "replace"):
            patch.setattr(os, each, refusing(number))
        with pytest.raises(DatasetError, match=told):
            read(tmp_path / "parts")

    assert read(tmp_path / "parts") == NEW


def refusing(number):
    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    return refuse


@pytest.mark.parametrize("kind", ["partitions", "a folder"])
def test_what_was_committed_when_the_disk_failed_is_finished_by_the_next(tmp_path, monkeypatch, kind):
    def save(data):
        if kind == "partitions":
            partitions(tmp_path / "parts").save(data)
        else:
            FolderDataset(str(tmp_path / "parts")).save(data)

    monkeypatch.setattr(local, "exchange", lambda *_: False)  # otherwise a folder is replaced in one step
    save(OLD)
    with monkeypatch.context() as patch:
        move = os.replace

        def moves_only_what_is_staged(source, target):
            (move if ".tidemill" in target else refusing(errno.EIO))(source, target)

        patch.setattr(os, "replace", moves_only_what_is_staged)
        with pytest.raises(DatasetError, match="Input/output error"):
            save(NEW)

    found = read(tmp_path / "parts") if kind == "partitions" else FolderDataset(str(tmp_path / "parts")).load()
    assert found == NEW
    assert leftovers(tmp_path) == []


def test_a_replacement_waits_while_the_folder_is_listed(tmp_path):
    partitions(tmp_path).save(OLD)
    with journal.stable(str(tmp_path)):
        child = faults.Child(lambda: partitions(tmp_path).save(NEW))
        time.sleep(0.5)
        assert child.is_running()
        assert {*os.listdir(tmp_path)} - {".tidemill"} == {*OLD}
    assert child.ended().error == ""

    assert read(tmp_path) == NEW


def test_without_locks_a_journal_is_left_to_its_writer_for_a_while(tmp_path, monkeypatch):
    die_while_moving(tmp_path / "parts", OLD, NEW)
    monkeypatch.setattr(locks, "fcntl", None)
    monkeypatch.setattr(journal, "_PATIENCE", 0.2)

    assert read(tmp_path / "parts") == NEW


def test_what_is_no_partition_stays(tmp_path):
    (tmp_path / "README.md").write_text("about")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "notes.md").write_text("more")
    dataset = partitions(tmp_path, filename_suffix=".txt")
    dataset.save({"a": "old", "deep/b": "old"})
    dataset.save({"c": "new"})

    found = sorted(str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*"))
    assert found == ["README.md", "c.txt", "deep", "deep/notes.md"]


def test_folders_that_the_old_partitions_leave_empty_go(tmp_path):
    dataset = partitions(tmp_path)
    dataset.save({"deep/er/a": "old", "b": "old"})
    dataset.save({"b": "new"})

    assert os.listdir(tmp_path) == ["b"]


def test_a_partition_that_something_else_is_in_the_way_of_is_refused_before_anything_moves(tmp_path):
    dataset = partitions(tmp_path, filename_suffix=".txt")
    dataset.save({"a": "old", "b": "old"})
    (tmp_path / "c.txt").mkdir()
    (tmp_path / "c.txt" / "precious.md").write_text("precious")

    with pytest.raises(DatasetError, match="in the way"):
        dataset.save({"a": "new", "c": "new"})
    assert {name: load() for name, load in dataset.load().items()} == OLD

    (tmp_path / "d").write_text("precious")
    with pytest.raises((DatasetError, NotADirectoryError), match="in the way"):
        dataset.save({"a": "new", "d/e": "new"})
    dataset.release()
    assert {name: load() for name, load in dataset.load().items()} == OLD
    assert (tmp_path / "c.txt" / "precious.md").read_text() == "precious"
    assert leftovers(tmp_path) == []


def test_an_empty_folder_in_the_way_gives_way(tmp_path):
    (tmp_path / "a.txt" / "empty").mkdir(parents=True)

    partitions(tmp_path, filename_suffix=".txt").save({"a": "new"})

    assert (tmp_path / "a.txt").read_text() == "new"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_folder_on_another_disk_is_refused_before_anything_moves(tmp_path):
    here = tmp_path.stat().st_dev
    elsewhere = [place for place in ("/dev/shm", "/var/tmp") if os.path.isdir(place) and os.stat(place).st_dev != here]
    if not elsewhere:
        pytest.skip("there is no other file system here")
    other = Path(tempfile.mkdtemp(prefix="drill-", dir=elsewhere[0]))
    try:
        (tmp_path / "parts").mkdir()
        (tmp_path / "parts" / "far").symlink_to(other)
        (other / "b").write_text("old")
        (tmp_path / "parts" / "a").write_text("old")

        with pytest.raises(DatasetError, match="another file system"):
            partitions(tmp_path / "parts").save({"a": "new"})  # which would remove far/b
        assert read(tmp_path / "parts") == {"a": "old", "far/b": "old"}
        assert leftovers(tmp_path) == []
    finally:
        shutil.rmtree(other)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_a_folder_that_may_not_be_changed_is_refused_before_anything_moves(public_path):
    partitions(public_path / "parts").save({"a": "old", "theirs/b": "old"})
    (public_path / "parts").chmod(0o777)
    (public_path / "parts" / "theirs").chmod(0o755)

    def save():
        os.setgid(65534)
        os.setuid(65534)
        partitions(public_path / "parts").save({"a": "new"})

    assert "PermissionError" in faults.run(save).error
    assert read(public_path / "parts") == {"a": "old", "theirs/b": "old"}
    assert leftovers(public_path) == []


def test_a_folder_that_the_system_says_may_not_be_changed_is_refused_before_anything_moves(tmp_path, monkeypatch):
    partitions(tmp_path / "parts").save({"a": "old", "theirs/b": "old"})
    may = os.access

    def access(path, *mode, **options):
        return not str(path).endswith("theirs") and may(path, *mode, **options)

    monkeypatch.setattr(os, "access", access)
    with pytest.raises(DatasetError, match="Permission denied"):
        partitions(tmp_path / "parts").save({"a": "new"})

    assert read(tmp_path / "parts") == {"a": "old", "theirs/b": "old"}
    assert leftovers(tmp_path) == []


def test_a_save_of_nothing_removes_all(tmp_path):
    dataset = partitions(tmp_path)
    dataset.save(OLD)
    dataset.save({})

    assert not dataset.exists()


def test_a_checkpoint_outlives_an_overwriting_save(tmp_path):
    from tidemill import IncrementalDataset

    dataset = IncrementalDataset(str(tmp_path), "text.TextDataset", overwrite=True)
    dataset.save({"1": "one"})
    dataset.load()
    dataset.confirm()
    IncrementalDataset(str(tmp_path), "text.TextDataset", overwrite=True).save({"2": "two"})

    assert IncrementalDataset(str(tmp_path), "text.TextDataset").load() == {"2": "two"}
    assert (tmp_path / "CHECKPOINT").read_text() == "1"
