"""History: the records of a project's runs, in one SQLite file that concurrent runs share.

It only adds comfort, so nothing about it stops a run: what cannot be read or written is a warning, and a file that is
no database any more is put aside and begun anew.
"""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Any

from tidemill.history.estimate import Past
from tidemill.history.records import NodeRecord, RunRecord
from tidemill.io.warning import warn

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    Found = TypeVar("Found")

_FORMAT = 1
_KEPT = 200  # runs; a file of some megabytes where they have a thousand nodes
_PATIENCE = 5.0
_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY, run_id TEXT NOT NULL, pipeline TEXT NOT NULL, env TEXT NOT NULL, runner TEXT NOT NULL,
    began TEXT NOT NULL, seconds REAL NOT NULL, outcome TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS nodes (
    run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
    node TEXT NOT NULL, outcome TEXT NOT NULL, seconds REAL NOT NULL, PRIMARY KEY (run, node)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS latest (node TEXT PRIMARY KEY, seconds REAL NOT NULL) WITHOUT ROWID;
"""


class History:
    """The runs of a project. The file is opened for each call, and made by the first that writes."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Set where the file is."""
        self.path = os.fspath(path)
        self._has_warned = False

    def add(self, run: RunRecord) -> None:
        """Write a run down; a warning where that cannot be done."""
        self._tried("written", lambda: self._changed(lambda connection: _add(connection, run)), None)

    def runs(self, most: int = 20) -> list[RunRecord]:
        """Return the last runs, the newest first, without their nodes."""
        query = "SELECT run_id, pipeline, env, runner, began, seconds, outcome FROM runs ORDER BY number DESC LIMIT ?"
        found: list[RunRecord] = []
        return self._tried("read", lambda: [RunRecord(*row) for row in self._read(query, [most])], found)

    def nodes(self, run_id: str) -> list[NodeRecord]:
        """Return the nodes of a run."""
        query = (
            "SELECT node, nodes.outcome, nodes.seconds FROM nodes JOIN runs ON run = number "
            "WHERE run_id = ? ORDER BY node"
        )
        found: list[NodeRecord] = []
        return self._tried("read", lambda: [NodeRecord(*row) for row in self._read(query, [run_id])], found)

    def past(self, nodes: Iterable[str], runner: str) -> Past:
        """Return what the last runs of these nodes tell about the next, on such a runner."""
        return self._tried("read", lambda: self._past(set(nodes), runner), Past({}))

    def _past(self, nodes: set[str], runner: str) -> Past:
        seconds = {node: took for node, took in self._read("SELECT node, seconds FROM latest", []) if node in nodes}
        if not seconds:
            return Past({})
        query = (
            "SELECT runs.seconds, sum(nodes.seconds) FROM runs JOIN nodes ON run = number WHERE number = "
            "(SELECT max(number) FROM runs WHERE runner = ? AND outcome = 'done') GROUP BY number"
        )
        last = self._read(query, [runner])
        at_once = last[0][1] / last[0][0] if last and last[0][0] else 1.0
        return Past(seconds, max(at_once, 1.0))

    # The file.

    def _read(self, query: str, values: list[object]) -> list[Any]:
        import sqlite3
        from pathlib import Path

        if not os.path.exists(self.path):
            return []
        with closing(
            sqlite3.connect(f"{Path(self.path).absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)
        ) as connection:
            if not _has_format(connection):
                return []
            return connection.execute(query, values).fetchall()

    def _changed(self, change: Callable[[sqlite3.Connection], None]) -> None:
        import sqlite3

        with closing(sqlite3.connect(self.path, timeout=_PATIENCE)) as connection:
            has_format = _has_format(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            if not has_format:
                connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {_FORMAT}; COMMIT;")
            with connection:
                change(connection)

    def _tried(self, what: str, act: Callable[[], Found], otherwise: Found, *, again: bool = True) -> Found:
        """Do something with the file; where it is damaged, put it aside and do it with a new one."""
        import sqlite3

        try:
            return act()
        except (sqlite3.Error, ValueError, OverflowError) as error:  # the last two: what no column can hold
            if not _is_damage(error):
                self._warn(f"cannot be {what}: {error}. The run is not affected.")
            elif again and self._put_aside(error):
                return self._tried(what, act, otherwise, again=False)
            return otherwise

    def _warn(self, problem: str) -> None:
        if not self._has_warned:
            self._has_warned = True
            warn(f"The history of runs, {self.path}, {problem}")

    def _put_aside(self, error: Exception) -> bool:
        aside = f"{self.path}.damaged"
        try:
            os.replace(self.path, aside)
            for ending in ("-wal", "-shm"):
                if os.path.exists(self.path + ending):
                    os.remove(self.path + ending)
        except OSError as another:
            self._warn(f"is damaged ({error}), and cannot be put aside: {another}. The run is not affected.")
            return False
        warn(f"The history of runs, {self.path}, was damaged ({error}): it is {aside} now, and a new one begins.")
        return True


def _is_damage(error: Exception) -> bool:
    """Tell whether the file is no database any more; not when it is locked or full, or a record does not fit."""
    import sqlite3

    return type(error) is sqlite3.DatabaseError  # those other troubles are subclasses of it


def _has_format(connection: sqlite3.Connection) -> bool:
    import sqlite3

    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > _FORMAT:
        raise sqlite3.OperationalError(f"it was written by a later release (format {found})")
    return bool(found == _FORMAT)


def _add(connection: sqlite3.Connection, run: RunRecord) -> None:
    cursor = connection.execute(
        "INSERT INTO runs (run_id, pipeline, env, runner, began, seconds, outcome) VALUES (?, ?, ?, ?, ?, ?, ?)",
        run[:7],
    )
    number = cursor.lastrowid
    connection.executemany("INSERT OR REPLACE INTO nodes VALUES (?, ?, ?, ?)", [(number, *each) for each in run.nodes])
    done = [(each.node, each.seconds) for each in run.nodes if each.outcome == "done"]
    connection.executemany("INSERT OR REPLACE INTO latest VALUES (?, ?)", done)
    connection.execute("DELETE FROM runs WHERE number <= ?", [(number or 0) - _KEPT])
