"""The formats of pandas, in the suite of every dataset, and what each has of its own."""

from __future__ import annotations

import os
import threading

import pandas as pd
import pytest

from tidemill import DataCatalog, DatasetError, Version
from tidemill.datasets.pandas import (
    CSVDataset,
    ExcelDataset,
    FeatherDataset,
    GenericDataset,
    HDFDataset,
    JSONDataset,
    ParquetDataset,
    XMLDataset,
)
from tidemill.errors import DatasetConfigError
from tidemill.testing import VersionedDatasetTests

TIDES = pd.DataFrame({"tide": ["high", "low"], "metres": [4, 1]})


class PandasTests(VersionedDatasetTests):
    sample = TIDES
    other = pd.DataFrame({"tide": ["slack"], "metres": [2]})
    arguments = {}

    def make(self, filepath, version=None):
        return self.kind(filepath, version=version, **self.arguments)

    def equal(self, a, b):
        return a.equals(b)


class TestCSVDataset(PandasTests):
    kind, filename = CSVDataset, "tides.csv"


class TestJSONDataset(PandasTests):
    kind, filename = JSONDataset, "tides.json"


class TestXMLDataset(PandasTests):
    kind, filename = XMLDataset, "tides.xml"


class TestFeatherDataset(PandasTests):
    kind, filename = FeatherDataset, "tides.feather"


class TestHDFDataset(PandasTests):
    kind, filename = HDFDataset, "tides.h5"
    arguments = {"key": "tides"}


class TestGenericDataset(PandasTests):
    kind, filename = GenericDataset, "tides.dta"
    arguments = {"file_format": "stata", "save_args": {"write_index": False}}

    def equal(self, a, b):
        return a.equals(b.astype({"metres": "int32"}))  # Stata's integers, as pandas reads them


class TestExcelDataset(PandasTests):
    kind, filename = ExcelDataset, "tides.xlsx"


class TestExcelDatasetOfSheets(PandasTests):
    kind, filename = ExcelDataset, "tides.xlsx"
    sample = {"north": TIDES, "south": PandasTests.other}
    other = {"west": PandasTests.other}
    arguments = {"load_args": {"sheet_name": None}}

    def equal(self, a, b):
        return [*a] == [*b] and all(a[name].equals(b[name]) for name in b)


class TestParquetDataset(PandasTests):
    kind, filename = ParquetDataset, "tides.parquet"


class TestParquetDatasetInPartitions(PandasTests):
    kind, filename = ParquetDataset, "tides"
    arguments = {"save_args": {"partition_cols": ["tide"]}}

    def equal(self, a, b):
        """Compare: what it is partitioned by comes last, as categories, and sorts the rows."""
        b = b.sort_values("tide").reset_index(drop=True)
        return a.astype({"tide": b["tide"].dtype})[["tide", "metres"]].equals(b)


# Arguments of one load go to the library.


@pytest.mark.parametrize(
    ("definition", "arguments"),
    [
        ({"type": "pandas.CSVDataset"}, {"usecols": ["metres"]}),
        ({"type": "pandas.ParquetDataset"}, {"columns": ["metres"]}),
        ({"type": "pandas.ParquetDataset", "save_args": {"partition_cols": ["tide"]}}, {"columns": ["metres"]}),
        ({"type": "pandas.FeatherDataset"}, {"columns": ["metres"]}),
        ({"type": "pandas.ExcelDataset"}, {"usecols": ["metres"]}),
        ({"type": "pandas.HDFDataset", "key": "t"}, {"columns": ["metres"]}),
        ({"type": "pandas.XMLDataset"}, {"xpath": "./row[metres>0]/metres/.."}),
        ({"type": "pandas.GenericDataset", "file_format": "orc"}, {"columns": ["metres"]}),
    ],
    ids=lambda each: each.get("type"),
)
def test_a_load_selects_columns(tmp_path, definition, arguments):
    catalog = DataCatalog.from_config({"tides": {**definition, "filepath": str(tmp_path / "tides")}})
    catalog.save("tides", TIDES)

    assert sorted(catalog.load("tides", **arguments)["metres"]) == [1, 4]
    if "xpath" not in arguments:
        assert [*catalog.load("tides", **arguments).columns] == ["metres"]
    assert {*catalog.load("tides").columns} == {"tide", "metres"}


def test_a_load_selects_rows(tmp_path):
    for name, arguments in (("file", {}), ("folder", {"save_args": {"partition_cols": ["tide"]}})):
        dataset = ParquetDataset(tmp_path / name, **arguments)
        dataset.save(TIDES)
        assert [*dataset.load(filters=[("tide", "==", "low")])["metres"]] == [1]
    table = HDFDataset(tmp_path / "tides.h5", "tides", save_args={"data_columns": True})
    table.save(TIDES)
    assert [*table.load(where="metres > 2")["tide"]] == ["high"]


# CSV, JSON


def test_an_encoding_is_set_where_the_file_is_opened_or_where_it_is_written(tmp_path):
    table = pd.DataFrame({"strait": ["Øresund", "Kattegat"]})
    opened = CSVDataset(
        tmp_path / "a.csv",
        fs_args={"open_args_save": {"encoding": "latin-1"}, "open_args_load": {"encoding": "latin-1"}},
    )
    opened.save(table)
    given = CSVDataset(tmp_path / "b.csv", {"encoding": "latin-1"}, {"index": False, "encoding": "latin-1"})
    given.save(table)

    assert (
        (tmp_path / "a.csv").read_bytes()
        == (tmp_path / "b.csv").read_bytes()
        == "strait\nØresund\nKattegat\n".encode("latin-1")
    )
    assert opened.load().equals(table)
    assert given.load().equals(table)


def test_a_csv_file_can_be_appended_to(tmp_path):
    dataset = CSVDataset(tmp_path / "a.csv", save_args={"index": False}, fs_args={"open_args_save": {"mode": "w"}})
    dataset.save(TIDES)
    more = CSVDataset(
        tmp_path / "a.csv", save_args={"index": False, "header": False}, fs_args={"open_args_save": {"mode": "a"}}
    )
    more.save(TIDES)

    assert len(dataset.load()) == 4


def test_json_lines_are_read_in_parts(tmp_path):
    arguments = {"orient": "records", "lines": True}
    dataset = JSONDataset(tmp_path / "tides.jsonl", load_args=arguments, save_args=arguments)
    dataset.save(TIDES)

    assert (tmp_path / "tides.jsonl").read_text().count("\n") == 2
    assert dataset.load(nrows=1).equals(TIDES.head(1))


# Excel


def test_sheets_are_added_to_a_workbook_that_is_there(tmp_path):
    path = str(tmp_path / "tides.xlsx")
    ExcelDataset(path).save(TIDES)
    more = ExcelDataset(path, save_args={"sheet_name": "more", "writer": {"mode": "a", "if_sheet_exists": "replace"}})
    more.save(TIDES)
    more.save(TIDES.head(1))

    sheets = ExcelDataset(path).load(sheet_name=None)
    assert {name: len(sheet) for name, sheet in sheets.items()} == {"Sheet1": 2, "more": 1}
    assert ExcelDataset(path).load(sheet_name=["more"])["more"].equals(TIDES.head(1))


def test_a_version_of_a_workbook_begins_with_the_sheets_of_the_last(tmp_path):
    path = str(tmp_path / "tides.xlsx")
    ExcelDataset(path, version=Version(None, "v1")).save(TIDES)
    ExcelDataset(path, save_args={"sheet_name": "more", "writer": {"mode": "a"}}, version=Version(None, "v2")).save(
        TIDES
    )

    assert [*ExcelDataset(path, version=Version(None, None)).load(sheet_name=None)] == ["Sheet1", "more"]
    assert [*ExcelDataset(path, version=Version("v1", None)).load(sheet_name=None)] == ["Sheet1"]


def test_what_no_workbook_can_be_is_refused_before_anything_is_written(tmp_path):
    path = tmp_path / "tides.xlsx"
    with pytest.raises(DatasetError, match="at least one sheet"):
        ExcelDataset(path).save({})
    with pytest.raises(DatasetError, match="mode: a"):
        ExcelDataset(path, save_args={"writer": {"mode": "a"}}).save(TIDES)
    assert os.listdir(tmp_path) == []


def test_the_writer_is_chosen_as_users_know_it(tmp_path):
    with pytest.raises(DatasetError, match="nobody"):
        ExcelDataset(tmp_path / "a.xlsx", engine="nobody").save(TIDES)
    with pytest.raises(DatasetError, match="nobody"):
        ExcelDataset(tmp_path / "a.xlsx", save_args={"writer": {"engine": "nobody"}}).save(TIDES)
    ExcelDataset(tmp_path / "c.xlsx", engine="xlsxwriter").save(TIDES)
    assert ExcelDataset(tmp_path / "c.xlsx").load().equals(TIDES)
    arguments = {"writer": {"date_format": "YYYY"}, "sheet_name": "t", "startrow": 2, "index": True}
    ExcelDataset(tmp_path / "b.xlsx", save_args=arguments).save(TIDES)

    assert ExcelDataset(tmp_path / "b.xlsx", load_args={"skiprows": 2, "index_col": 0}).load().equals(TIDES)


# Parquet


def test_a_partitioned_save_is_a_folder_and_replaces_all_of_the_one_before(tmp_path):
    dataset = ParquetDataset(tmp_path / "tides", save_args={"partition_cols": ["tide"]})
    dataset.save(TIDES)
    assert sorted(os.listdir(tmp_path / "tides")) == ["tide=high", "tide=low"]

    dataset.save(TIDES.head(1))
    assert os.listdir(tmp_path / "tides") == ["tide=high"]
    dataset.save(TIDES.head(1))
    assert len(dataset.load()) == 1


def test_a_file_becomes_a_folder_and_a_folder_never_a_file(tmp_path):
    file, folder = (
        ParquetDataset(tmp_path / "t"),
        ParquetDataset(tmp_path / "t", save_args={"partition_cols": ["tide"]}),
    )
    file.save(TIDES)
    folder.save(TIDES)
    assert sorted(file.load()["metres"]) == [1, 4]

    with pytest.raises(DatasetError, match="folder|directory"):
        file.save(TIDES)
    assert sorted(folder.load()["metres"]) == [1, 4]


def test_a_folder_of_parquet_files_from_elsewhere_is_loaded(tmp_path):
    os.mkdir(tmp_path / "t")
    TIDES.to_parquet(tmp_path / "t" / "1.parquet")
    TIDES.to_parquet(tmp_path / "t" / "2.parquet")

    assert len(ParquetDataset(tmp_path / "t").load()) == 4


# HDF


def test_a_key_that_is_not_there_is_told_with_those_that_are(tmp_path):
    HDFDataset(tmp_path / "t.h5", "tides").save(TIDES)

    with pytest.raises(DatasetError, match=r"no key 'tide'. It has /tides"):
        HDFDataset(tmp_path / "t.h5", "tide").load()


def test_hdf_compresses_and_keeps_its_formats(tmp_path):
    many = pd.concat([TIDES] * 1000, ignore_index=True)
    for name, arguments in (
        ("plain", {}),
        ("fixed", {"format": "fixed"}),
        ("packed", {"complevel": 9, "complib": "zlib"}),
    ):
        HDFDataset(tmp_path / name, "t", save_args=arguments).save(many)
        assert HDFDataset(tmp_path / name, "t").load().equals(many)
    assert os.path.getsize(tmp_path / "packed") < os.path.getsize(tmp_path / "plain") / 2
    with pytest.raises(DatasetConfigError, match="chunksize"):
        HDFDataset(tmp_path / "plain", "t", load_args={"chunksize": 1})


def test_hdf_is_used_by_one_thread_at_a_time(tmp_path):
    """PyTables keeps one register of open files for all threads; without the lock this fails or crashes."""
    failures = []

    def work(number):
        dataset = HDFDataset(tmp_path / f"{number}.h5", "t")
        try:
            for _ in range(15):
                dataset.save(TIDES)
                assert dataset.load().equals(TIDES)
        except DatasetError as exc:
            failures.append(exc)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert failures == []


# Generic


@pytest.mark.parametrize(
    ("file_format", "name", "arguments", "load_args"),
    [
        ("csv", "t.csv", {"index": False}, {}),
        ("csv", "t.csv.gz", {"index": False}, {}),
        ("json", "t.json", {}, {}),
        ("xml", "t.xml", {"index": False}, {}),
        ("excel", "t.xlsx", {"index": False}, {}),
        ("parquet", "t.parquet", {}, {}),
        ("feather", "t.feather", {}, {}),
        ("orc", "t.orc", {}, {}),
        ("pickle", "t.pkl", {}, {}),
        ("html", "t.html", {"index": False}, {}),
        ("PARQUET", "t", {}, {}),
    ],
)
def test_the_generic_dataset_saves_and_loads(tmp_path, file_format, name, arguments, load_args):
    for place in (str(tmp_path), "memory://generic"):
        dataset = GenericDataset(f"{place}/{name}", file_format, load_args, arguments)
        dataset.save(TIDES)
        loaded = dataset.load()
        assert (loaded[0] if file_format == "html" else loaded).equals(TIDES)


def test_a_file_that_was_opened_as_kedro_wants_it_works_too(tmp_path):
    modes = {"open_args_load": {"mode": "rb"}, "open_args_save": {"mode": "wb"}}
    dataset = GenericDataset(tmp_path / "t.xlsx", "excel", save_args={"index": False}, fs_args=modes)
    dataset.save(TIDES)
    assert dataset.load().equals(TIDES)
    text = GenericDataset(
        tmp_path / "t.csv", "csv", save_args={"index": False}, fs_args={"open_args_save": {"mode": "w"}}
    )
    text.save(TIDES)
    assert text.load().equals(TIDES)


def test_a_format_that_is_none_is_told(tmp_path):
    for name in ("sql", "clipboard", "hdf", "gbq", "sql_table"):
        with pytest.raises(DatasetConfigError, match=name):
            GenericDataset(tmp_path / "t", name)
    with pytest.raises(DatasetConfigError, match="pandas.HDFDataset"):
        GenericDataset(tmp_path / "t", "hdf")
    with pytest.raises(DatasetError, match="no `to_parkuet`. Did you mean 'parquet'"):
        GenericDataset(tmp_path / "t", "parkuet").save(TIDES)
    with pytest.raises(DatasetError, match="no `to_sas`"):  # pandas only reads it
        GenericDataset(tmp_path / "t", "sas").save(TIDES)
    assert os.listdir(tmp_path) == []
    (tmp_path / "t").write_text("x")
    with pytest.raises(DatasetError, match="no `read_latex`"):
        GenericDataset(tmp_path / "t", "latex").load()
