"""One DuckDB connection for each database and thread of a process, so that relations of several datasets combine."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetError
from tidemill.io.threadlock import ThreadLock

if TYPE_CHECKING:
    import duckdb

MEMORY = ":memory:"
_NAMED = ":memory:tidemill"
_LOCK = ThreadLock()
_DATABASES: dict[tuple[int, str, str], duckdb.DuckDBPyConnection] = {}
_LOCAL = threading.local()


def connect(database: str = MEMORY, options: dict[str, Any] | None = None) -> duckdb.DuckDBPyConnection:
    """Return this thread's connection to a database.

    Args:
        database: The path of its file, which is made if it is missing, or `:memory:` for the one of this process.
        options: Options of `duckdb.connect`, for who asks first.
    """
    import duckdb

    where = _NAMED if database == MEMORY else os.path.abspath(database)
    key = (os.getpid(), where, repr(sorted((options or {}).items(), key=str)))
    mine: dict[Any, duckdb.DuckDBPyConnection] = vars(_LOCAL).setdefault("connections", {})
    if key not in mine:
        with _LOCK:
            if key not in _DATABASES:
                if where != _NAMED:
                    os.makedirs(os.path.dirname(where), exist_ok=True)
                _DATABASES[key] = duckdb.connect(where, **(options or {}))
            mine[key] = _DATABASES[key].cursor()
    return mine[key]


def close(database: str, options: dict[str, Any] | None = None) -> None:
    """Let go of a database's file, so that other programs may open it; relations that were loaded end with it."""
    where = os.path.abspath(database)
    key = (os.getpid(), where, repr(sorted((options or {}).items(), key=str)))
    with _LOCK:
        found = _DATABASES.pop(key, None)
    mine = vars(_LOCAL).get("connections", {}).pop(key, None)
    for each in (mine, found):
        if each is not None:
            each.close()


def arrow_of(data: Any) -> Any:
    """Return what DuckDB can register: a DataFrame as it is, a relation of whatever connection as Arrow's batches."""
    import duckdb

    if isinstance(data, duckdb.DuckDBPyRelation):
        import pyarrow as pa

        return pa.RecordBatchReader.from_stream(data)
    if hasattr(data, "collect_schema") and hasattr(data, "lazy"):
        data = data.lazy().collect()  # a frame of polars, which DuckDB asks for pyarrow's when it is lazy
    if not (hasattr(data, "__arrow_c_stream__") or hasattr(data, "columns") or hasattr(data, "schema")):
        raise DatasetError(
            f"DuckDB saves relations, DataFrames of pandas and polars, and Arrow tables, not {type(data).__name__}."
        )
    return data


def quoted(name: str) -> str:
    """Return the name of a table in SQL; its parts are separated by dots."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))
