"""One connection for each backend of a process, so that the tables of several datasets combine."""

from __future__ import annotations

import functools
import inspect
import os
import threading
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetConfigError
from tidemill.io.threadlock import ThreadLock
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

IN_MEMORY = {"backend": "duckdb", "database": ":memory:"}
_LOCK = ThreadLock(threading.RLock)
_CONNECTIONS: dict[tuple[int, int, str], Any] = {}


def settings_of(connection: Mapping[str, Any] | None, credentials: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a definition says of its connection; without anything it is DuckDB in memory."""
    found = {**(connection or {}), **(credentials or {})}
    if not found:
        return dict(IN_MEMORY)
    if not ({"backend", "con", "url"} & found.keys()):
        raise DatasetConfigError("The connection to Ibis names no `backend`, such as duckdb, sqlite or postgres.")
    return found


def connect(settings: Mapping[str, Any]) -> Any:
    """Return the connection of these settings: `backend` and the options of its `connect`, or a `url`.

    Raises:
        DatasetConfigError: Ibis has no such backend.
    """
    import ibis

    # SQLite's connections belong to one thread.
    thread = threading.get_ident() if settings.get("backend") == "sqlite" else 0
    key = (os.getpid(), thread, repr(sorted(settings.items(), key=str)))
    with _LOCK:
        if key not in _CONNECTIONS:
            options = dict(settings)
            url = options.pop("con", None) or options.pop("url", None)
            backend = options.pop("backend", None)
            made = ibis.connect(url, **options) if url is not None else _backend(str(backend)).connect(**options)
            _CONNECTIONS[key] = _in_turns(made) if made.name == "duckdb" else made
        return _CONNECTIONS[key]


def _in_turns(backend: Any) -> Any:
    """Let threads take turns at a backend whose connection holds the result of its last query until it is read."""
    lock = ThreadLock(threading.RLock)

    def in_turn(method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            with lock:
                return method(*args, **kwargs)

        return call

    for name, _ in inspect.getmembers(type(backend), inspect.isfunction):
        if not name.startswith("_"):
            setattr(backend, name, in_turn(getattr(backend, name)))
    return backend


def _backend(name: str) -> Any:
    import ibis

    known = [each.name for each in entry_points(group="ibis.backends")]
    if name not in known:
        raise DatasetConfigError(f"Ibis has no backend '{name}'{did_you_mean(name, known) or '.'}")
    return getattr(ibis, name)
