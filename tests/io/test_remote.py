"""Claims and commits on filesystems that cannot rename a folder, and on one that has folders and no conditional put."""

from __future__ import annotations

import gzip
import json
import os
import threading
import time

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem
from tests.io.custom import RemoteFolderDataset
from tests.messages import assert_short

from tidemill import DatasetError, Version
from tidemill.datasets.text import TextDataset
from tidemill.errors import VersionAlreadyExistsError
from tidemill.io.commit.liveness import is_gone, this_process
from tidemill.io.commit.objects import open_object
from tidemill.io.commit.remote import ClaimedVersion
from tidemill.io.commit.remote_path import RemotePath
from tidemill.io.file import FileDataset
from tidemill.io.manifest import WRITING, Manifest
from tidemill.io.versions import Wanted
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


def test_a_writer_is_not_taken_for_gone_where_nobody_sees_when_it_began(memory, monkeypatch):
    monkeypatch.setattr("tidemill.io.commit.liveness._started", lambda _: None)  # no `/proc`, as on macOS
    fs = fsspec.filesystem("memory")
    first = RemotePath(fs, f"{memory}/note.txt")
    fs.pipe_file(first.path, b"first")
    RemotePath(fs, f"{memory}/other.txt").abort()

    first.publish()

    assert fs.cat_file(f"{memory}/note.txt") == b"first"


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

    def remove(where):
        if where.endswith("v2/note.txt"):  # while readers see the manifest, it must not say that this is there
            assert json.loads(fs.cat_file(f"{path}/v2/.manifest.json"))["state"] == "writing"
        delete(where)

    delete = fs.rm_file
    monkeypatch.setattr(fs, "rm_file", remove)
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


def test_a_heir_that_comes_too_late_changes_nothing(memory):
    path = f"{memory}/note.txt"
    claim(path, "v1")
    fs = fsspec.filesystem("memory")
    dead = Manifest.from_json(fs.cat_file(f"{path}/v1/.manifest.json"))  # what the late one has seen
    TextDataset(path, version=Version(None, "v1")).save("the first heir's")

    late = ClaimedVersion(fs, path, "note.txt", Wanted("v2", fixed=True), Manifest("v2", "text.TextDataset"))
    assert not late._succeed("v1", dead)
    late.abort()

    assert TextDataset(path, version=Version()).load() == "the first heir's"
    assert fs.find(path) == ["/claims/note.txt/v1/.manifest.json", "/claims/note.txt/v1/note.txt"]


def test_one_thread_claims_at_a_time_where_a_claim_is_not_one_request(elsewhere, monkeypatch):
    def slowly(self, path, **_):
        found = os.path.exists(self._strip_protocol(path))
        time.sleep(0.02)
        return found

    monkeypatch.setattr(Elsewhere, "exists", slowly)
    results, gate = [], threading.Barrier(4)

    def save(number):
        gate.wait()
        try:
            TextDataset(f"{elsewhere}/note.txt", version=Version(None, "v1")).save(f"{number}")
        except VersionAlreadyExistsError:
            pass
        else:
            results.append(f"{number}")

    writers = [threading.Thread(target=save, args=(number,)) for number in range(4)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert [TextDataset(f"{elsewhere}/note.txt", version=Version()).load()] == results


def test_a_path_that_cannot_be_cleaned_up_is_mentioned_and_the_cause_is_told(memory, monkeypatch):
    def gone(*_, **__):
        raise RuntimeError("the line is dead")

    class Failing(RemoteFolderDataset):
        def _save(self, texts):
            super()._save(texts)
            monkeypatch.setattr(fsspec.filesystem("memory"), "rm_file", gone)
            raise ValueError("the real cause")

    with pytest.raises(DatasetError, match="the real cause"), pytest.warns(UserWarning, match="the line is dead"):
        Failing(f"{memory}/model").save({"a": "new"})


def test_a_path_whose_old_content_cannot_be_copied_is_left_alone(memory, monkeypatch):
    RemoteFolderDataset(f"{memory}/model").save({"a": "old", "b": "old"})
    fs = fsspec.filesystem("memory")
    copy, copied = fs.cp_file, []

    def interrupted(source, target, **options):
        if copied:
            raise KeyboardInterrupt
        copied.append(target)
        copy(source, target, **options)

    with monkeypatch.context() as patch:
        patch.setattr(fs, "cp_file", interrupted)
        with pytest.raises(KeyboardInterrupt):
            RemoteFolderDataset(f"{memory}/model").save({"a": "new"})

    assert RemoteFolderDataset(f"{memory}/model").load() == {"a": "old", "b": "old"}
    assert fs.find(memory) == ["/claims/model/a", "/claims/model/b"]


def test_a_path_to_which_nothing_is_written_stays_as_it_is(memory):
    RemoteFolderDataset(f"{memory}/model").save({})
    assert fsspec.filesystem("memory").find(memory) == []

    RemoteFolderDataset(f"{memory}/model").save({"a": "old"})
    Renewing(f"{memory}/model").save({})
    assert RemoteFolderDataset(f"{memory}/model").load() == {"a": "old"}
    assert fsspec.filesystem("memory").find(memory) == ["/claims/model/a"]


@pytest.mark.parametrize("version", [None, Version(None, "v2")], ids=["unversioned", "versioned"])
@pytest.mark.parametrize("kind", [TextDataset, RemoteFolderDataset])
def test_ctrl_c_in_the_middle_of_a_save_elsewhere_leaves_what_was_there(memory, version, kind):
    class Interrupted(kind):
        def _save(self, data):
            super()._save(data)
            raise KeyboardInterrupt

    old, new = ("old", "new") if kind is TextDataset else ({"a": "old"}, {"a": "new", "b": "new"})
    kind(f"{memory}/data", version=version and Version(None, "v1")).save(old)
    before = fsspec.filesystem("memory").find(memory)

    with pytest.raises(KeyboardInterrupt):
        Interrupted(f"{memory}/data", version=version).save(new)

    assert fsspec.filesystem("memory").find(memory) == before
    assert kind(f"{memory}/data", version=version and Version()).load() == old


class CannotCreate(Elsewhere):
    """Like SFTP in fsspec: it knows no way to create a file that must not be there."""

    protocol = "cannotcreate"

    def pipe_file(self, path, value, mode="overwrite", **kwargs):
        if mode == "create":
            raise ValueError("mode 'xb' is not supported")
        super().pipe_file(path, value, **kwargs)


def test_a_filesystem_that_knows_no_creating_has_versions(tmp_path):
    fsspec.register_implementation("cannotcreate", CannotCreate, clobber=True)
    note = TextDataset(f"cannotcreate://{tmp_path}/note.txt", version=Version(None, "v1"))
    note.save("old")

    with pytest.raises(DatasetError, match="'v1' exists already"):
        note.save("new")
    assert note.load() == "old"
    assert note.manifest().state == "committed"


def test_an_upload_that_cannot_begin_leaves_nothing(elsewhere, tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError("the server refused it")

    TextDataset(f"{elsewhere}/note.txt").save("old")
    monkeypatch.setattr(Elsewhere, "put_file", refuse)

    with pytest.raises(DatasetError, match="refused it"):
        TextDataset(f"{elsewhere}/note.txt").save("new")

    assert (tmp_path / "note.txt").read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["note.txt"]


@pytest.mark.parametrize("arrived", [True, False])
def test_a_claim_that_the_store_did_not_answer_is_ours_if_it_arrived(memory, monkeypatch, arrived):
    fs = fsspec.filesystem("memory")
    put = fs.pipe_file

    def conflict(path, data, mode="overwrite", **options):
        if mode != "create":
            put(path, data, **options)
            return
        if arrived:
            put(path, data, mode="create", **options)
        raise OSError("ConditionalRequestConflict")

    note = TextDataset(f"{memory}/note.txt", version=Version(None, "v1"))
    monkeypatch.setattr(fs, "pipe_file", conflict)
    if arrived:
        note.save("new")
        assert note.load() == "new"
    else:
        with pytest.raises(DatasetError, match="ConditionalRequestConflict"):
            note.save("new")
        assert fs.find(memory) == []


@pytest.mark.parametrize("version", [None, Version()], ids=["unversioned", "versioned"])
def test_a_bucket_that_is_not_there_is_told(s3_place, version):
    with pytest.raises(DatasetError) as error:
        TextDataset("s3://tidemill-has-no-such-bucket/note.txt", version=version).save("x")
    assert_short(error.value, "s3://tidemill-has-no-such-bucket/note.txt", "bucket does not exist", "Make the bucket")
    assert isinstance(error.value, FileNotFoundError)


@pytest.mark.parametrize("version", [None, Version()], ids=["unversioned", "versioned"])
def test_a_file_of_this_machine_that_is_missing_is_not_taken_for_a_bucket(memory, version, tmp_path):
    class Signed(TextDataset):
        def _write(self, file, data):
            file.write(data + (tmp_path / "signature").read_text())

    with pytest.raises(FileNotFoundError) as error:
        Signed(f"{memory}/note.txt", version=version).save("x")
    assert_short(error.value, f"{memory}/note.txt", str(tmp_path / "signature"))
    assert "bucket" not in str(error.value)


@pytest.mark.parametrize("compression", ["gzip", "infer"])
@pytest.mark.parametrize("version", [None, Version()], ids=["unversioned", "versioned"])
@pytest.mark.parametrize("place", ["local", "memory", "s3"], indirect=True)
def test_a_file_may_be_compressed_on_its_way(place, version, compression):
    def made(**options):
        return TextDataset(f"{place}/note.txt.gz", version=version, fs_args=options)

    written = made(open_args_save={"compression": compression})
    written.save("text" * 1000)

    with made()._fs.open(made()._on_fs(str(written._get_load_path())), "rb") as file:
        assert gzip.decompress(file.read()) == b"text" * 1000
    assert made(open_args_load={"compression": compression}).load() == "text" * 1000


class Renewing(RemoteFolderDataset):
    """It removes the old folder before it writes the new one."""

    def _save(self, texts):
        path = str(self._get_save_path())
        if self._fs.exists(path):
            self._fs.rm(path, recursive=True)
        super()._save(texts)


@pytest.mark.parametrize("place", ["memory", "s3"], indirect=True)
def test_what_is_not_in_the_new_folder_goes(place):
    Renewing(f"{place}/model").save({"a": "old", "deep/b": "old"})
    Renewing(f"{place}/model").save({"a": "new", "c": "new"})
    RemoteFolderDataset(f"{place}/model").save({"d": "added"})

    assert Renewing(f"{place}/model").load() == {"a": "new", "c": "new", "d": "added"}


def test_two_readers_in_memory_have_a_position_each(memory):
    TextDataset(f"{memory}/note.txt").save("0123456789")
    fs = fsspec.filesystem("memory")
    with (
        open_object(fs, f"{memory}/note.txt", {"mode": "r"}) as one,
        open_object(fs, f"{memory}/note.txt", {"mode": "rb"}) as other,
    ):
        assert one.read(4) == "0123"
        assert other.read() == b"0123456789"
        assert one.read() == "456789"


def test_a_fingerprint_is_not_that_of_an_older_listing(s3_place):
    note = TextDataset(f"{s3_place}/note.txt")
    note.save("old")
    note._fs.ls(s3_place)  # what it finds, the filesystem remembers
    before = note.fingerprint()

    fsspec.filesystem("s3", skip_instance_cache=True).pipe_file(f"{s3_place}/note.txt", b"of another process")

    assert note.fingerprint() != before


def test_what_another_process_wrote_meanwhile_is_appended_to(s3_place):
    note = TextDataset(f"{s3_place}/note.txt", fs_args={"open_args_save": {"mode": "a"}})
    fsspec.filesystem("s3").pipe_file(f"{s3_place}/other.txt", b"other")
    note._fs.ls(s3_place)  # what it finds, the filesystem remembers
    fsspec.filesystem("s3", skip_instance_cache=True).pipe_file(f"{s3_place}/note.txt", b"first ")

    note.save("second")

    assert note.load() == "first second"


class ReopenedDataset(FileDataset[bytes, bytes]):
    """Of a library that opens a file by its name, whatever open file it is given."""

    def _read(self, file):
        return file.read()

    def _write(self, file, data):
        with open(file.name, "wb") as again:
            again.write(data)


def test_a_file_that_a_library_opens_again_by_its_name_is_the_one_that_is_uploaded(s3_place, tmp_path):
    for place in (s3_place, f"memory://{tmp_path}", str(tmp_path)):
        ReopenedDataset(f"{place}/data").save(b"data")

        assert ReopenedDataset(f"{place}/data").load() == b"data"
