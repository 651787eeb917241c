"""What goes wrong in a format is told with the dataset's name, what is wrong, and the remedy."""

from __future__ import annotations

import pytest

from tidemill import DataCatalog, DatasetError
from tidemill.errors import DatasetConfigError

WRONG_DATA = [
    ("pandas.CSVDataset", {}, "csv"),
    ("pandas.ExcelDataset", {}, "xlsx"),
    ("pandas.FeatherDataset", {}, "feather"),
    ("pandas.HDFDataset", {"key": "tides"}, "h5"),
    ("pandas.JSONDataset", {}, "json"),
    ("pandas.ParquetDataset", {}, "parquet"),
    ("pandas.XMLDataset", {}, "xml"),
    ("networkx.GMLDataset", {}, "gml"),
    ("pillow.ImageDataset", {}, "png"),
    ("plotly.JSONDataset", {}, "json"),
    ("polars.ParquetDataset", {}, "parquet"),
]


def catalog_of(kind, path, **arguments):
    return DataCatalog.from_config({"tides": {"type": kind, "filepath": str(path), **arguments}})


@pytest.mark.parametrize("data", ["high", 42, object()], ids=["str", "int", "object"])
@pytest.mark.parametrize(("kind", "arguments", "ending"), WRONG_DATA, ids=[each[0] for each in WRONG_DATA])
def test_data_of_another_type_is_told_with_what_to_do(tmp_path, kind, arguments, ending, data):
    with pytest.raises(DatasetError) as error:
        catalog_of(kind, tmp_path / f"tides.{ending}", **arguments).save("tides", data)

    message = str(error.value)
    assert "'tides'" in message
    assert f"does not save objects of type {type(data).__name__}: save another, or choose another `type`" in message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "ending", "data"),
    [("pandas.ExcelDataset", "xlsx", "table"), ("pandas.CSVDataset", "csv", "table"), ("json.JSONDataset", "json", "")],
)
def test_an_argument_that_the_library_does_not_take_says_where_to_look(tmp_path, kind, ending, data):
    import pandas as pd

    data = pd.DataFrame({"a": [1]}) if data == "table" else [1]
    path = tmp_path / f"tides.{ending}"
    with pytest.raises(DatasetError, match=r"(?s)'tides'.*bogus.*`save_args` give it"):
        catalog_of(kind, path, save_args={"bogus": 1}).save("tides", data)
    catalog_of(kind, path).save("tides", data)

    with pytest.raises(DatasetError, match=r"(?s)'tides'.*bogus.*`load_args` or the call of `load` give it"):
        catalog_of(kind, path).load("tides", bogus=1)


@pytest.mark.parametrize(
    ("kind", "data"),
    [("matplotlib.MatplotlibDataset", "no figure"), ("tracking.MetricsDataset", [1]), ("numpy.NumpyDataset", {"a": 1})],
)
def test_what_a_format_says_itself_names_the_dataset(tmp_path, kind, data):
    with pytest.raises(DatasetError, match="^'tides': "):
        catalog_of(kind, tmp_path / "tides").save("tides", data)


def test_options_that_would_be_ignored_are_refused():
    kind = {"type": "duckdb.TableDataset", "table_name": "tides", "save_args": {"bogus": 1}}

    with pytest.raises(DatasetConfigError, match="'tides': .*bogus.* takes `mode` only"):
        DataCatalog.from_config({"tides": kind}).load("tides")
