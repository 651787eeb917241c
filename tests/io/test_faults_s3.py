"""A process that is killed at any request of a save to S3: what the next one finds, and can do."""

from __future__ import annotations

import json
import os
import re
import tempfile

import fsspec
import numpy as np
import pytest
from botocore.loaders import JSONFileLoader
from s3fs import S3FileSystem
from tests.io.custom import ImageDataset

from tidemill import PartitionedDataset, Version
from tidemill.datasets.text import TextDataset
from tidemill.errors import VersionAlreadyExistsError
from tidemill.testing import faults
from tidemill.testing.steps import RequestSteps

IMAGE, OTHER_IMAGE = np.zeros((2, 2, 4), "uint8"), np.full((3, 3, 4), 255, "uint8")


_descriptions = {}


@pytest.fixture
def new_prefix(s3_place, monkeypatch):
    """A function that returns an empty folder in the bucket, another one each time."""
    made = []

    def load_file(self, path):
        if path not in _descriptions:
            _descriptions[path] = read(self, path)
        return _descriptions[path]

    # Each child makes a client; most of that is reading what S3 is, megabytes of JSON that need reading once.
    read = JSONFileLoader.load_file
    monkeypatch.setattr(JSONFileLoader, "load_file", load_file)
    S3FileSystem(skip_instance_cache=True).connect()

    def new():
        made.append(f"{s3_place}/{len(made)}")
        return made[-1]

    return new


def objects(place):
    """What is there, without the names of versions."""
    fs = fsspec.filesystem("s3")
    fs.invalidate_cache()
    return [path.partition("/")[2].partition("/")[2] for path in fs.find(place)]


#: Before each request that changes something; and before every one, which takes more processes to find the same.
EACH = pytest.mark.parametrize("reads", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["changes", "all"])


def dies_everywhere(scenario, new_prefix, reads, at_least):
    survived = [*faults.drill(scenario, new_prefix, lambda _: RequestSteps(reads=reads), sizes=False)]
    assert len(survived) >= at_least, f"only {len(survived)} points: {[*map(str, survived)]}"


class SavingVersion:
    """Saving a version beside the one that is there."""

    old, new = "old", "new"

    def __init__(self, version):
        self.version = version

    def dataset(self, place, version):
        return TextDataset(f"{place}/note.txt", version=version)

    def prepare(self, place):
        self.dataset(place, Version(None, "1")).save(self.old)

    def act(self, place):
        self.dataset(place, Version(None, self.version)).save(self.new)

    def check(self, place):
        reader = self.dataset(place, Version())
        versions = reader.list_versions()
        assert versions[-1] == "1"
        assert self.same(reader.load(), self.old if len(versions) == 1 else self.new)
        if self.version in versions:
            with pytest.raises(VersionAlreadyExistsError):
                self.act(place)
        else:
            self.act(place)
            assert len(self.dataset(place, Version()).list_versions()) == len(versions) + 1
        reader.release()
        assert self.same(reader.load(), self.new)
        if self.version:
            name = reader._filepath.name
            expected = [f"{name}/{at}/{file}" for at in ("1", self.version) for file in (".manifest.json", name)]
            assert objects(place) == sorted(expected)

    def same(self, a, b):
        return np.array_equal(a, b)


class SavingImageVersion(SavingVersion):
    """The same with a dataset that opens the path by itself."""

    old, new = IMAGE, OTHER_IMAGE

    def dataset(self, place, version):
        return ImageDataset(f"{place}/image.png", version)


@pytest.mark.parametrize("version", [None, "2"], ids=["automatic", "fixed"])
@pytest.mark.parametrize("kind", [SavingVersion, SavingImageVersion])
@EACH
def test_a_version_is_there_or_not(kind, version, new_prefix, reads):
    dies_everywhere(kind(version), new_prefix, reads, 4)


class TakingOver(SavingVersion):
    """Saving a fixed version that a dead writer has claimed: dying there, too, changes nothing."""

    def prepare(self, place):
        super().prepare(place)
        faults.run(lambda: self.act(place), RequestSteps(reads=False), faults.Point(step=2))  # claim, data, no commit
        assert self.dataset(place, Version()).list_versions() == ["1"]


@pytest.mark.slow
@EACH
def test_the_heir_of_a_dead_writer_may_die_too(new_prefix, reads):
    dies_everywhere(TakingOver("2"), new_prefix, reads, 8)


def test_of_many_heirs_one_wins(s3_place):
    scenario = TakingOver("2")
    scenario.prepare(s3_place)
    path = f"{s3_place}/note.txt"

    ended = faults.run_together(lambda number: TextDataset(path, version=Version(None, "2")).save(f"{number}"), 4)

    assert sorted("VersionAlreadyExistsError" in each.error for each in ended) == [False, True, True, True]
    winner = [each.error for each in ended].index("")
    assert TextDataset(path, version=Version()).load() == str(winner)


class ReplacingImage:
    """Saving over what is there, with a dataset that opens the path by itself."""

    def dataset(self, place):
        return ImageDataset(f"{place}/image.png")

    def prepare(self, place):
        self.dataset(place).save(IMAGE)

    def act(self, place):
        self.dataset(place).save(OTHER_IMAGE)

    def check(self, place):
        found = self.dataset(place).load()
        assert np.array_equal(found, IMAGE) or np.array_equal(found, OTHER_IMAGE)
        self.act(place)
        assert np.array_equal(self.dataset(place).load(), OTHER_IMAGE)
        assert objects(place) == ["image.png"]


class ReplacingText(ReplacingImage):
    """The same with one of ours."""

    def prepare(self, place):
        TextDataset(f"{place}/note.txt").save("old")

    def act(self, place):
        TextDataset(f"{place}/note.txt").save("new")

    def check(self, place):
        assert TextDataset(f"{place}/note.txt").load() in ("old", "new")
        self.act(place)
        assert objects(place) == ["note.txt"]


@EACH
def test_an_unversioned_object_is_the_old_or_the_new(new_prefix, reads):
    dies_everywhere(ReplacingText(), new_prefix, reads, 2)


@EACH
def test_an_unversioned_object_of_a_custom_dataset_is_the_old_or_the_new(new_prefix, reads):
    dies_everywhere(ReplacingImage(), new_prefix, reads, 5)


class OverwritingPartitions:
    """Replacing partitions: a store moves no set at once, but the old go last, and each is whole."""

    old, new = {"a": "old", "b": "old"}, {"a": "new", "c": "new"}

    def dataset(self, place):
        return PartitionedDataset(f"{place}/parts", "text.TextDataset", overwrite=True)

    def prepare(self, place):
        self.dataset(place).save(self.old)

    def act(self, place):
        self.dataset(place).save(self.new)

    def check(self, place):
        found = {name: load() for name, load in self.dataset(place).load().items()}
        states = [self.old, {**self.old, "a": "new"}, {**self.old, **self.new}, self.new]
        assert found in states
        self.act(place)
        assert {name: load() for name, load in self.dataset(place).load().items()} == self.new


@EACH
def test_overwritten_partitions_are_each_the_old_or_the_new(new_prefix, reads):
    dies_everywhere(OverwritingPartitions(), new_prefix, reads, 4)


def test_a_dead_writer_leaves_nothing_in_the_temporary_folder(s3_place, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = faults.run(lambda: TextDataset(f"{s3_place}/note.txt").save("text"), RequestSteps(), faults.Point(step=0))

    assert ended.signal
    assert os.listdir(tmp_path) == []


def test_readers_skip_what_a_dead_writer_claimed(s3_place):
    scenario = TakingOver("2")
    scenario.prepare(s3_place)

    claim = json.loads(fsspec.filesystem("s3").cat_file(f"{s3_place}/note.txt/2/.manifest.json"))
    assert claim["state"] == "writing"
    reader = scenario.dataset(s3_place, Version())
    assert reader.exists()
    assert reader.load() == "old"
    assert not scenario.dataset(s3_place, Version("2")).exists()


def test_a_claim_of_another_machine_is_respected_and_named(s3_place):
    scenario = TakingOver("2")
    scenario.prepare(s3_place)
    fs, path = fsspec.filesystem("s3"), f"{s3_place}/note.txt/2/.manifest.json"
    claim = json.loads(fs.cat_file(path))
    fs.pipe_file(path, json.dumps({**claim, "writer": {**claim["writer"], "machine": "?", "host": "far"}}).encode())

    with pytest.raises(VersionAlreadyExistsError, match=re.compile("far.*delete", re.DOTALL)):
        scenario.act(s3_place)
    assert scenario.dataset(s3_place, Version()).load() == "old"


def test_a_version_from_elsewhere_is_not_claimed(s3_place):
    fs = fsspec.filesystem("s3")
    fs.pipe_file(f"{s3_place}/note.txt/1/note.txt", b"from elsewhere")

    with pytest.raises(VersionAlreadyExistsError):
        TextDataset(f"{s3_place}/note.txt", version=Version(None, "1")).save("mine")

    assert TextDataset(f"{s3_place}/note.txt", version=Version()).load() == "from elsewhere"
    assert objects(s3_place) == ["1/note.txt"]
