"""Versions against a plain dictionary: whatever is saved, loaded, abandoned and listed, in any order."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
import warnings

import fsspec
import pytest
from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tidemill import Version
from tidemill.datasets.text import TextDataset
from tidemill.errors import VersionAlreadyExistsError, VersionNotFoundError
from tidemill.io.commit.staging import StagedVersion
from tidemill.io.manifest import WRITING, Manifest
from tidemill.io.versions import Wanted

NAMES = strategies.sampled_from(["2020-01-01T00.00.00.000Z", "2999-12-31T23.59.59.998Z", "v1", "v2"])
TIMESTAMPS_END = "9999-12-31T23.59.59.999Z"
TEXTS = strategies.text("abc\n", max_size=5)
folders = itertools.count()


class Versions(RuleBasedStateMachine):
    """A file with versions, and what it should be."""

    place: str

    @initialize()
    def begin(self):
        self.path = f"{self.place}/{next(folders)}/note.txt"
        self.saved: dict[str, str] = {}
        self.reader = TextDataset(self.path, version=Version())
        self.pinned: str | None = None  # what the reader has resolved

    def dataset(self, load=None, save=None):
        return TextDataset(self.path, version=Version(load, save))

    @rule(text=TEXTS)
    def save_automatically(self, text):
        self.note(self.dataset(), text)

    @rule(version=NAMES, text=TEXTS)
    def save_exactly(self, version, text):
        if version in self.saved:
            with pytest.raises(VersionAlreadyExistsError):
                self.dataset(save=version).save(text)
            return
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", UserWarning
            )  # a version that sorts before the latest is not what loads read
            self.dataset(save=version).save(text)
        self.saved[version] = text

    @rule(text=TEXTS)
    def save_by_the_reader(self, text):
        self.pinned = self.note(self.reader, text)

    def note(self, dataset, text):
        """Save automatically: a name that sorts last, unless somebody's own sorts after all that are made."""
        odd = max(self.saved, default="") > TIMESTAMPS_END
        with pytest.warns(UserWarning, match="do not match") if odd else contextlib.nullcontext():
            dataset.save(text)
        version = dataset.resolve_load_version()
        assert version not in self.saved
        assert all(version > each for each in self.saved if each < TIMESTAMPS_END)
        self.saved[version] = text
        return version

    @rule()
    def load_by_the_reader(self):
        if self.pinned is None:
            self.pinned = max(self.saved, default=None)
        if self.pinned is None:
            with pytest.raises(VersionNotFoundError):
                self.reader.load()
        else:
            assert self.reader.load() == self.saved[self.pinned]

    @rule()
    def release_the_reader(self):
        self.reader.release()
        self.pinned = None

    @rule(version=NAMES)
    def load_exactly(self, version):
        if version in self.saved:
            assert self.dataset(load=version).load() == self.saved[version]
        else:
            with pytest.raises(VersionNotFoundError):
                self.dataset(load=version).load()

    @precondition(lambda self: self.saved)
    @rule()
    def load_the_latest(self):
        assert self.dataset().load() == self.saved[max(self.saved)]

    @rule(version=NAMES)
    def abandon(self, version):
        """Leave what a writer leaves that dies, or makes a folder and no more."""
        if version not in self.saved:
            self.leave(version)

    def leave(self, version):
        raise NotImplementedError

    @invariant()
    def the_list_is_what_was_saved(self):
        assert self.dataset().list_versions() == sorted(self.saved, reverse=True)
        assert self.dataset().exists() == bool(self.saved)


class VersionsOnDisk(Versions):
    def __init__(self):
        super().__init__()
        self.place = tempfile.mkdtemp(prefix="drill-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)

    def leave(self, version):
        staged = StagedVersion(f"{self.path}", "note.txt", Wanted(version, fixed=False))
        with open(staged.path, "w") as file:
            file.write("torn")
        staged._work.close()  # as the kernel does for a process that ends
        os.makedirs(f"{self.path}/{version}", exist_ok=True)

    def teardown(self):
        shutil.rmtree(self.place)


class VersionsInMemory(Versions):
    place = "memory://machine"

    def leave(self, version):
        """A claim of a process that is gone."""
        from tidemill.io.commit.liveness import this_process

        fs = fsspec.filesystem("memory")
        gone = {**this_process(), "started": "before", "claim": "gone"}
        claim = Manifest(version, "text.TextDataset", state=WRITING, writer=gone)
        fs.pipe_file(f"{self.path}/{version}/.manifest.json", claim.to_json().encode())
        fs.pipe_file(f"{self.path}/{version}/note.txt", b"torn")

    def teardown(self):
        fs = fsspec.filesystem("memory")
        if fs.exists(self.place):
            fs.rm(self.place, recursive=True)


SMALL = settings(max_examples=20, stateful_step_count=20, deadline=None)
TestVersionsOnDisk = VersionsOnDisk.TestCase
TestVersionsOnDisk.settings = SMALL
TestVersionsInMemory = VersionsInMemory.TestCase
TestVersionsInMemory.settings = SMALL
