"""Manifests: what commits a version, written and read again."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import json
import uuid
from pathlib import Path

import fsspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.io.custom import RemoteFolderDataset

from tidemill import Version
from tidemill.datasets.pandas import CSVDataset
from tidemill.datasets.text import TextDataset
from tidemill.io import facts
from tidemill.io.manifest import FORMAT, WRITING, File, Manifest, writer
from tidemill.io.provenance import saving
from tidemill.io.verify import verify

NAMES = st.text(max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
OWN = {*Manifest.__dataclass_fields__, "rows", "columns", "schema"} - {"more", "data"}
UNKNOWN = st.dictionaries(NAMES.filter(lambda key: key not in OWN), JSON, max_size=3)
FILES = st.builds(
    File,
    NAMES,
    st.integers(0),
    st.none() | NAMES,
    st.dictionaries(NAMES.filter(lambda key: key not in {"path", "bytes", "checksum"}), JSON, max_size=2),
)
MANIFESTS = st.builds(
    Manifest,
    version=NAMES,
    type=NAMES,
    dataset=st.none() | NAMES.filter(bool),
    state=st.sampled_from(["writing", "committed"]),
    saved_at=NAMES,
    files=st.lists(FILES, max_size=3).map(tuple),
    data=st.fixed_dictionaries({}, optional={"rows": st.integers(0), "columns": st.integers(0)}),
    writer=st.dictionaries(NAMES, NAMES, max_size=2),
    inputs=st.dictionaries(NAMES, st.none() | st.sampled_from(["2020", "2021"]), max_size=2),
    format=st.integers(1, 5),
    more=UNKNOWN,
)


@given(MANIFESTS)
def test_what_is_written_is_read(manifest):
    text = manifest.to_json()
    assert Manifest.from_json(text) == Manifest.from_json(text.encode()) == manifest
    assert json.loads(Manifest.from_json(text).to_json()) == json.loads(text)


@given(UNKNOWN)
def test_unknown_keys_are_kept(unknown):
    text = json.dumps({"format": 7, "version": "1", "state": "committed", **unknown})
    manifest = Manifest.from_json(text)
    assert manifest.more == unknown
    assert {**unknown, "format": 7}.items() <= json.loads(manifest.to_json()).items()


@given(st.text() | JSON.map(json.dumps) | st.binary())
def test_whatever_is_no_manifest_is_a_value_error(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the message is json's, or ours
        Manifest.from_json(text)


WHOLE = {"format": 1, "version": "1", "state": "committed"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": 5},
        {"version": None},
        {"state": ["committed"]},
        {"files": 5},
        {"files": ["a"]},
        {"files": [{"path": "a"}]},
        {"files": [{"path": "a", "bytes": "many"}]},
        {"files": {"a": 1}},
        {"writer": "me"},
        {"run": [1]},
        {"inputs": 5},
        {"parameters": None},
    ],
)
def test_fields_of_the_wrong_type(wrong):
    Manifest.from_json(json.dumps(WHOLE))
    with pytest.raises(ValueError):  # noqa: PT011
        Manifest.from_json(json.dumps({**WHOLE, **wrong}))


@pytest.mark.parametrize(
    "text", ["[" * 200_000, '{"a":' * 200_000, '{"format": 1, "version": "1", "state": NaN}', "null", "5"]
)
def test_texts_that_are_none(text):
    with pytest.raises(ValueError):  # noqa: PT011
        Manifest.from_json(text)


class Colour(enum.Enum):
    RED = "red"


class Odd:
    def __str__(self):
        return "password=hunter2hunter2"

    def __deepcopy__(self, memo):
        raise TypeError("cannot be copied")


def test_a_save_never_fails_because_of_a_parameter():
    loop = {}
    loop["loop"] = loop
    parameters = {
        "date": dt.date(2020, 1, 2),
        "moment": dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.timezone.utc),
        "decimal": decimal.Decimal("1.5"),
        "uuid": uuid.UUID(int=5),
        "path": Path("a/b"),
        "colour": Colour.RED,
        "set": {1},
        "tuple": (1, (2,)),
        "nan": float("nan"),
        "inf": float("inf"),
        "int": np.int64(5),
        "float": np.float32(0.5),
        "array": np.zeros(1000),
        "frame": pd.DataFrame({"a": range(1000)}),
        "odd": Odd(),
        "function": len,
        "bytes": b"bytes",
        ("a", 1): "tuple key",
        None: "none key",
        "loop": loop,
        "big": 10**50,
        "huge": 10**5000,
    }
    manifest = Manifest("1", parameters=parameters, run=loop, inputs={"x": Odd(), "y": None})
    text = manifest.to_json()

    written = json.loads(text, parse_constant=pytest.fail)["parameters"]  # NaN is no JSON
    assert written["date"] == "2020-01-02"
    assert written["decimal"] == "1.5"
    assert written["uuid"] == str(uuid.UUID(int=5))
    assert (written["path"], written["colour"], written["set"], written["tuple"]) == ("a/b", "red", [1], [1, [2]])
    assert (written["nan"], written["inf"], written["int"], written["float"]) == ("nan", "inf", 5, 0.5)
    assert (written["array"], written["frame"], written["odd"]) == ("<ndarray>", "<DataFrame>", "<Odd>")
    assert written["big"] == 10**50
    assert written["huge"] == "<int of 16610 bits>"
    assert "hunter2" not in text
    Manifest.from_json(text)


def test_a_saved_version_says_where_it_came_from(tmp_path):
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    dataset = CSVDataset(str(tmp_path / "cars.csv"), version=Version(None, "2020"))
    dataset._name = "cars"
    with saving(run={"id": "r1", "node": "clean"}, inputs={"raw": "2019"}, parameters={"params:a": 5}):
        dataset.save(frame)

    content = json.loads((tmp_path / "cars.csv" / "2020" / ".manifest.json").read_text())
    assert content["format"] == FORMAT
    assert (content["version"], content["dataset"], content["state"]) == ("2020", "cars", "committed")
    assert content["type"] == "tidemill.datasets.pandas.csv.CSVDataset"
    assert content["saved_at"].endswith("Z")
    [file] = content["files"]
    assert (file["path"], file["bytes"]) == ("cars.csv", (tmp_path / "cars.csv" / "2020" / "cars.csv").stat().st_size)
    assert file["checksum"].startswith("xxh3-128:")
    assert (content["rows"], content["columns"], [*content["schema"]]) == (2, 2, ["a", "b"])
    assert (content["run"], content["inputs"]) == ({"id": "r1", "node": "clean"}, {"raw": "2019"})
    assert content["parameters"] == {"params:a": 5}
    assert content["writer"] == writer()
    assert dataset.manifest() == Manifest.from_json(json.dumps(content))


def versions_of(tmp_path, **manifests):
    """Make versions of a text, each with a manifest of this content, or none."""
    for version, content in manifests.items():
        folder = tmp_path / "a.txt" / version
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text(version)
        if content is not None:
            (folder / ".manifest.json").write_bytes(content)
    return TextDataset(str(tmp_path / "a.txt"), version=Version(None, None))


WRITTEN = json.dumps({**WHOLE, "state": WRITING}).encode()


def test_one_that_is_being_written_is_skipped(tmp_path):
    dataset = versions_of(tmp_path, v1=None, v2=json.dumps(WHOLE).encode(), v3=WRITTEN, v4=WRITTEN)
    assert dataset.load() == "v2"
    assert dataset.list_versions() == ["v2", "v1"]
    with pytest.raises(FileNotFoundError, match="no version 'v3'"):
        dataset.at("v3").load()


def test_one_from_elsewhere_counts_as_committed(tmp_path):
    dataset = versions_of(tmp_path, v1=None)
    assert dataset.load() == "v1"
    assert dataset.manifest() is None


def test_a_corrupt_one_is_ignored_with_a_warning(tmp_path):
    dataset = versions_of(tmp_path, v1=None, v2=b"{")
    with pytest.warns(UserWarning, match=r"Ignored the manifest .*v2/\.manifest\.json, which cannot be read"):
        assert dataset.load() == "v2"
    with pytest.warns(UserWarning, match="Ignored the manifest"):
        assert dataset.manifest() is None


def test_one_of_a_later_release_is_read(tmp_path):
    dataset = versions_of(tmp_path, v1=json.dumps({**WHOLE, "format": 99, "signature": "x"}).encode())
    assert dataset.load() == "v1"
    assert dataset.manifest().more == {"signature": "x"}


class TestFacts:
    def test_tables(self):
        frame = pd.DataFrame({"a": [1, 2], 5: ["x", "y"]})
        assert facts.describe(frame) == {
            "rows": 2,
            "columns": 2,
            "schema": {"a": "int64", "5": str(frame.dtypes.iloc[1])},
        }
        assert facts.describe(pa.table({"a": [1]})) == {"rows": 1, "columns": 1, "schema": {"a": "int64"}}

    def test_wide_tables_without_their_columns(self):
        assert facts.describe(pd.DataFrame(np.zeros((2, 2000)))) == {"rows": 2, "columns": 2000}

    @pytest.mark.parametrize("data", [None, 5, "text", [1], {"a": 1}, np.zeros((2, 2)), object()])
    def test_nothing_of_other_data(self, data):
        assert facts.describe(data) == {}

    def test_repeated_names_of_columns(self):
        assert facts.describe(pd.DataFrame([[1, 2]], columns=["a", "a"]))["columns"] == 2

    def test_a_library_that_another_thread_is_importing(self, fresh_python):
        code = """
import sys, types
sys.modules["pandas"] = types.ModuleType("pandas")
sys.modules["polars"] = None
from tidemill.io import facts
print(facts.describe("text"))
"""
        assert fresh_python(code) == "{}"


def test_a_file_that_became_a_link_to_nowhere_is_missing(tmp_path):
    dataset = TextDataset(str(tmp_path / "note.txt"), version=Version())
    dataset.save("text")
    path = dataset._get_load_path()
    Path(path).unlink()
    Path(path).symlink_to("nowhere")

    assert [(each.state, each.problems) for each in verify(dataset)] == [("damaged", ("note.txt is missing",))]


def test_what_is_no_version_is_left_out_and_what_has_no_checksum_is_compared_by_size(tmp_path):
    folder = RemoteFolderDataset(f"memory://{tmp_path}/model", Version(None, "v1"))
    folder.save({"a": "one", "b": "two"})
    fs = fsspec.filesystem("memory")
    fs.pipe_file(f"{tmp_path}/model/notes/readme.md", b"no version")
    fs.pipe_file(f"{tmp_path}/model/v0/model/a", b"from elsewhere")
    assert [(each.version, each.state) for each in verify(folder)] == [("v1", "whole"), ("v0", "unknown")]

    fs.pipe_file(f"{tmp_path}/model/v1/model/a", b"longer")

    assert [each.problems for each in verify(folder, "v1")] == [("model/a has 6 bytes, and had 3",)]
    fs.rm(str(tmp_path), recursive=True)
