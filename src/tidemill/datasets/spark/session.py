"""The Spark session that datasets use, and what its errors mean."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

_MISSING_PATH = "PATH_NOT_FOUND"
_PATIENCE, _QUIET = 15.0, 0.5


def session() -> SparkSession:
    """Return the session that is there, as the project's code or a hook made it; otherwise a new one.

    Raises:
        DatasetError: There is no Java on this machine.
    """
    from pyspark.sql import SparkSession

    found = SparkSession.getActiveSession()
    if found is not None:
        return found
    remote = os.environ.get("SPARK_REMOTE") or os.environ.get("SPARK_CONNECT_MODE_ENABLED")
    if not (remote or os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise DatasetError(
            "Spark needs Java 17 (or 11, for Spark 3.5), and there is none here: install it, or set JAVA_HOME."
        )
    return SparkSession.builder.getOrCreate()


def settle() -> None:
    """Wait a moment for the tasks of a job that failed: Spark says so while others of them still run."""
    context: Any = getattr(session(), "sparkContext", None)
    if context is None:
        return  # Spark Connect: what runs is the server's, and nothing of it is written here
    # The status tracker would be public, but it hears of a task that begins right after another's end too late.
    scheduler = context._jsc.sc().taskScheduler()  # noqa: SLF001 - Python has no way to ask
    end, quiet_since = time.monotonic() + _PATIENCE, time.monotonic()
    # A task that is just beginning is not counted for a moment.
    while time.monotonic() < min(end, quiet_since + _QUIET):
        if _running(scheduler):
            quiet_since = time.monotonic()
        time.sleep(0.05)


def _running(scheduler: Any) -> bool:
    """Tell whether any executor is at a task."""
    counts = scheduler.runningTasksByExecutors().values().iterator()
    while counts.hasNext():
        if counts.next():
            return True
    return False


def condition(exc: BaseException) -> str:
    """Return the name of what went wrong in Spark, such as PATH_NOT_FOUND; Spark 4 calls it condition, 3.5 class."""
    ask: Any = getattr(exc, "getCondition", None) or getattr(exc, "getErrorClass", None)
    return str(ask() or "") if ask is not None else ""


@contextlib.contextmanager
def missing_paths_told() -> Iterator[None]:
    """Let Spark's error for a path that is not there be Python's."""
    try:
        yield
    except Exception as exc:  # their classes differ between releases, and Spark Connect has others
        if condition(exc) != _MISSING_PATH:
            raise
        raise FileNotFoundError(str(exc).partition("\n")[0]) from exc


def schema_of(schema: Any) -> Any:
    """Return a schema as Spark takes it.

    Args:
        schema: A StructType or a text in Spark's DDL, which stay as they are; a StructType as Spark writes it in JSON
            (`type: struct`, `fields: [...]`); or `filepath`, with `credentials` and `fs_args` where the file needs
            them: a file with that JSON, or with DDL.
    """
    import json

    from pyspark.sql.types import StructType

    if not isinstance(schema, dict):
        return schema
    if "fields" in schema:
        return StructType.fromJson(schema)
    if "filepath" not in schema:
        raise DatasetError(
            f"`schema` is a mapping with {', '.join(map(str, schema)) or 'nothing'}: give it `filepath`, the path of a "
            "file with the schema in Spark's JSON or DDL, or the schema itself."
        )
    from tidemill.datasets.text import TextDataset

    text = TextDataset(schema["filepath"], credentials=schema.get("credentials"), fs_args=schema.get("fs_args")).load()
    return StructType.fromJson(json.loads(text)) if text.lstrip().startswith("{") else text.strip()
