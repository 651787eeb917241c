"""One DuckDB connection for each database and thread of a process, so that relations of several datasets combine."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from tidemill.errors import DatasetError
from tidemill.io.threadlock import ThreadLock

if TYPE_CHECKING:
    import duckdb

MEMORY = ":memory:"
_NAMED = ":memory:tidemill"
_LOCK = ThreadLock()


class _Database(NamedTuple):
    """An open database, and each thread's own connection to it."""

    opened: duckdb.DuckDBPyConnection
    of_threads: WeakKeyDictionary[threading.Thread, duckdb.DuckDBPyConnection]


_DATABASES: dict[tuple[int, str, str], _Database] = {}


def connect(database: str = MEMORY, options: dict[str, Any] | None = None) -> duckdb.DuckDBPyConnection:
    """Return this thread's connection to a database.

    Args:
        database: The path of its file, which is made if it is missing, or `:memory:` for the one of this process.
        options: Options of `duckdb.connect`, for who asks first.
    """
    import duckdb

    key = _key(database, options)
    thread = threading.current_thread()
    with _LOCK:
        if key not in _DATABASES:
            _, where, _ = key
            if where != _NAMED:
                os.makedirs(os.path.dirname(where), exist_ok=True)
            _DATABASES[key] = _Database(duckdb.connect(where, **(options or {})), WeakKeyDictionary())
        opened, of_threads = _DATABASES[key]
        if thread not in of_threads:
            of_threads[thread] = opened.cursor()
        return of_threads[thread]


def let_go(database: str, options: dict[str, Any] | None = None) -> None:
    """Let go of a database's file, so that other programs may open it as soon as no relation of it is held any more.

    It is not closed: nodes that run in other threads, and what waits in memory for the next node, still read it.
    """
    with _LOCK:
        _DATABASES.pop(_key(database, options), None)


def _key(database: str, options: dict[str, Any] | None) -> tuple[int, str, str]:
    where = _NAMED if database == MEMORY else os.path.abspath(database)
    return os.getpid(), where, repr(sorted((options or {}).items(), key=str))


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
