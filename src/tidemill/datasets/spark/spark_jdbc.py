"""spark.SparkJDBCDataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from tidemill.datasets.spark.session import session
from tidemill.errors import DatasetConfigError
from tidemill.io.dataset import AbstractDataset
from tidemill.io.secrets.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import DataFrame

#: The class of SQLSTATE that says that a name means nothing; SQLite has no states, only words.
_UNKNOWN_NAME, _UNKNOWN_TABLE = "42", "no such table"


class SparkJDBCDataset(AbstractDataset["DataFrame", "DataFrame"]):
    """A table of a database as a Spark DataFrame, by JDBC; the driver's jar must be among the session's.

    `load_args` are those of `spark.read.jdbc`, `save_args` those of `DataFrame.write.jdbc`, `mode` among them.
    """

    _SINGLE_PROCESS: ClassVar[bool] = True

    def __init__(
        self,
        table: str,
        url: str | None = None,
        credentials: Mapping[str, Any] | None = None,
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set which table it is and where.

        Args:
            table: The table's name; to load, a query in parentheses with a name will do.
            url: `jdbc:postgresql://host/database`, or as the driver wants it; it may stand in the credentials.
            credentials: `user`, `password` and the driver's other properties, which nobody may see.
            load_args: Options for Spark when it reads.
            save_args: Options for Spark when it writes.
            metadata: Anything.

        Raises:
            DatasetConfigError: The table, the URL or a credential is missing.
        """
        secrets = dict(credentials or {})
        self._url = url or secrets.pop("url", None)
        self._table, self.metadata = table, metadata
        if not self._table:
            raise DatasetConfigError("SparkJDBCDataset: `table` is empty. Name the table.")
        if not self._url:
            raise DatasetConfigError(
                "SparkJDBCDataset: `url` is missing. Give it as 'jdbc:postgresql://host/database'."
            )
        empty = [name for name, value in secrets.items() if value is None]
        if empty:
            raise DatasetConfigError(f"SparkJDBCDataset: the credential `{empty[0]}` is empty. Give it a value.")
        self._load_args = _with_properties(load_args, secrets)
        self._save_args = _with_properties(save_args, secrets)

    def _load(self, **load_args: Any) -> DataFrame:
        return session().read.jdbc(self._url, self._table, **{**self._load_args, **load_args})

    def _save(self, data: DataFrame) -> None:
        data.write.jdbc(self._url, self._table, **self._save_args)

    def _exists(self) -> bool:
        nothing = f"(SELECT 1 AS one FROM {self._table} WHERE 1 = 0) AS nothing"  # noqa: S608 - by who wrote the catalog
        try:
            session().read.jdbc(self._url, nothing, properties=self._load_args.get("properties") or {})
        except Exception as exc:  # their classes differ between releases; only one condition is told from the rest
            if _says_no_such_table(exc):
                return False
            raise
        return True

    def _describe(self) -> dict[str, Any]:
        described: dict[str, Any] = redact(
            {
                "url": self._url,
                "table": self._table,
                "load_args": _without_properties(self._load_args),
                "save_args": _without_properties(self._save_args),
            }
        )
        return described


def _with_properties(arguments: Mapping[str, Any] | None, secrets: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(arguments or {})
    properties = {**(found.pop("properties", None) or {}), **secrets}
    return {**found, "properties": properties} if properties else found


def _without_properties(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be shown: of the properties only the driver."""
    driver = (arguments.get("properties") or {}).get("driver")
    shown = {key: value for key, value in arguments.items() if key != "properties"}
    return {**shown, "properties": {"driver": driver}} if driver else shown


def _says_no_such_table(exc: BaseException) -> bool:
    java: Any = getattr(exc, "java_exception", None) or getattr(exc, "_origin", None)
    while java is not None:
        state = java.getSQLState() if hasattr(java, "getSQLState") and _is_sql(java) else None
        if (state or "").startswith(_UNKNOWN_NAME) or (_is_sql(java) and _UNKNOWN_TABLE in str(java.getMessage())):
            return True
        java = java.getCause()
    return False


def _is_sql(java: Any) -> bool:
    return "SQL" in str(java.getClass().getName())
