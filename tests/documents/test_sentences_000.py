"""What the document about custom datasets says in words: one test for each statement that a user can observe."""

from __future__ import annotations

import functools
import http.server
import importlib
import json
import re
import threading
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pytest
from tests.documents.formats import of_a_path
from tests.documents.picture import YELLOW, PictureDataset

from tidemill import (
    AbstractDataset,
    DataCatalog,
    DatasetError,
    MemoryDataset,
    PartitionedDataset,
    Pipeline,
    SequentialRunner,
    Version,
    get_filepath_str,
    get_protocol_and_path,
    node,
)
from tidemill.datasets import DATASETS
from tidemill.datasets.pandas import CSVDataset

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d\.\d{3}Z")


METHODS: dict[str, Any] = {
    "_load": lambda self: 1,
    "_save": lambda self, data: None,
    "_describe": lambda self: {"colour": "red"},
}


def test_three_methods_make_a_dataset():
    """`_load`, `_save` and `_describe` are all that a class has to bring."""
    assert type("Mine", (AbstractDataset,), METHODS)().load() == 1


@pytest.mark.parametrize("missing", METHODS)
def test_each_of_the_three_is_needed(missing):
    """A class without one of them cannot be instantiated, and the error names the method."""
    mine = type("Mine", (AbstractDataset,), {name: each for name, each in METHODS.items() if name != missing})

    with pytest.raises(TypeError, match=f"Mine .*{missing}"):
        mine()


def test_types_may_be_given_or_left_out():
    """The base class is generic in what is saved and what is loaded; left out, both are Any."""

    class Typed(AbstractDataset[int, str]):
        _load, _save, _describe = METHODS.values()

    class Untyped(AbstractDataset):
        _load, _save, _describe = METHODS.values()

    assert Typed().load() == Untyped().load() == 1
    assert Typed.__orig_bases__[0].__args__ == (int, str)


def test_describe_is_for_printing():
    """What `_describe` returns is what the dataset shows when it is printed."""
    assert str(type("Mine", (AbstractDataset,), METHODS)()) == "Mine(colour='red')"


@pytest.mark.parametrize(
    ("filepath", "protocol", "path", "text"),
    [
        ("data/pikachu.png", "file", "data/pikachu.png", "data/pikachu.png"),
        ("file:///data/pikachu.png", "file", "/data/pikachu.png", "/data/pikachu.png"),
        ("s3://bucket/pikachu.png", "s3", "bucket/pikachu.png", "bucket/pikachu.png"),
        ("gs://bucket/pikachu.png", "gs", "bucket/pikachu.png", "bucket/pikachu.png"),
        ("https://host/pikachu.png", "https", "host/pikachu.png", "https://host/pikachu.png"),
    ],
)
def test_a_path_is_taken_apart_and_put_together_for_each_filesystem(filepath, protocol, path, text):
    """Protocol and path are parsed from the filepath, and the path is written as the filesystem wants it."""
    assert get_protocol_and_path(filepath) == (protocol, path)
    assert get_filepath_str(PurePosixPath(path), protocol) == text


@pytest.mark.parametrize("place", ["local", "memory", "s3"])
def test_one_class_works_with_any_location(place, tmp_path, s3_bucket):
    """With fsspec the same dataset reads and writes local files, memory and object stores; also their versions."""
    root, credentials = {
        "local": (f"{tmp_path}", None),
        "memory": (f"memory://{tmp_path.name}", None),
        "s3": (s3_bucket.url, s3_bucket.credentials),
    }[place]

    for version in (None, Version(None, None)):
        dataset = PictureDataset(f"{root}/{bool(version)}.png", version, credentials)
        dataset.save(YELLOW)
        np.testing.assert_array_equal(dataset.load(), YELLOW)


def test_partitions_are_the_files_of_one_type_in_a_folder(tmp_path):
    """PartitionedDataset loads many files by one dataset class; those with another suffix are left out."""
    for name in ("a.png", "b.png"):
        PictureDataset(str(tmp_path / name)).save(YELLOW)
    (tmp_path / "readme.txt").write_text("no picture")

    assert [*PartitionedDataset(str(tmp_path), PictureDataset, filename_suffix=".png").load()] == ["a", "b"]


def test_versions_need_an_argument_of_the_constructor():
    """A dataset can be versioned if its constructor accepts `version`; otherwise the error says what to drop."""
    definition = {"type": type("Mine", (AbstractDataset,), METHODS), "versioned": True}

    with pytest.raises(DatasetError, match=r"'mine': Mine keeps no versions.*`version`.*Drop `versioned: true`"):
        DataCatalog.from_config({"mine": definition}).load("mine")


def test_a_version_is_a_folder_named_by_the_time(tmp_path):
    """Data are saved to `<filepath>/<version>/<name>`, where the version is the time as YYYY-MM-DDThh.mm.ss.sssZ."""
    PictureDataset(str(tmp_path / "pikachu.png"), Version(None, None)).save(YELLOW)

    (path,) = tmp_path.rglob("*/pikachu.png")
    assert TIMESTAMP.fullmatch(path.parent.name)
    assert path.parent.parent == tmp_path / "pikachu.png"


def test_load_finds_the_latest_and_save_adds_one(tmp_path):
    """Loading takes the latest version that is there; saving writes another beside it."""
    for version in ("2020-02-22T00.00.00.000Z", "2020-02-23T00.00.00.000Z", "2019-02-22T00.00.00.000Z"):
        folder = tmp_path / "note.txt" / version
        folder.mkdir(parents=True)
        (folder / "note.txt").write_text(version)
    definition = {"type": "text.TextDataSet", "filepath": str(tmp_path / "note.txt"), "versioned": True}
    catalog = DataCatalog.from_config({"note": definition})

    assert catalog.load("note") == "2020-02-23T00.00.00.000Z"
    catalog.save("note", "newer")
    assert catalog.load("note") == "newer"
    assert len(catalog["note"].list_versions()) == 4


@pytest.mark.parametrize("protocol", ["http", "https"])
@pytest.mark.parametrize("kind", [*of_a_path(), PictureDataset], ids=str)
def test_versions_on_http_are_refused(protocol, kind):
    """`versioned: true` with an HTTP(S) filepath does not work, for our datasets and for custom ones."""
    definition = {"type": kind, "filepath": f"{protocol}://127.0.0.1/data", "versioned": True}

    with pytest.raises(DatasetError, match=r"'it': HTTP\(S\) cannot keep versions: https?://127\.0\.0\.1/data"):
        DataCatalog.from_config({"it": definition}).load("it")


@pytest.fixture
def website(tmp_path):
    """The address of a web server for a folder with a table."""
    (tmp_path / "cars.csv").write_text("speed\n88\n")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            """Keep the tests' output clean."""

    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_http_can_be_loaded(website):
    """HTTP is a filesystem that datasets load from, without versions."""
    catalog = DataCatalog.from_config({"cars": {"type": "pandas.CSVDataSet", "filepath": f"{website}/cars.csv"}})

    assert catalog.load("cars").to_dict("list") == {"speed": [88]}
    assert catalog.exists("cars")
    with pytest.raises(
        DatasetError, match=r"bikes\.csv\.(?s:.*)correct the address, or see whether its server answers"
    ):
        CSVDataset(f"{website}/bikes.csv").load()


def test_datasets_work_with_the_sequential_runner(tmp_path):
    """A run loads and saves custom datasets by their names."""
    path = str(tmp_path / "pikachu.png")
    catalog = DataCatalog({"yellow": MemoryDataset(YELLOW), "pikachu": PictureDataset(path)})

    SequentialRunner().run(Pipeline([node(np.flipud, "yellow", "pikachu")]), catalog)

    np.testing.assert_array_equal(PictureDataset(path).load(), YELLOW)


def test_the_catalogs_datasets_are_reached_by_name():
    """`catalog._data_sets["name"]` is the dataset itself."""
    catalog = DataCatalog.from_config({"it": {"type": "MemoryDataSet"}})

    assert catalog._data_sets["it"] is catalog["it"]


def test_credentials_and_fs_args_are_passed_to_the_constructor():
    """What the catalog says under `credentials` (by name) and `fs_args` is what the dataset's constructor receives."""
    definition = {
        "type": PictureDataset,
        "filepath": "memory://pikachu.png",
        "credentials": "mine",
        "fs_args": {"use_listings_cache": False},
    }

    dataset = DataCatalog.from_config({"it": definition}, {"mine": {"token": "secret"}})["it"]

    assert dataset.received == ({"token": "secret"}, {"use_listings_cache": False})
    assert dataset._fs.storage_options == {"token": "secret", "use_listings_cache": False}
    assert "secret" not in repr(dataset)


def test_a_custom_datasets_version_has_a_manifest(s3_bucket, tmp_path):
    """A custom dataset that just writes to its path gets our commit protocol, locally and on S3."""
    for root, credentials in ((tmp_path, None), (s3_bucket.url, s3_bucket.credentials)):
        dataset = PictureDataset(f"{root}/deep/down/pikachu.png", Version(None, None), credentials)
        dataset.save(YELLOW)

        (version,) = dataset.list_versions()
        path = f"{dataset._filepath}/{version}/.manifest.json"
        manifest = json.loads(dataset._fs.cat_file(path))
        assert manifest["state"] == "committed"
        assert [each["path"] for each in manifest["files"]] == ["pikachu.png"]


def test_the_room_of_a_format_is_a_module_of_its_name():
    """A format lives in a module of `datasets` named after its library, as in the drawing for contributors."""
    for room, name in (short.split(".") for short in DATASETS):
        kind = getattr(importlib.import_module(f"tidemill.datasets.{room}"), name)
        assert f"{kind.__module__}.".startswith(f"tidemill.datasets.{room}.")
