"""The table of datasets: for each short `type` its class, and what must be installed. Nothing is imported by it."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

from tidemill.errors import DatasetConfigError
from tidemill.io.classes import is_installed
from tidemill.names import modern, submodule


class Row(NamedTuple):
    """What a dataset is in one line, where it is defined, what it imports, and which extra installs that."""

    about: str
    module: str
    needs: tuple[str, ...] = ()
    extra: str = ""
    versioned: bool = True


DATASETS = {
    "pandas.CSVDataset": Row("a CSV file as a DataFrame", "tidemill.datasets.pandas.csv", ("pandas",), "pandas"),
    "pandas.DeltaTableDataset": Row(
        "a Delta table as a DataFrame, without Spark; the table keeps its versions",
        "tidemill.datasets.pandas.delta",
        ("pandas", "pyarrow", "deltalake"),
        "delta",
    ),
    "pandas.ExcelDataset": Row(
        "an Excel workbook, one sheet or several", "tidemill.datasets.pandas.excel", ("pandas", "openpyxl"), "excel"
    ),
    "pandas.FeatherDataset": Row(
        "a Feather file as a DataFrame", "tidemill.datasets.pandas.feather", ("pandas", "pyarrow"), "pandas"
    ),
    "pandas.GBQQueryDataset": Row(
        "what a query finds in BigQuery; it only loads",
        "tidemill.datasets.pandas.gbq",
        ("pandas", "pandas_gbq"),
        "bigquery",
        versioned=False,
    ),
    "pandas.GBQTableDataset": Row(
        "a table in BigQuery as a DataFrame",
        "tidemill.datasets.pandas.gbq",
        ("pandas", "pandas_gbq"),
        "bigquery",
        versioned=False,
    ),
    "pandas.GenericDataset": Row(
        "a file of any other format that pandas has", "tidemill.datasets.pandas.generic", ("pandas",), "pandas"
    ),
    "pandas.HDFDataset": Row(
        "a table in an HDF5 file as a DataFrame", "tidemill.datasets.pandas.hdf", ("pandas", "tables"), "hdf"
    ),
    "pandas.JSONDataset": Row("a JSON file as a DataFrame", "tidemill.datasets.pandas.json", ("pandas",), "pandas"),
    "pandas.ParquetDataset": Row(
        "a Parquet file or folder as a DataFrame", "tidemill.datasets.pandas.parquet", ("pandas", "pyarrow"), "pandas"
    ),
    "pandas.SQLQueryDataset": Row(
        "what a query finds in a database; it only loads",
        "tidemill.datasets.pandas.sql",
        ("pandas", "sqlalchemy"),
        "sql",
        versioned=False,
    ),
    "pandas.SQLTableDataset": Row(
        "a table in a database as a DataFrame",
        "tidemill.datasets.pandas.sql",
        ("pandas", "sqlalchemy"),
        "sql",
        versioned=False,
    ),
    "pandas.XMLDataset": Row("an XML file as a DataFrame", "tidemill.datasets.pandas.xml", ("pandas", "lxml"), "xml"),
    "geopandas.GenericDataset": Row(
        "a map: GeoPackage, GeoParquet and others", "tidemill.datasets.geopandas.generic", ("geopandas",), "geopandas"
    ),
    "geopandas.GeoJSONDataset": Row(
        "a map as GeoJSON", "tidemill.datasets.geopandas.geojson", ("geopandas",), "geopandas"
    ),
    "dask.CSVDataset": Row(
        "CSV files as a Dask DataFrame", "tidemill.datasets.dask.csv", ("dask", "pandas", "pyarrow"), "dask"
    ),
    "dask.ParquetDataset": Row(
        "a folder of Parquet files as a Dask DataFrame",
        "tidemill.datasets.dask.parquet",
        ("dask", "pandas", "pyarrow"),
        "dask",
    ),
    "ibis.FileDataset": Row("a file as an Ibis table", "tidemill.datasets.ibis.file", ("ibis",), "ibis"),
    "ibis.TableDataset": Row(
        "a table of any engine of Ibis", "tidemill.datasets.ibis.table", ("ibis",), "ibis", versioned=False
    ),
    "json.JSONDataset": Row("a JSON file as dictionaries and lists", "tidemill.datasets.json"),
    "pickle.PickleDataset": Row(
        "any Python object, by pickle, joblib, dill, cloudpickle or compress_pickle", "tidemill.datasets.pickle"
    ),
    "polars.CSVDataset": Row("a CSV file as a polars DataFrame", "tidemill.datasets.polars.csv", ("polars",), "polars"),
    "polars.EagerPolarsDataset": Row(
        "a file of any format of polars as a DataFrame", "tidemill.datasets.polars.eager_polars", ("polars",), "polars"
    ),
    "polars.IPCDataset": Row(
        "an Arrow IPC (Feather) file as a polars DataFrame", "tidemill.datasets.polars.ipc", ("polars",), "polars"
    ),
    "polars.LazyPolarsDataset": Row(
        "a file, folder or pattern as a polars LazyFrame", "tidemill.datasets.polars.lazy_polars", ("polars",), "polars"
    ),
    "polars.ParquetDataset": Row(
        "a Parquet file as a polars DataFrame", "tidemill.datasets.polars.parquet", ("polars",), "polars"
    ),
    "pyarrow.ParquetDataset": Row(
        "a Parquet file or folder as a pyarrow Dataset, scanned lazily",
        "tidemill.datasets.pyarrow",
        ("pyarrow",),
        "pyarrow",
    ),
    "pyiceberg.TableDataset": Row(
        "a table of an Iceberg catalog as a pyarrow Table",
        "tidemill.datasets.pyiceberg",
        ("pyiceberg", "pyarrow"),
        "iceberg",
        versioned=False,
    ),
    "spark.DeltaTableDataset": Row(
        "a Delta table as a delta.DeltaTable, to merge into",
        "tidemill.datasets.spark.deltatable",
        ("pyspark", "delta"),
        "spark-delta",
        versioned=False,
    ),
    "spark.SparkDataset": Row(
        "a file or folder in any format of Spark as a DataFrame", "tidemill.datasets.spark.spark", ("pyspark",), "spark"
    ),
    "spark.SparkHiveDataset": Row(
        "a table of Spark's catalog (Hive) as a DataFrame",
        "tidemill.datasets.spark.spark_hive",
        ("pyspark",),
        "spark",
        versioned=False,
    ),
    "spark.SparkJDBCDataset": Row(
        "a database's table as a Spark DataFrame, by JDBC",
        "tidemill.datasets.spark.spark_jdbc",
        ("pyspark",),
        "spark",
        versioned=False,
    ),
    "spark.SparkStreamingDataset": Row(
        "a stream as a streaming Spark DataFrame",
        "tidemill.datasets.spark.spark_streaming",
        ("pyspark",),
        "spark",
        versioned=False,
    ),
    "text.TextDataset": Row("a text file as one string", "tidemill.datasets.text"),
    "api.APIDataset": Row(
        "what a web service answers, recorded if it is versioned", "tidemill.datasets.api", ("requests",), "api"
    ),
    "biosequence.BioSequenceDataset": Row(
        "biological sequences, by Biopython", "tidemill.datasets.biosequence", ("Bio",), "biosequence"
    ),
    "deltalake.DeltaTableDataset": Row(
        "a Delta table as a deltalake.DeltaTable, read when it is asked",
        "tidemill.datasets.deltalake",
        ("deltalake", "pyarrow"),
        "delta",
    ),
    "duckdb.FileDataset": Row(
        "a Parquet, CSV or JSON file as a DuckDB relation",
        "tidemill.datasets.duckdb.file",
        ("duckdb", "pyarrow"),
        "duckdb",
    ),
    "duckdb.TableDataset": Row(
        "a table of a DuckDB database as a relation",
        "tidemill.datasets.duckdb.table",
        ("duckdb", "pyarrow"),
        "duckdb",
        versioned=False,
    ),
    "email.EmailMessageDataset": Row("an e-mail as a message of Python's library", "tidemill.datasets.email"),
    "holoviews.HoloviewsWriter": Row(
        "a HoloViews object as an image or a page; it only saves",
        "tidemill.datasets.holoviews",
        ("holoviews",),
        "holoviews",
    ),
    "matlab.MatlabDataset": Row("a MATLAB file as a dictionary", "tidemill.datasets.matlab", ("scipy",), "matlab"),
    "matplotlib.MatplotlibDataset": Row(
        "figures as image files: one, or a folder of several; it only saves",
        "tidemill.datasets.matplotlib",
        ("matplotlib",),
        "matplotlib",
    ),
    "networkx.GMLDataset": Row("a graph as GML", "tidemill.datasets.networkx.gml", ("networkx",), "networkx"),
    "networkx.GraphMLDataset": Row(
        "a graph as GraphML", "tidemill.datasets.networkx.graphml", ("networkx",), "networkx"
    ),
    "networkx.JSONDataset": Row("a graph as JSON", "tidemill.datasets.networkx.json", ("networkx",), "networkx"),
    "numpy.NumpyDataset": Row(
        "an array (.npy), or a dictionary of arrays (.npz)", "tidemill.datasets.numpy", ("numpy",), "numpy"
    ),
    "pillow.ImageDataset": Row("an image, by Pillow", "tidemill.datasets.pillow", ("PIL",), "pillow"),
    "plotly.HTMLDataset": Row(
        "a Plotly figure as a page; it only saves", "tidemill.datasets.plotly.html", ("plotly",), "plotly"
    ),
    "plotly.JSONDataset": Row("a Plotly figure", "tidemill.datasets.plotly.json", ("plotly",), "plotly"),
    "plotly.PlotlyDataset": Row(
        "a table that is drawn when it is saved, and loaded as a figure",
        "tidemill.datasets.plotly.plotly",
        ("plotly", "numpy"),
        "plotly",
    ),
    "pytorch.PyTorchDataset": Row("the weights of a PyTorch model", "tidemill.datasets.pytorch", ("torch",), "pytorch"),
    "redis.PickleDataset": Row(
        "any Python object under a key of Redis", "tidemill.datasets.redis", ("redis",), "redis", versioned=False
    ),
    "safetensors.SafetensorsDataset": Row(
        "named tensors of NumPy, PyTorch and others", "tidemill.datasets.safetensors", ("safetensors",), "safetensors"
    ),
    "svmlight.SVMLightDataset": Row(
        "features and labels in svmlight's format", "tidemill.datasets.svmlight", ("sklearn",), "svmlight"
    ),
    "tensorflow.TensorFlowModelDataset": Row(
        "a Keras model: .keras, .h5, or a SavedModel folder",
        "tidemill.datasets.tensorflow",
        ("tensorflow",),
        "tensorflow",
    ),
    "tracking.JSONDataset": Row(
        "what is kept of each run, as JSON; always versioned", "tidemill.datasets.tracking.json"
    ),
    "tracking.MetricsDataset": Row("the metrics of each run; always versioned", "tidemill.datasets.tracking.metrics"),
    "video.VideoDataset": Row(
        "a video as a sequence of images, by OpenCV", "tidemill.datasets.video", ("cv2", "PIL"), "video"
    ),
    "yaml.YAMLDataset": Row("a YAML file as dictionaries and lists", "tidemill.datasets.yaml"),
}
#: Short name of older definitions -> the one it has today.
RENAMED = {
    "matplotlib.MatplotlibWriter": "matplotlib.MatplotlibDataset",
    "networkx.NetworkXDataset": "networkx.JSONDataset",
}
#: The rooms that a class without a room stands for, where several have one of that name.
_FIRST = ("pandas", "pickle")


def find(name: str) -> Any:
    """Return the class of a short name in today's spelling, with or without its room; None if it is not ours.

    Raises:
        DatasetConfigError: Its library is missing, or a bare name fits several rooms.
    """
    full = RENAMED.get(name) or (name if name in DATASETS else _with_room(name))
    if full is None:
        return None
    row = DATASETS[full]
    missing = [each for each in row.needs if not is_installed(each)]
    if missing:
        raise DatasetConfigError(
            f"{full} needs {' and '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not installed: "
            f"pip install 'tidemill[{row.extra}]'"
        )
    return getattr(importlib.import_module(row.module), full.rpartition(".")[2])


def _with_room(name: str) -> str | None:
    if "." in name:
        return None
    fitting = [RENAMED.get(each, each) for each in (*DATASETS, *RENAMED) if each.endswith(f".{name}")]
    first = [f"{room}.{name}" for room in _FIRST if f"{room}.{name}" in fitting]
    if first and len(fitting) > 1 and name != "JSONDataset":
        return first[0]
    if len(fitting) > 1:
        raise DatasetConfigError(f"type '{name}' is one of {', '.join(fitting)}. Write which.")
    return fitting[0] if fitting else None


def __getattr__(name: str) -> Any:
    module = submodule(__name__, name) if name.islower() else None
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {modern(name)!r}")
    return module
