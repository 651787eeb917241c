"""ibis.TableDataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.datasets.choice import chosen
from tidemill.datasets.ibis.connections import connect, settings_of
from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.dataset import AbstractDataset
from tidemill.io.secrets.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ibis.expr.types import Table

_MODES = ("overwrite", "append", "upsert", "error", "errorifexists", "ignore")
_KINDS = ("view", "table")


class TableDataset(AbstractDataset["Table", "Table"]):
    """A table of a database as an Ibis table, which its engine computes when it is executed.

    A save makes a view of the expression, or with `materialized: table` a table of its rows, in one step of the
    engine's; `mode` says what happens where there is one: overwrite, append, upsert (by `on`), ignore, or error.
    Datasets with one connection combine.
    """

    DEFAULT_SAVE_ARGS: Mapping[str, Any] = {"materialized": "view", "mode": "overwrite"}

    def __init__(
        self,
        table_name: str,
        database: str | None = None,
        connection: Mapping[str, Any] | None = None,
        credentials: Mapping[str, Any] | None = None,
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set which table it is.

        Args:
            table_name: The table.
            database: The database or schema it is in, where its engine has several.
            connection: `backend` and the options of its `connect`, or `url`; DuckDB in memory if left out.
            credentials: Options of the connection that nobody may see.
            load_args: Options of the backend's `table`.
            save_args: `materialized`, `mode`, `on`, and options of the backend's `create_table` or `create_view`.
            metadata: Anything.

        Raises:
            DatasetConfigError: There is no such mode, or way to materialize; or views are appended to.
        """
        self._table_name, self._database, self.metadata = table_name, database, metadata
        self._connection = settings_of(connection, credentials)
        self._load_args = dict(load_args or {})
        self._save_args = {**self.DEFAULT_SAVE_ARGS, **(save_args or {})}
        self._kind, self._mode = str(self._save_args["materialized"]), str(self._save_args["mode"])
        for what, value, known in (("materialized", self._kind, _KINDS), ("mode", self._mode, _MODES)):
            chosen("TableDataset", what, value, known)
        if self._kind == "view" and self._mode in {"append", "upsert"}:
            raise DatasetConfigError(
                f"TableDataset: `mode: {self._mode}` needs `materialized: table`: views have no rows."
            )
        if self._mode == "upsert" and "on" not in self._save_args:
            raise DatasetConfigError("TableDataset: `mode: upsert` needs `on`, the column that identifies a row.")

    @property
    def _SINGLE_PROCESS(self) -> bool:  # type: ignore[override]  # noqa: N802
        """A DuckDB database is one process's at a time."""
        return self._connection.get("backend") == "duckdb"

    def _load(self, **load_args: Any) -> Table:
        if not self._exists():
            raise DatasetError(f"There is no table '{self._table_name}'. Save it once, or correct `table_name`.")
        found: Table = connect(self._connection).table(
            self._table_name, **self._where(), **self._load_args, **load_args
        )
        return found

    def _save(self, data: Table) -> None:
        connection, where = connect(self._connection), self._where()
        options = {key: value for key, value in self._save_args.items() if key not in {"materialized", "mode", "on"}}
        exists = self._exists()
        if exists and self._mode == "ignore":
            return
        if exists and self._mode in {"error", "errorifexists"}:
            raise DatasetError(
                f"The table '{self._table_name}' exists, and `mode` is '{self._mode}'. Set overwrite, append or upsert."
            )
        if exists and self._mode == "append":
            connection.insert(self._table_name, data, **where, **options)
        elif exists and self._mode == "upsert":
            connection.upsert(self._table_name, data, on=self._save_args["on"], **where, **options)
        else:
            create = connection.create_view if self._kind == "view" else connection.create_table
            create(self._table_name, data, overwrite=exists, **where, **options)

    def _exists(self) -> bool:
        return self._table_name in connect(self._connection).list_tables(**self._where())

    def _where(self) -> dict[str, Any]:
        return {"database": self._database} if self._database else {}

    def _describe(self) -> dict[str, Any]:
        described: dict[str, Any] = redact(
            {
                "table_name": self._table_name,
                "database": self._database,
                "backend": self._connection.get("backend"),
                "load_args": self._load_args,
                "save_args": self._save_args,
            }
        )
        return described
