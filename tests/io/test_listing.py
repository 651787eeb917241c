"""Listing a folder: fast on local disk, and the same answer as the plain way."""

from __future__ import annotations

import os
import zipfile

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemill.io.listing import _ids, files_on, local_files
from tidemill.io.paths import is_hidden

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=6)


def make(root, *paths):
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def both(root, suffix):
    """The listing of local disk and that of any filesystem, which must agree."""
    local = sorted(local_files(str(root), suffix))
    assert sorted(files_on(fsspec.filesystem("file"), str(root), suffix, {})) == local
    return local


@pytest.mark.parametrize("suffix", ["", ".csv", "v", "/data.csv"])
def test_ids_are_relative_and_without_the_suffix(tmp_path, suffix):
    paths = ["a.csv", "b.csv", "c.txt", "x/a.csv", "x/data.csv", "x/y/data.csv", "x/y/z", "no.csv/data.csv"]
    make(tmp_path, *paths)

    assert both(tmp_path, suffix) == sorted(each.removesuffix(suffix) for each in paths if each.endswith(suffix))


@given(
    names=st.lists(NAMES, min_size=1, unique=True),
    prefix=st.sampled_from(["", "a/", ".a/b/"]),
    suffix=st.text("v.", max_size=2),
)
def test_as_one_text_is_the_same_as_one_by_one(names, prefix, suffix):
    paths = [prefix + name for name in names if not is_hidden(name)]

    assert _ids(names, prefix, suffix) == [p[: len(p) - len(suffix)] for p in paths if p.endswith(suffix)]


def test_names_that_are_not_utf8_are_kept(tmp_path):
    os.close(os.open(os.fsencode(tmp_path) + b"/caf\xe9.csv", os.O_CREAT))

    assert both(tmp_path, ".csv") == [os.fsdecode(b"caf\xe9")]


def test_what_is_ours_is_left_out_and_other_hidden_files_are_not(tmp_path):
    make(tmp_path, ".tidemill/0a/a.csv", "x/.tidemill/0a/a.csv", ".a.csv.0123456789ab.tmp", ".manifest.json")
    make(tmp_path, "a.csv", ".hidden", "x/.hidden", ".git/config", "x/b.csv", ".a.tmp")

    assert both(tmp_path, "") == [".a.tmp", ".git/config", ".hidden", "a.csv", "x/.hidden", "x/b.csv"]


def test_links_are_followed_each_folder_once(tmp_path):
    make(tmp_path, "data/x/a.csv", "elsewhere/b.csv")
    (tmp_path / "data/there").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "data/again").symlink_to(tmp_path / "data")
    (tmp_path / "data/x/up").symlink_to(tmp_path / "data")

    assert sorted(local_files(str(tmp_path / "data"), "")) == ["there/b.csv", "x/a.csv"]


def test_a_folder_that_vanishes_meanwhile_is_left_out(tmp_path, monkeypatch):
    make(tmp_path, "a.csv", "x/b.csv", "y/c.csv")
    scandir = os.scandir

    def vanishing(folder):
        if str(folder).endswith("/x"):
            raise FileNotFoundError(folder)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", vanishing)
    assert sorted(local_files(str(tmp_path), ".csv")) == ["a", "y/c"]
    with pytest.raises(FileNotFoundError):
        local_files(str(tmp_path / "none"), "")


def test_the_root_of_a_filesystem(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("b.csv", "")
        file.writestr("x/c.csv", "")
    fs = fsspec.filesystem("zip", fo=str(tmp_path / "a.zip"))

    assert sorted(files_on(fs, "", ".csv", {})) == ["b", "x/c"]
