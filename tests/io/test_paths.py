"""Protocols and paths: split, joined, and kept inside their folder."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tidemill import DatasetError, Version, get_filepath_str, get_protocol_and_path
from tidemill.errors import DatasetConfigError
from tidemill.io.paths import MANIFEST, STAGING, as_pure, check_inside, full_path, is_hidden, join


@pytest.mark.parametrize(
    ("filepath", "protocol", "path"),
    [
        ("data/cars.csv", "file", "data/cars.csv"),
        ("/data/cars.csv", "file", "/data/cars.csv"),
        (Path("data/cars.csv"), "file", "data/cars.csv"),
        (PurePosixPath("/data"), "file", "/data"),
        ("file:///data/cars.csv", "file", "/data/cars.csv"),
        ("local:///data/cars.csv", "file", "/data/cars.csv"),
        ("C:/data/cars.csv", "file", "C:/data/cars.csv"),
        ("C:\\data\\cars.csv", "file", "C:\\data\\cars.csv"),
        ("~/cars.csv", "file", "~/cars.csv"),
        ("a:b/c", "file", "a:b/c"),
        ("s3://bucket/key/cars.csv", "s3", "bucket/key/cars.csv"),
        ("S3://Bucket/Key", "s3", "Bucket/Key"),
        ("s3://me:secret@bucket/key@2x", "s3", "bucket/key@2x"),
        ("gcs://bucket/key", "gcs", "bucket/key"),
        ("memory://bucket/key", "memory", "bucket/key"),
        ("memory:///bucket/key", "memory", "/bucket/key"),
        ("ftp://me:secret@host/cars.csv", "ftp", "host/cars.csv"),
        ("hdfs://namenode:8020/cars.csv", "hdfs", "namenode:8020/cars.csv"),
        ("http://me:secret@host/cars.csv?a=b", "http", "me:secret@host/cars.csv?a=b"),
        ("https://host/cars.csv", "https", "host/cars.csv"),
        ("abfss://container@account.dfs.core/cars.csv", "abfss", "container@account.dfs.core/cars.csv"),
        ("simplecache::s3://bucket/cars.csv", "simplecache::s3", "bucket/cars.csv"),
        ("zip://cars.csv::s3://bucket/a.zip", "zip", "cars.csv::s3://bucket/a.zip"),
        ("git+ssh://host/a", "git+ssh", "host/a"),
        ("s3://bucket/a\nb", "s3", "bucket/a\nb"),
        ("", "file", ""),
    ],
)
def test_protocol_and_path(filepath, protocol, path):
    assert get_protocol_and_path(filepath) == (protocol, path)


@pytest.mark.parametrize("protocol", ["http", "https", "HTTPS"])
def test_http_keeps_no_versions(protocol):
    with pytest.raises(DatasetError, match=r"HTTP\(S\) cannot keep versions.*Drop `versioned: true`"):
        get_protocol_and_path(f"{protocol}://host/cars.csv", Version())
    assert get_protocol_and_path("s3://b/cars.csv", Version())[0] == "s3"


@pytest.mark.parametrize("url", ["s3://bucket/a", "https://host/a", "memory://a", "gs://b/a"])
def test_a_url_that_went_through_pathlib_is_no_local_path(url):
    with pytest.raises(DatasetConfigError, match="Write the URL as text, with '://'"):
        get_protocol_and_path(Path(url))


@pytest.mark.parametrize(
    ("path", "protocol", "text"),
    [
        (PurePosixPath("a/b"), "file", "a/b"),
        (PureWindowsPath("a\\b"), "file", "a/b"),
        (PurePosixPath("bucket/a"), "s3", "bucket/a"),
        (PurePosixPath("host/a"), "https", "https://host/a"),
        ("host/a", "http", "http://host/a"),
    ],
)
def test_filepath_as_its_filesystem_wants_it(path, protocol, text):
    assert get_filepath_str(path, protocol) == text


@pytest.mark.parametrize(
    ("folder", "parts", "joined"),
    [
        ("a", ["b"], "a/b"),
        ("a/", ["/b/", "c/"], "a/b/c"),
        ("/", ["b"], "/b"),
        ("/a//", ["b"], "/a/b"),
        ("s3://bucket", ["a/b"], "s3://bucket/a/b"),
        ("s3://bucket/", ["a"], "s3://bucket/a"),
        ("memory://", ["a", "b"], "memory://a/b"),
        ("memory:///", ["a"], "memory:///a"),
        ("a", [], "a"),
        ("a", [""], "a"),
        ("", ["a"], "a"),
        (".", ["a"], "./a"),
    ],
)
def test_joining(folder, parts, joined):
    assert join(folder, *parts) == joined


NAMES = st.text(st.characters(exclude_characters="/", exclude_categories=["Cs", "Cc"]), min_size=1).filter(
    lambda name: name not in {".", ".."}
)
FOLDERS = st.sampled_from(["a", "/", "/a/b", "s3://bucket", "s3://bucket/a/", "memory://", "memory:///", "file:///a"])


@given(FOLDERS, st.lists(NAMES, min_size=1, max_size=4))
def test_joining_adds_one_slash_and_loses_nothing(folder, names):
    joined = join(folder, *names)
    assert joined == join(folder, "/".join(names)) == join(join(folder, *names[:1]), *names[1:])
    assert joined.startswith(folder.rstrip("/"))
    assert joined.endswith("/".join(names))
    assert get_protocol_and_path(joined)[0] == get_protocol_and_path(folder)[0]
    assert "//" not in joined.partition("://")[2].lstrip("/")


@given(FOLDERS)
def test_splitting_and_putting_together_again(folder):
    protocol, path = get_protocol_and_path(folder)
    assert full_path(path, protocol) == folder.removeprefix("file://")


@given(st.text(), st.booleans())
def test_what_is_allowed_stays_inside(name, nested):
    try:
        allowed = check_inside("partition id", name, folder="/data/parts", nested=nested)
    except DatasetConfigError as exc:
        message = str(exc)
    else:
        message = ""
    if message:
        assert "/data/parts" in message
        assert repr(name) in message
        return
    assert allowed == name
    path = os.path.normpath(os.path.join("/data/parts", name))
    assert path.startswith("/data/parts/")
    assert path == f"/data/parts/{name}"
    assert nested or "/" not in name
    assert not is_hidden(name)


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_ordinary_names_are_allowed(names):
    name = "/".join(names)
    assume("\\" not in name and not is_hidden(name))
    check_inside("partition id", name, folder="f")
    if not names[0].startswith("."):
        check_inside("version", names[0], folder="f", nested=False)


@pytest.mark.parametrize("name", ["..", "../a", "a/../..", "a/..", "/etc/passwd", "./a", ".", "a/./b"])
@pytest.mark.parametrize("prefix", ["", "x/"])
def test_what_climbs_is_refused(name, prefix):
    if name.startswith("/") and prefix:
        return
    with pytest.raises(DatasetConfigError, match="would leave that folder"):
        check_inside("partition id", prefix + name, folder="f")


@pytest.mark.parametrize("name", [STAGING, f"a/{STAGING}/b", MANIFEST, f"a/{MANIFEST}", ".cars.csv.0123456789ab.tmp"])
def test_our_own_names_are_hidden_and_refused(name):
    assert is_hidden(name)
    with pytest.raises(DatasetConfigError, match="Tidemill keeps such names for itself"):
        check_inside("partition id", name, folder="f")


@pytest.mark.parametrize(
    "name", ["a.csv", ".hidden", "a/.b/c.csv", ".tmp", "x.0123456789ab.tmp", "tidemill", "manifest.json"]
)
def test_others_are_not(name):
    assert not is_hidden(name)


def test_pure_paths():
    assert as_pure("a/b") == as_pure(Path("a/b")) == PurePosixPath("a/b")
    windows = PureWindowsPath("a")
    assert as_pure(windows) is windows


def test_a_user_name_in_a_message_is_masked():
    with pytest.raises(DatasetError) as error:
        get_protocol_and_path("https://me:secret99@host/a", Version())
    assert "secret99" not in str(error.value)
