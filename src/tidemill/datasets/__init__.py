"""The table of datasets: for each short `type` its class, and what must be installed. Nothing is imported by it."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

from tidemill.errors import DatasetConfigError
from tidemill.io.classes import is_installed
from tidemill.names import modern


class Row(NamedTuple):
    """What a dataset is in one line, where it is defined, what it imports, and which extra installs that."""

    about: str
    module: str
    needs: tuple[str, ...] = ()
    extra: str = ""
    versioned: bool = True


DATASETS = {
    "pandas.CSVDataset": Row("a CSV file as a DataFrame", "tidemill.datasets.pandas.csv", ("pandas",), "pandas"),
    "pandas.ExcelDataset": Row(
        "an Excel workbook, one sheet or several", "tidemill.datasets.pandas.excel", ("pandas", "openpyxl"), "excel"
    ),
    "pandas.JSONDataset": Row("a JSON file as a DataFrame", "tidemill.datasets.pandas.json", ("pandas",), "pandas"),
    "pandas.ParquetDataset": Row(
        "a Parquet file or folder as a DataFrame", "tidemill.datasets.pandas.parquet", ("pandas", "pyarrow"), "pandas"
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
    "text.TextDataset": Row("a text file as one string", "tidemill.datasets.text"),
    "yaml.YAMLDataset": Row("a YAML file as dictionaries and lists", "tidemill.datasets.yaml"),
}
#: The room that a class without a room stands for, where several have one of that name.
_FIRST = "pandas"


def find(name: str) -> Any:
    """Return the class of a short name in today's spelling, with or without its room; None if it is not ours.

    Raises:
        DatasetConfigError: Its library is missing, or a bare name fits several rooms.
    """
    full = name if name in DATASETS else _with_room(name)
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
    fitting = [each for each in DATASETS if each.endswith(f".{name}")]
    if f"{_FIRST}.{name}" in fitting and len(fitting) > 1 and name != "JSONDataset":
        return f"{_FIRST}.{name}"
    if len(fitting) > 1:
        raise DatasetConfigError(f"type '{name}' is one of {', '.join(fitting)}. Write which.")
    return fitting[0] if fitting else None


def __getattr__(name: str) -> Any:
    if name.startswith("_") or not name.islower():
        raise AttributeError(f"module {__name__!r} has no attribute {modern(name)!r}")
    try:
        return importlib.import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as exc:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from exc
