"""Many writers at once, and readers beside them."""

from __future__ import annotations

import os
import threading

import pytest
from tests.io.custom import FolderDataset

from tidemill import DatasetError, PartitionedDataset, Version
from tidemill.datasets.text import TextDataset
from tidemill.errors import VersionAlreadyExistsError
from tidemill.testing import faults
from tidemill.testing.places import leftovers

LONG = 200_000  # more than one write


def texts(number):
    return f"{number}\n" * (LONG // 8)


def is_whole(text):
    lines = text.split("\n")
    return len(lines) == LONG // 8 + 1 and len({*lines[:-1]}) == 1


def kinds(ended):
    """What each process raised, in a word."""
    return sorted("taken" if "VersionAlreadyExistsError" in each.error else each.error or "saved" for each in ended)


def in_threads(action, count):
    """The same as faults.run_together, in threads of this process: what is in memory is here only."""
    results, gate = [], threading.Barrier(count)

    def work(number):
        gate.wait()
        try:
            action(number)
        except VersionAlreadyExistsError:
            results.append("taken")
        else:
            results.append("saved")

    workers = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    return sorted(results)


# Writers.


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_processes_that_save_one_version_one_wins(attempt, tmp_path):
    path = str(tmp_path / "note.txt")
    ended = faults.run_together(lambda number: TextDataset(path, version=Version(None, "v1")).save(texts(number)), 2)

    assert kinds(ended) == ["saved", "taken"]
    assert TextDataset(path, version=Version()).list_versions() == ["v1"]
    winner = [each.error for each in ended].index("")
    assert TextDataset(path, version=Version()).load() == texts(winner)
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("attempt", range(5))
@pytest.mark.parametrize("place", ["memory"], indirect=True)
def test_of_two_threads_that_save_one_version_in_memory_one_wins(attempt, place):
    path = f"{place}/note.txt"
    results = in_threads(lambda number: TextDataset(path, version=Version(None, "v1")).save(texts(number)), 2)

    assert results == ["saved", "taken"]
    assert is_whole(TextDataset(path, version=Version()).load())


@pytest.mark.parametrize("attempt", range(3))
def test_of_three_processes_that_save_one_version_on_s3_one_wins(attempt, s3_place):
    path = f"{s3_place}/note.txt"
    ended = faults.run_together(lambda number: TextDataset(path, version=Version(None, "v1")).save(f"{number}"), 3)

    assert kinds(ended) == ["saved", "taken", "taken"]
    winner = [each.error for each in ended].index("")
    assert TextDataset(path, version=Version()).load() == str(winner)


def test_twenty_processes_that_save_automatic_versions_make_twenty(tmp_path):
    path = str(tmp_path / "note.txt")
    ended = faults.run_together(lambda number: TextDataset(path, version=Version()).save(f"{number}"), 20)

    assert kinds(ended) == ["saved"] * 20
    versions = TextDataset(path, version=Version()).list_versions()
    assert len(versions) == 20
    saved = {TextDataset(path, version=Version(each)).load() for each in versions}
    assert saved == {f"{number}" for number in range(20)}
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("place", ["memory"], indirect=True)
def test_twenty_threads_that_save_automatic_versions_in_memory_make_twenty(place):
    path = f"{place}/note.txt"
    assert in_threads(lambda number: TextDataset(path, version=Version()).save(f"{number}"), 20) == ["saved"] * 20

    versions = TextDataset(path, version=Version()).list_versions()
    saved = {TextDataset(path, version=Version(each)).load() for each in versions}
    assert saved == {f"{number}" for number in range(20)}


def test_five_processes_that_save_automatic_versions_on_s3_make_five(s3_place):
    path = f"{s3_place}/note.txt"
    ended = faults.run_together(lambda number: TextDataset(path, version=Version()).save(f"{number}"), 5)

    assert kinds(ended) == ["saved"] * 5
    versions = TextDataset(path, version=Version()).list_versions()
    saved = {TextDataset(path, version=Version(each)).load() for each in versions}
    assert saved == {f"{number}" for number in range(5)}


def test_twenty_processes_that_save_one_file_leave_one_of_theirs(tmp_path):
    path = str(tmp_path / "note.txt")
    ended = faults.run_together(lambda number: TextDataset(path).save(texts(number)), 20)

    assert kinds(ended) == ["saved"] * 20
    assert is_whole(TextDataset(path).load())
    assert os.listdir(tmp_path) == ["note.txt"]


def test_ten_processes_that_save_one_folder_leave_one_of_theirs(tmp_path):
    path = str(tmp_path / "model")
    content = [{f"{part}": f"{number}" for part in "abc"} for number in range(10)]
    ended = faults.run_together(lambda number: FolderDataset(path).save(content[number]), 10)

    assert kinds(ended) == ["saved"] * 10
    assert FolderDataset(path).load() in content
    assert os.listdir(tmp_path) == ["model"]


def test_ten_processes_that_overwrite_all_partitions_leave_one_set(tmp_path):
    content = [{f"{number}-{part}": f"{number}" for part in range(5)} for number in range(10)]

    def save(number):
        PartitionedDataset(str(tmp_path / "parts"), "text.TextDataset", overwrite=True).save(content[number])

    ended = faults.run_together(save, 10)

    assert kinds(ended) == ["saved"] * 10
    found = PartitionedDataset(str(tmp_path / "parts"), "text.TextDataset").load()
    assert {name: load() for name, load in found.items()} in content
    assert leftovers(tmp_path) == []


def test_ten_processes_that_save_partitions_of_their_own_keep_all(tmp_path):
    def save(number):
        dataset = PartitionedDataset(str(tmp_path / "parts"), "text.TextDataset")
        dataset.save({f"{number}/{part}": f"{number}" for part in range(5)})

    ended = faults.run_together(save, 10)

    assert kinds(ended) == ["saved"] * 10
    found = PartitionedDataset(str(tmp_path / "parts"), "text.TextDataset").load()
    assert {name: load() for name, load in found.items()} == {
        f"{n}/{part}": f"{n}" for n in range(10) for part in range(5)
    }
    assert leftovers(tmp_path) == []


# Readers beside a writer.


def beside(save, read, tmp_path, *, loads=300):
    """Read so often while a process saves again and again."""
    enough = tmp_path / "enough"

    def write():
        saves = 0
        while saves < 10 or not enough.exists():
            save(saves)
            saves += 1

    child = faults.Child(write)
    for _ in range(loads):
        read()
    still_writing = child.is_running()
    enough.touch()
    assert child.ended().error == ""
    assert still_writing


def test_a_reader_of_versions_sees_whole_ones_only(tmp_path):
    path = str(tmp_path / "note.txt")
    TextDataset(path, version=Version()).save(texts(0))

    def read():
        assert is_whole(TextDataset(path, version=Version()).load())

    beside(lambda number: TextDataset(path, version=Version()).save(texts(number)), read, tmp_path)


def test_a_reader_of_a_file_sees_whole_ones_only(tmp_path):
    path = str(tmp_path / "note.txt")
    TextDataset(path).save(texts(0))

    def read():
        assert is_whole(TextDataset(path).load())

    beside(lambda number: TextDataset(path).save(texts(number)), read, tmp_path)


def test_a_reader_of_partitions_sees_whole_sets_only(tmp_path):
    path = str(tmp_path / "parts")
    sets = [{f"{kind}{number}": kind for number in range(30)} for kind in ("even", "odd")]
    PartitionedDataset(path, "text.TextDataset", overwrite=True).save(sets[0])
    names = [{*each} for each in sets]

    def read():
        assert {*PartitionedDataset(path, "text.TextDataset").load()} in names

    def save(number):
        PartitionedDataset(path, "text.TextDataset", overwrite=True).save(sets[number % 2])

    beside(save, read, tmp_path)


@pytest.mark.parametrize("version", [None, Version()], ids=["unversioned", "versioned"])
@pytest.mark.parametrize("place", ["memory"], indirect=True)
def test_readers_in_threads_see_whole_texts_in_memory_only(place, version):
    path = f"{place}/note.txt"
    TextDataset(path, version=version).save(texts(0))
    reads, done = [], threading.Event()

    def read():
        while not done.is_set():
            reads.append(is_whole(TextDataset(path, version=version).load()))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for each in readers:
        each.start()
    for number in range(20):
        TextDataset(path, version=version).save(texts(number))
    done.set()
    for each in readers:
        each.join()

    assert all(reads)
    assert len(reads) > 20


def test_a_reader_of_versions_on_s3_sees_whole_ones_only(s3_place, tmp_path):
    path = f"{s3_place}/note.txt"
    TextDataset(path, version=Version()).save("0" * 1000)

    def read():
        text = TextDataset(path, version=Version()).load()
        assert len(text) == 1000
        assert len({*text}) == 1

    def save(number):
        TextDataset(path, version=Version()).save(f"{number % 10}" * 1000)

    beside(save, read, tmp_path, loads=50)


def test_a_reader_that_lists_what_is_gone_when_it_loads_says_so(tmp_path):
    dataset = PartitionedDataset(str(tmp_path / "parts"), "text.TextDataset", overwrite=True)
    dataset.save({"a": "old"})
    found = PartitionedDataset(str(tmp_path / "parts"), "text.TextDataset").load()
    dataset.save({"b": "new"})

    with pytest.raises(DatasetError, match="a"):
        found["a"]()
