"""Odd tables over every format: what comes back equals what went in, or nothing was written and the error says why.

Where a format cannot keep something, and says nothing, that is its nature: it stands here, in `LOST`, and the test
shows what comes back instead.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import sys

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from tidemill import DatasetError
from tidemill.datasets.pandas import (
    CSVDataset,
    ExcelDataset,
    FeatherDataset,
    GenericDataset,
    HDFDataset,
    JSONDataset,
    ParquetDataset,
    SQLTableDataset,
    XMLDataset,
)

ODD = {
    "empty": pd.DataFrame({"a": pd.Series([], dtype="int64"), "b": pd.Series([], dtype="str")}),
    "one column": pd.DataFrame({"a": [1, 2, 3]}),
    "1000 columns": pd.DataFrame({f"c{number}": [number, -number] for number in range(1000)}),
    "unicode": pd.DataFrame({"Ærø": ["Ø", "漢字", "🌊", "e\u0301"]}),
    "odd names": pd.DataFrame({"a b": [1], "c,d": [2], 'e"f': [3], "g'h": [4], "i\nj": [5], "<k>&": [6], "1": [7]}),
    "odd texts": pd.DataFrame({"a": ["x,y", 'say "so"', "two\nlines", " spaces ", "<b>&amp;", "NA-ish"]}),
    "time zones": pd.DataFrame(
        {
            "at": pd.to_datetime(["2020-03-29 00:59", "2020-10-25 02:30"])
            .tz_localize("UTC")
            .tz_convert("Europe/Copenhagen")
        }
    ),
    "times": pd.DataFrame({"at": pd.to_datetime(["1970-01-01 00:00:00", "2262-04-11 12:34:56"])}),
    "nullable": pd.DataFrame(
        {
            "n": pd.array([1, None, 3], "Int64"),
            "b": pd.array([True, None, False], "boolean"),
            "s": pd.array(["a", None, ""], "string"),
        }
    ),
    "categories": pd.DataFrame({"c": pd.Categorical(["low", "high", "low"], ["low", "mid", "high"], ordered=True)}),
    "nested": pd.DataFrame({"n": [{"a": [1, {"b": None}]}, {"a": []}]}),
    "lists": pd.DataFrame({"l": [[1, 2], []]}),
    "numbers": pd.DataFrame({"f": [0.1, 1e-300, -0.0, 1e17], "i": [0, -1, 2**53 - 1, -(2**53) + 1]}),
    "not a number": pd.DataFrame({"f": [1.5, np.nan, np.nan]}),
    "infinite": pd.DataFrame({"f": [np.inf, -np.inf, 1.0]}),
    "large integers": pd.DataFrame({"i": [2**63 - 1, -(2**63)]}),
    "an index": pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="key")),
    "mixed": pd.DataFrame({"m": [1, "one", 2.5]}),
}

FORMATS = {
    "csv": lambda folder: CSVDataset(f"{folder}/t.csv"),
    "json": lambda folder: JSONDataset(f"{folder}/t.json"),
    "json table": lambda folder: JSONDataset(f"{folder}/t.json", {"orient": "table"}, {"orient": "table"}),
    "xml": lambda folder: XMLDataset(f"{folder}/t.xml"),
    "excel": lambda folder: ExcelDataset(f"{folder}/t.xlsx"),
    "parquet": lambda folder: ParquetDataset(f"{folder}/t.parquet"),
    "feather": lambda folder: FeatherDataset(f"{folder}/t.feather"),
    "hdf": lambda folder: HDFDataset(f"{folder}/t.h5", "t"),
    "orc": lambda folder: GenericDataset(f"{folder}/t.orc", "orc"),
    "pickle": lambda folder: GenericDataset(f"{folder}/t.pkl", "pickle"),
    "sql": lambda folder: SQLTableDataset("t", {"con": f"sqlite:///{folder}/t.db"}, save_args={"if_exists": "replace"}),
}


#: What a format refuses: an error, and no file.
REFUSED = {
    "xml": {"empty", "odd names", "lists"},
    "excel": {"time zones"},
    "parquet": {"nested", "mixed"},
    "feather": {"nested", "mixed"},
    "hdf": {"nullable", "nested", "lists", "mixed"},
    "orc": {"categories", "nested", "an index", "mixed"},
    "sql": {"nested", "lists"},
}
if pd.__version__.startswith("2."):  # without types of texts, an empty column has no type that ORC knows
    REFUSED["orc"].add("empty")
_PLAIN = {
    "empty": "types", "time zones": "types", "times": "types", "categories": "types", "nullable": "empty texts",
    "nested": "text", "lists": "text", "mixed": "text", "an index": "index",
}  # fmt: skip
#: What a format does not keep, by its nature, and what is left of it.
LOST = {
    "csv": _PLAIN,
    "json": {
        "empty": "types", "time zones": "milliseconds", "times": "milliseconds", "nullable": "types",
        "categories": "types", "infinite": "infinity", "an index": "index's name",
    },
    "json table": {"time zones": "types", "times": "types", "infinite": "infinity"},
    "xml": _PLAIN,
    "excel": {**_PLAIN, "times": None, "mixed": None, "not a number": "missing rows", "large integers": "doubles"},
    "orc": {"time zones": "types", "times": "types", "nullable": "types"},
    "sql": {"time zones": "zone", "nullable": "types", "categories": "types", "an index": "index", "mixed": "text"},
}  # fmt: skip


def _in_milliseconds(column):
    return pd.to_datetime(column, unit="ms", utc=True).astype("datetime64[ms, UTC]")


#: What is lost -> what came back, and what it should be.
LEFT = {
    "doubles": lambda back, table: (back.astype(float), table.astype(float)),  # all numbers are
    "empty texts": lambda back, table: (back.astype(table.dtypes), table.assign(s=table["s"].replace("", pd.NA))),
    "index": lambda back, table: (back, table.reset_index(drop=True)),
    "index's name": lambda back, table: (back, table.rename_axis(None)),
    "infinity": lambda back, table: (back, table.replace([np.inf, -np.inf], np.nan)),  # JSON has neither of them
    "milliseconds": lambda back, table: (back.apply(_in_milliseconds), table.apply(_in_milliseconds)),  # since 1970
    "missing rows": lambda back, table: (back, table.head(1)),  # at the end, where a sheet has nothing
    "text": lambda back, table: (back.astype(str), table.astype(str)),
    "types": lambda back, table: (back.reset_index(drop=True).astype(table.dtypes), table),
    "zone": lambda back, table: (back, table.apply(lambda column: column.dt.tz_localize(None))),  # its time stays
}


@pytest.mark.filterwarnings("ignore:The default formatting of datetime")  # pandas 4 will write JSON's times as texts
@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("form", FORMATS)
def test_an_odd_table_comes_back_or_is_refused(tmp_path, form, what):
    dataset, table = FORMATS[form](tmp_path), ODD[what]
    if what in REFUSED.get(form, ()):
        with pytest.raises(DatasetError) as raised:
            dataset.save(table)
        assert len(str(raised.value).splitlines()) >= 2 or what in str(raised.value)
        assert not dataset.exists()
        assert [name for name in os.listdir(tmp_path) if not name.endswith(".db")] == []
        return

    dataset.save(table)
    back, kind = dataset.load(), LOST.get(form, {}).get(what)

    assert_frame_equal(*((back, table) if kind is None else LEFT[kind](back, table)))


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz", "zst", "zip"])
@pytest.mark.parametrize("kind", ["csv", "json", "xml", "generic xml", "pickle", "stata"])
@pytest.mark.parametrize("place", ["disk", "memory"])
def test_a_compressed_file_is_what_its_name_says(tmp_path, kind, ending, place):
    if ending == "zst" and sys.version_info < (3, 14):
        pytest.importorskip("zstandard", reason="pandas compresses by zstandard: pip install zstandard")
    path = f"{tmp_path if place == 'disk' else f'memory://{tmp_path.name}'}/t.{kind}.{ending}"
    make = {
        "csv": lambda: CSVDataset(path),
        "json": lambda: JSONDataset(path),
        "xml": lambda: XMLDataset(path),
        "generic xml": lambda: GenericDataset(path, "xml", save_args={"index": False}),
        "pickle": lambda: GenericDataset(path, "pickle"),
        "stata": lambda: GenericDataset(path, "stata", save_args={"write_index": False}),
    }[kind]
    table = pd.DataFrame({"tide": ["high", "low"] * 50, "metres": [4.5, 1.5] * 50})
    make().save(table)

    assert_frame_equal(make().load(), table)
    if place == "disk" and ending in OPENERS and kind == "csv":
        with OPENERS[ending](path, "rt") as file:  # whole, and nothing but it
            assert file.read() == table.to_csv(index=False)


OPENERS = {"gz": gzip.open, "bz2": bz2.open, "xz": lzma.open}


def test_a_compression_that_is_said_counts_more_than_the_name(tmp_path):
    CSVDataset(tmp_path / "t.csv.gz", save_args={"index": False, "compression": None}).save(ODD["one column"])
    assert (tmp_path / "t.csv.gz").read_text().startswith("a")
    dataset = CSVDataset(tmp_path / "t.csv", {"compression": "bz2"}, {"index": False, "compression": "bz2"})
    dataset.save(ODD["one column"])
    assert (tmp_path / "t.csv").read_bytes().startswith(b"BZh")
    assert_frame_equal(dataset.load(), ODD["one column"])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1", "cp1252", "shift_jis"])
def test_an_encoding_of_a_csv_file(tmp_path, encoding):
    text = "漢字" if encoding == "shift_jis" else "Ærø"
    table = pd.DataFrame({text: [text, "a"]})
    dataset = CSVDataset(tmp_path / "t.csv", {"encoding": encoding}, {"index": False, "encoding": encoding})
    dataset.save(table)

    assert (tmp_path / "t.csv").read_bytes().decode(encoding) == table.to_csv(index=False)
    assert_frame_equal(dataset.load(), table)


def test_a_text_that_an_encoding_has_not_is_refused_and_leaves_the_old_file(tmp_path):
    dataset = CSVDataset(tmp_path / "t.csv", {"encoding": "latin-1"}, {"index": False, "encoding": "latin-1"})
    dataset.save(ODD["one column"])

    with pytest.raises(DatasetError, match="latin-1"):
        dataset.save(ODD["unicode"])

    assert_frame_equal(dataset.load(), ODD["one column"])
