"""A repr is one short line, whatever the dataset holds."""

from __future__ import annotations

import datetime as dt
import enum
import functools
import pickle
from pathlib import PurePosixPath

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidemill import (
    AbstractDataset,
    CachedDataset,
    DataCatalog,
    IncrementalDataset,
    LambdaDataset,
    MemoryDataset,
    PartitionedDataset,
    Version,
)
from tidemill.datasets.pandas import CSVDataset, FeatherDataset
from tidemill.datasets.text import TextDataset
from tidemill.io.show import first_lines, short_value

LONGEST = 650


class Described(AbstractDataset):
    def __init__(self, described):
        self.described = described

    def _load(self): ...

    def _save(self, data): ...

    def _describe(self):
        return self.described


def test_a_folder_of_721_partitions(tmp_path):
    for number in range(721):
        (tmp_path / f"{number}.txt").touch()
    for kind in (PartitionedDataset, IncrementalDataset):
        dataset = kind(str(tmp_path), TextDataset, filename_suffix=".txt")
        loaded = dataset.load()
        dataset.exists()
        assert len(loaded) == 721
        assert len(repr(dataset)) < 400
        assert repr(dataset).startswith(f"{kind.__name__}(path='{tmp_path}', dataset=TextDataset")
    assert len(repr(PartitionedDataset(str(tmp_path), TextDataset).load())) < 1000


def test_a_catalog_of_100_000_entries():
    definition = {"type": "pandas.CSVDataset", "filepath": "data/cars.csv"}
    catalog = DataCatalog.from_config({f"cars_{number}": definition for number in range(100_000)})
    assert repr(catalog).startswith("DataCatalog(100,000 datasets: cars_0, cars_1")
    assert "... 99,992 more" in repr(catalog)
    assert len(repr(catalog)) < LONGEST
    assert len(repr(DataCatalog({"x" * 100_000: 1}))) < LONGEST


def test_the_catalog_pickles(tmp_path):
    catalog = DataCatalog.from_config(
        {
            "cars": {"type": "pandas.CSVDataset", "filepath": str(tmp_path / "cars.csv"), "versioned": True},
            "{name}@text": {"type": "text.TextDataset", "filepath": str(tmp_path / "{name}")},
            "parts": {"type": "IncrementalDataset", "path": str(tmp_path), "dataset": "text.TextDataset"},
        },
        save_version="2020",
    )
    catalog["data"] = {"a": 1}
    catalog.save("note@text", "x")
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        other = pickle.loads(pickle.dumps(catalog, protocol))
        assert repr(other) == repr(catalog)
        assert other.load("note@text") == "x"
        assert other.load("data") == {"a": 1}
        assert other["cars"]._version == Version(None, "2020")
        assert "another@text" in other


@pytest.mark.parametrize(
    ("dataset", "shown"),
    [
        (CSVDataset("a.csv"), "CSVDataset(filepath='a.csv', save_args={'index': False})"),
        (
            FeatherDataset("s3://b/a.csv", {"sep": ";"}, version=Version(None, "1")),
            "FeatherDataset(filepath='s3://b/a.csv', load_args={'sep': ';'}, version=Version(load=None, save='1'))",
        ),
        (MemoryDataset(), "MemoryDataset()"),
        (MemoryDataset(np.zeros(10_000), copy_mode="assign"), "MemoryDataset(data=<ndarray>, copy_mode='assign')"),
        (LambdaDataset(len), "LambdaDataset(load=len)"),
        (CachedDataset(MemoryDataset(5)), "CachedDataset(MemoryDataset(data=<int>))"),
        (CachedDataset({"type": TextDataset, "filepath": "a"}), "CachedDataset(TextDataset(filepath='a'))"),
    ],
)
def test_of_ours(dataset, shown):
    assert repr(dataset) == str(dataset) == f"{dataset}" == shown


class Colour(enum.Enum):
    RED = 1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (PurePosixPath("a/b"), "'a/b'"),
        (dt.date(2020, 1, 2), "'2020-01-02'"),
        ("x" * 500, "'" + "x" * 115 + "...'"),
        pytest.param(10**10_000, "<int of 33220 bits>", id="huge"),
        (-5, "-5"),
        (True, "True"),
        (2.5, "2.5"),
        (Version("a" * 500, None), "Version(load='" + "a" * 115 + "...', save=None)"),
        ([[[[[[1]]]]]], "[[[[...]]]]"),
        (list(range(1000)), "[0, 1, 2, 3, 4, 5, 6, 7, ... 992 more]"),
        ({"a": {1}}, "{'a': [1]}"),
        ({("a", 1): None}, "{['a', 1]: None}"),
        (np.zeros(3), "<ndarray>"),
        (b"secret bytes", "<bytes>"),
        (dict, "dict"),
        (len, "len"),
        (functools.partial(len), "partial"),
        (Colour.RED, "<Colour>"),
        (object(), "<object>"),
    ],
)
def test_of_values(value, shown):
    assert short_value(value) == shown


def test_what_is_empty_is_left_out():
    assert repr(Described({"a": None, "b": "", "c": {}, "d": [], "e": 0, "f": False})) == "Described(e=0, f=False)"
    assert repr(Described({})) == repr(Described(None)) == "Described()"


def test_what_is_no_mapping_or_fails_is_told():
    assert repr(Described(5)) == "Described(<_describe failed: TypeError>)"


def test_what_contains_itself():
    value = {}
    value["self"] = value
    assert len(repr(Described(value))) < LONGEST


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


@settings(max_examples=40)
@given(st.dictionaries(st.text(max_size=20), VALUES, max_size=12))
def test_always_short_and_one_line(described):
    shown = repr(Described(described))
    assert len(shown) < LONGEST
    assert shown.startswith("Described(")
    assert shown.endswith(")")


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("", "no message"),
        ("\n \n", "no message"),
        ("one", "one"),
        ("one\n\n  two\n", "one\n  two"),
        ("one\ntwo\nthree", "one\n  two ..."),
        ("x" * 500, "x" * 400 + " ..."),
    ],
)
def test_the_first_lines_of_an_error(message, shown):
    assert first_lines(ValueError(message)) == shown
