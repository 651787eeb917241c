"""pandas.SQLTableDataset and pandas.SQLQueryDataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.datasets.pandas.engines import WRITES, check_credentials, engine_for
from tidemill.datasets.pandas.query import QueryText
from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.dataset import AbstractDataset
from tidemill.names import both_spellings

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import pandas as pd

__getattr__ = both_spellings(__name__)


class SQLTableDataset(AbstractDataset["pd.DataFrame", "pd.DataFrame"]):
    """A table in a database, through SQLAlchemy, as a pandas DataFrame.

    `load_args` go to `pandas.read_sql_table`, `save_args` to `DataFrame.to_sql`; the index is not saved unless asked
    for, and a table that exists is an error unless `if_exists` says otherwise. A save is one transaction.
    """

    DEFAULT_SAVE_ARGS: Mapping[str, Any] = {"index": False}

    def __init__(
        self,
        table_name: str,
        credentials: Mapping[str, Any],
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set which table, and of which database.

        Args:
            table_name: Its name; a schema goes into `load_args` and `save_args`.
            credentials: The connection string `con`; what is there besides goes to `sqlalchemy.create_engine`.
            load_args: Options of `pandas.read_sql_table`.
            save_args: Options of `DataFrame.to_sql`.
            metadata: Anything.

        Raises:
            DatasetConfigError: There is no name, or no connection string.
        """
        if not table_name:
            raise DatasetConfigError("SQLTableDataset needs a `table_name`.")
        self._credentials = check_credentials("SQLTableDataset", credentials)
        self._table_name = table_name
        # These are said above; given twice they would be an error only when a run has come that far.
        self._load_args = {key: value for key, value in (load_args or {}).items() if key not in {"table_name", "con"}}
        chosen = {key: value for key, value in (save_args or {}).items() if key not in {"name", "con"}}
        self._save_args = {**self.DEFAULT_SAVE_ARGS, **chosen}
        self.metadata = metadata

    def _load(self, **load_args: Any) -> pd.DataFrame:
        import pandas as pd

        arguments: dict[str, Any] = {**self._load_args, **load_args}
        table: pd.DataFrame = pd.read_sql_table(
            self._table_name, engine_for(self._who(), self._credentials), **arguments
        )
        return table

    def _save(self, data: pd.DataFrame) -> None:
        engine = engine_for(self._who(), self._credentials).execution_options(**{WRITES: True})
        with engine.begin() as connection:
            data.to_sql(self._table_name, connection, **self._save_args)

    def _exists(self) -> bool:
        import sqlalchemy

        schema = self._load_args.get("schema") or self._save_args.get("schema")
        inspector = sqlalchemy.inspect(engine_for(self._who(), self._credentials))
        return bool(inspector.has_table(self._table_name, schema=schema))

    def _who(self) -> str:
        return f"'{self._name}'" if self._name else type(self).__name__

    def _describe(self) -> dict[str, Any]:
        return {"table_name": self._table_name, "load_args": self._load_args, "save_args": self._save_args}


class SQLQueryDataset(AbstractDataset[Any, Any]):
    """What a query finds in a database, through SQLAlchemy, as a pandas DataFrame; with `chunksize`, one after another.

    `load_args` go to `pandas.read_sql_query`. The query is the driver's: parameters are `%s`, `:name` ... as it wants.
    """

    def __init__(
        self,
        sql: str | None = None,
        credentials: Mapping[str, Any] | None = None,
        load_args: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        filepath: str | os.PathLike[str] | None = None,
        execution_options: Mapping[str, Any] | None = None,
        metadata: Any = None,
        encoding: str | None = None,
    ) -> None:
        """Set the query, and which database answers it.

        Args:
            sql: The query.
            credentials: The connection string `con`; what is there besides goes to `sqlalchemy.create_engine`.
            load_args: Options of `pandas.read_sql_query`.
            fs_args: Options for the filesystem of `filepath`, its credentials among them.
            filepath: A file with the query, instead of `sql`, on any filesystem; read anew by each load.
            execution_options: What `Engine.execution_options` takes, such as `stream_results: true`.
            metadata: Anything.
            encoding: Of that file; UTF-8 if left out.

        Raises:
            DatasetConfigError: There is no query, or two; or no connection string.
        """
        self._query = QueryText("SQLQueryDataset", sql, filepath, fs_args, encoding)
        self._credentials = check_credentials("SQLQueryDataset", credentials)
        self._load_args = {key: value for key, value in (load_args or {}).items() if key not in {"sql", "con"}}
        self._execution_options = dict(execution_options or {})
        self.metadata = metadata

    def _load(self, **load_args: Any) -> Any:
        import pandas as pd

        engine = engine_for(self._who(), self._credentials).execution_options(**self._execution_options)
        arguments: dict[str, Any] = {**self._load_args, **load_args}
        return pd.read_sql_query(self._query.text(), engine, **arguments)

    def _save(self, data: Any) -> None:  # noqa: ARG002 - whatever it is
        raise DatasetError("A query is only loaded. Save to a pandas.SQLTableDataset.")

    def _exists(self) -> bool:
        return self._query.exists()

    def _who(self) -> str:
        return f"'{self._name}'" if self._name else type(self).__name__

    def _describe(self) -> dict[str, Any]:
        described = {"load_args": self._load_args, "execution_options": self._execution_options}
        return {**self._query.described(), **described}
