"""duckdb.TableDataset."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, ClassVar

from tidemill.datasets.choice import chosen
from tidemill.datasets.duckdb.connections import MEMORY, arrow_of, connect, let_go, quoted
from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.dataset import AbstractDataset

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

_MODES = ("overwrite", "append", "error", "ignore")


class TableDataset(AbstractDataset[Any, "duckdb.DuckDBPyRelation"]):
    """A table of a DuckDB database as a relation, lazy and optimised as a whole when it is asked for rows.

    What is saved is a relation, a DataFrame of pandas or polars, or an Arrow table; a save is one transaction. Datasets
    of one database share a connection, so their relations combine. A DuckDB file is one process's at a time:
    `catalog.release(name)` lets go of it, once no relation of it is held any more.
    """

    _SINGLE_PROCESS: ClassVar[bool] = True

    def __init__(
        self,
        table_name: str,
        database: str | os.PathLike[str] = MEMORY,
        connection: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set which table it is.

        Args:
            table_name: The table, or `schema.table`.
            database: The path of the database's file; without one it is in memory, and ends with this process.
            connection: Options of `duckdb.connect`, such as `read_only` and `config`.
            save_args: `mode`: overwrite, append, ignore, or error where the table exists.
            metadata: Anything.

        Raises:
            DatasetConfigError: There is no such mode, or `save_args` has something else.
        """
        self._table_name, self._filepath = table_name, os.fspath(database)
        self._connection, self.metadata = dict(connection or {}), metadata
        others = dict(save_args or {})
        self._mode = chosen("TableDataset", "mode", others.pop("mode", "overwrite"), _MODES)
        if others:
            raise DatasetConfigError(
                f"TableDataset: `save_args` has {', '.join(map(repr, others))}, and takes `mode` only."
            )

    def _load(self) -> duckdb.DuckDBPyRelation:
        if not self._exists():
            raise DatasetError(
                f"There is no table '{self._table_name}' in {self._filepath}. Save it once, or correct `table_name`."
            )
        return self._connect().sql(f"SELECT * FROM {quoted(self._table_name)}")  # noqa: S608 - quoted

    def _save(self, data: Any) -> None:
        exists, name = self._exists(), quoted(self._table_name)
        if exists and self._mode == "error":
            raise DatasetError(
                f"The table '{self._table_name}' exists, and `mode` is 'error'. Set overwrite or append."
            )
        if exists and self._mode == "ignore":
            return
        source = arrow_of(data)
        with self._connect().cursor() as writer:  # a relation that is saved is read through another
            writer.register("saved", source)
            if exists and self._mode == "append":
                writer.execute(f"INSERT INTO {name} BY NAME SELECT * FROM saved")  # noqa: S608 - quoted
            else:
                schema = self._table_name.rpartition(".")[0]
                if schema:
                    writer.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
                writer.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM saved")  # noqa: S608 - quoted
            writer.unregister("saved")

    def _exists(self) -> bool:
        if self._filepath != MEMORY and not os.path.exists(self._filepath):
            return False  # asking would make the file
        *schema, table = self._table_name.split(".")
        found = self._connect().execute(
            "SELECT 1 FROM information_schema.tables WHERE table_name = ? AND table_schema = ?",
            [table, schema[-1] if schema else "main"],
        )
        return bool(found.fetchall())  # to its end: DuckDB 2 does nothing else before

    def _release(self) -> None:
        if self._filepath != MEMORY:
            let_go(self._filepath, self._connection)

    def _connect(self) -> duckdb.DuckDBPyConnection:
        return connect(self._filepath, self._connection)

    def _describe(self) -> dict[str, Any]:
        return {"table_name": self._table_name, "database": self._filepath, "mode": self._mode}
