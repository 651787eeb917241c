"""Claims and commits on filesystems that cannot rename a folder, and on one that has folders and no conditional put."""

from __future__ import annotations

import json
import os
import threading

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem
from tests.io.custom import RemoteFolderDataset

from tidemill import DatasetError, Version
from tidemill.datasets.text import TextDataset
from tidemill.errors import VersionAlreadyExistsError
from tidemill.io.liveness import is_gone, this_process
from tidemill.io.manifest import WRITING, Manifest
from tidemill.testing import faults


class Elsewhere(LocalFileSystem):
    """A filesystem like SFTP: folders must be made, `create` may be ignored, and a put shows while it grows."""

    protocol = "elsewhere"

    def __init__(self, **options):
        super().__init__(auto_mkdir=False, **options)

    def pipe_file(self, path, value, mode="overwrite", **kwargs):
        super().pipe_file(path, value, **kwargs)


@pytest.fixture
def elsewhere(tmp_path):
    fsspec.register_implementation("elsewhere", Elsewhere, clobber=True)
    return f"elsewhere://{tmp_path}"


@pytest.fixture
def memory():
    fs = fsspec.filesystem("memory")
    yield "memory://claims"
    if fs.exists("/claims"):
        fs.rm("/claims", recursive=True)


def test_a_filesystem_with_folders_has_versions(elsewhere, tmp_path):
    note = TextDataset(f"{elsewhere}/data/note.txt", version=Version())
    note.save("old")
    note.save("new")

    assert note.load() == "new"
    assert len(note.list_versions()) == 2
    with pytest.raises(VersionAlreadyExistsError):
        TextDataset(f"{elsewhere}/data/note.txt", version=Version(None, note.list_versions()[0])).save("other")
    assert TextDataset(f"{elsewhere}/data/note.txt", version=Version()).load() == "new"


def test_a_file_on_a_filesystem_with_folders_is_never_seen_half_written(elsewhere, tmp_path):
    note = TextDataset(f"{elsewhere}/data/note.txt")
    note.save("old")
    note.save("new")
    assert note.load() == "new"
    assert os.listdir(tmp_path / "data") == ["note.txt"]

    def full(*_, **__):
        (tmp_path / "data" / "torn").write_text("torn")
        raise OSError("the line was cut")

    note._fs.mv, moved = full, note._fs.mv
    with pytest.raises(DatasetError, match="cut"):
        note.save("newer")
    note._fs.mv = moved
    assert note.load() == "new"
    assert sorted(os.listdir(tmp_path / "data")) == ["note.txt", "torn"]


def test_a_reader_in_memory_is_not_disturbed_by_another(memory):
    TextDataset(f"{memory}/note.txt").save("x" * 100_000)
    dataset = TextDataset(f"{memory}/note.txt")
    read = []

    def load():
        read.extend(len(dataset.load()) for _ in range(100))

    readers = [threading.Thread(target=load) for _ in range(4)]
    for each in readers:
        each.start()
    for each in readers:
        each.join()
    assert {*read} == {100_000}


# Who has claimed.


def claim(path, version, **changes):
    """Leave what a writer leaves that is gone."""
    who = {**this_process(), "started": "before", "claim": "gone", **changes}
    text = Manifest(version, "text.TextDataset", state=WRITING, writer=who).to_json()
    fsspec.filesystem("memory").pipe_file(f"{path}/{version}/.manifest.json", text.encode())
    fsspec.filesystem("memory").pipe_file(f"{path}/{version}/torn.part", b"torn")


def test_a_fixed_version_is_taken_over_from_a_writer_that_is_gone(memory):
    path = f"{memory}/note.txt"
    claim(path, "v1")
    assert not TextDataset(path, version=Version()).exists()
    TextDataset(path, version=Version(None, "v1")).save("mine")

    assert TextDataset(path, version=Version()).load() == "mine"
    assert fsspec.filesystem("memory").find(path) == [
        "/claims/note.txt/v1/.manifest.json",
        "/claims/note.txt/v1/note.txt",
    ]


@pytest.mark.parametrize(
    "changes",
    [{"started": this_process()["started"]}, {"machine": "far"}, {"machine": None}, {"pid": None}, {"pid": "x"}],
    ids=["alive", "far", "unknown", "nobody", "nonsense"],
)
def test_a_fixed_version_is_not_taken_from_a_writer_that_may_live(changes, memory):
    path = f"{memory}/note.txt"
    claim(path, "v1", **changes)

    with pytest.raises(VersionAlreadyExistsError, match="claimed"):
        TextDataset(path, version=Version(None, "v1")).save("mine")
    assert json.loads(fsspec.filesystem("memory").cat_file(f"{path}/v1/.manifest.json"))["writer"]["claim"] == "gone"


def test_an_heir_that_is_gone_has_an_heir_too(memory):
    path = f"{memory}/note.txt"
    claim(path, "v1")
    who = {**this_process(), "started": "before", "claim": "heir"}
    note = Manifest("v1", "text.TextDataset", state=WRITING, writer=who).to_json().encode()
    fsspec.filesystem("memory").pipe_file(f"{path}/v1/.gone.heir.json", note)
    TextDataset(path, version=Version(None, "v1")).save("mine")

    assert TextDataset(path, version=Version()).load() == "mine"
    assert len(fsspec.filesystem("memory").find(path)) == 2


def test_of_many_heirs_in_threads_one_wins(memory):
    path = f"{memory}/note.txt"
    claim(path, "v1")
    results, gate = [], threading.Barrier(8)

    def save(number):
        gate.wait()
        try:
            TextDataset(path, version=Version(None, "v1")).save(f"{number}")
        except VersionAlreadyExistsError:
            pass
        else:
            results.append(f"{number}")

    heirs = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for each in heirs:
        each.start()
    for each in heirs:
        each.join()
    assert [TextDataset(path, version=Version()).load()] == results


def test_a_process_knows_who_is_gone():
    me = this_process()
    assert not is_gone(me)
    assert is_gone({**me, "started": "before"})
    assert not is_gone({**me, "machine": "far", "pid": 2**22 + 1})
    child = faults.Child(lambda: None)
    pid = child._pid
    child.ended()
    assert is_gone({**me, "pid": pid, "started": None})


# What is in a version.


def test_a_version_that_is_a_folder_lists_its_files(memory):
    model = RemoteFolderDataset(f"{memory}/v1/model", Version(None, "v1"))
    model.save({"a": "1", "v1/b": "22"})

    assert [(each.path, each.bytes) for each in model.manifest("v1").files] == [("model/a", 1), ("model/v1/b", 2)]


def test_a_store_that_fails_at_the_commit_keeps_no_half(memory, monkeypatch):
    path = f"{memory}/note.txt"
    TextDataset(path, version=Version(None, "v1")).save("old")
    fs = fsspec.filesystem("memory")
    put, manifests = fs.pipe_file, []

    def fail_after_the_commit(where, data, **options):
        put(where, data, **options)
        manifests.append(where)
        if where.endswith("v2/.manifest.json") and b"committed" in data:
            raise OSError("no answer")

    monkeypatch.setattr(fs, "pipe_file", fail_after_the_commit)
    with pytest.raises(DatasetError, match="no answer"):
        TextDataset(path, version=Version(None, "v2")).save("new")

    assert TextDataset(path, version=Version()).load() == "old"
    assert TextDataset(path, version=Version()).list_versions() == ["v1"]
    assert fs.find(path) == ["/claims/note.txt/v1/.manifest.json", "/claims/note.txt/v1/note.txt"]


def test_a_store_that_cannot_be_cleaned_up_is_mentioned_and_the_cause_is_told(memory, monkeypatch):
    fs = fsspec.filesystem("memory")

    def gone(*_, **__):
        raise RuntimeError("the line is dead")

    class Failing(TextDataset):
        def _write(self, file, data):
            monkeypatch.setattr(fs, "find", gone)
            raise ValueError("the real cause")

    with pytest.raises(DatasetError, match="the real cause"), pytest.warns(UserWarning, match="stays unfinished"):
        Failing(f"{memory}/note.txt", version=Version(None, "v1")).save("text")
    monkeypatch.undo()
    assert not TextDataset(f"{memory}/note.txt", version=Version()).exists()
