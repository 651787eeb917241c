"""spark.SparkHiveDataset."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, ClassVar

from tidemill.datasets.choice import chosen
from tidemill.datasets.spark.session import session
from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.dataset import AbstractDataset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import DataFrame

_MODES = ("append", "error", "errorifexists", "ignore", "insert", "overwrite", "upsert")
_TAKEN = {"error", "errorifexists"}


class SparkHiveDataset(AbstractDataset["DataFrame", "DataFrame"]):
    """A table of Spark's catalog (Hive) as a Spark DataFrame, made when it is first saved.

    `overwrite` and `upsert` write a new table beside the old one and then exchange their names, so that the old one is
    there until the new one is whole, and may be what was read. `insert` is `append`.
    """

    _SINGLE_PROCESS: ClassVar[bool] = True

    def __init__(
        self,
        database: str,
        table: str,
        write_mode: str = "errorifexists",
        table_pk: Sequence[str] | None = None,
        save_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set which table it is and how it is saved.

        Args:
            database: The database, which must be there.
            table: The table.
            write_mode: append (or insert), overwrite, upsert, ignore, or errorifexists.
            table_pk: The columns that identify a row, for upsert: rows that are there give way to those that are saved.
            save_args: Options of `DataFrame.write.saveAsTable`: `format` (hive, if left out), `partitionBy` ...
            metadata: Anything.

        Raises:
            DatasetConfigError: There is no such mode, or no key to upsert by.
        """
        self._database, self._table, self.metadata = database, table, metadata
        self._write_mode = write_mode.lower()
        self._table_pk = [table_pk] if isinstance(table_pk, str) else [*(table_pk or ())]
        self._save_args = {"format": "hive", **(save_args or {})}
        chosen("SparkHiveDataset", "write_mode", self._write_mode, _MODES)
        if self._write_mode == "upsert" and not self._table_pk:
            raise DatasetConfigError("SparkHiveDataset: `write_mode: upsert` needs `table_pk`, the columns of the key.")

    def _load(self) -> DataFrame:
        self._check_there()
        return session().read.table(self._full_name())

    def _save(self, data: DataFrame) -> None:
        if not self._exists():
            data.write.saveAsTable(self._full_name(), **self._save_args)
        elif self._write_mode in _TAKEN:
            raise DatasetError(
                f"The table {self._full_name()} exists, and `write_mode` is '{self._write_mode}'. Set it to append, "
                "overwrite or upsert."
            )
        elif self._write_mode in {"append", "insert"}:
            columns = session().read.table(self._full_name()).columns
            self._check_columns(data, columns)
            data.select(*columns).write.insertInto(self._full_name())  # by position: the names decide here
        elif self._write_mode == "overwrite":
            self._replace(data)
        elif self._write_mode == "upsert":
            old = session().read.table(self._full_name())
            self._check_columns(data, old.columns)
            kept = old.join(data.select(*self._table_pk), self._table_pk, "left_anti").select(*old.columns)
            self._replace(kept.unionByName(data.select(*old.columns)))

    def _replace(self, data: DataFrame) -> None:
        """Put a table in the place of the one that is there, which stays until the new one is whole."""
        token = os.urandom(4).hex()
        new, old = (f"{self._full_name()}__{what}_{token}" for what in ("new", "old"))
        spark, name = session(), self._full_name()
        try:
            data.write.saveAsTable(new, **self._save_args)
            spark.sql(f"ALTER TABLE {name} RENAME TO {old}")
        except BaseException:  # Ctrl-C too must leave nothing behind
            spark.sql(f"DROP TABLE IF EXISTS {new}")
            raise
        try:
            spark.sql(f"ALTER TABLE {new} RENAME TO {name}")
        except BaseException:  # Ctrl-C too must leave a table of that name
            spark.sql(f"ALTER TABLE {old} RENAME TO {name}")
            raise
        spark.sql(f"DROP TABLE {old}")

    def _check_columns(self, data: DataFrame, columns: Sequence[str]) -> None:
        if {*data.columns} != {*columns}:
            raise DatasetError(
                f"The table {self._full_name()} has the columns {', '.join(columns)}; what is saved has "
                f"{', '.join(data.columns)}. Select those, or set `write_mode: overwrite`."
            )

    def _check_there(self) -> None:
        if not self._exists():
            raise FileNotFoundError(f"There is no table {self._full_name()} in Spark's catalog.")

    def _exists(self) -> bool:
        return bool(session().catalog.tableExists(self._full_name()))

    def _full_name(self) -> str:
        return f"{self._database}.{self._table}"

    def _why_missing(self) -> str | None:
        return "Save it once, or correct `database` and `table`; the session must be made with `enableHiveSupport()`."

    def _describe(self) -> dict[str, Any]:
        return {
            "database": self._database,
            "table": self._table,
            "write_mode": self._write_mode,
            "table_pk": self._table_pk,
            "save_args": self._save_args,
        }
