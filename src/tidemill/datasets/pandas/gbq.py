"""pandas.GBQTableDataset and pandas.GBQQueryDataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.datasets.pandas.query import QueryText
from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.dataset import AbstractDataset
from tidemill.names import both_spellings

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import pandas as pd

__getattr__ = both_spellings(__name__)

_FORBIDDEN = frozenset(" \t\n;`")


class GBQTableDataset(AbstractDataset["pd.DataFrame", "pd.DataFrame"]):
    """A table in Google BigQuery, through pandas-gbq, as a pandas DataFrame.

    `load_args` go to `pandas_gbq.read_gbq`, `save_args` to `pandas_gbq.to_gbq`; a table that exists is an error unless
    `if_exists` says otherwise.
    """

    DEFAULT_SAVE_ARGS: Mapping[str, Any] = {"progress_bar": False}

    def __init__(
        self,
        dataset: str,
        table_name: str,
        project: str | None = None,
        credentials: Any = None,
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set which table.

        Args:
            dataset: What holds the table.
            table_name: Its name.
            project: Whose it is; by default the one of the environment.
            credentials: A mapping (a service account's key, or what `google.oauth2.credentials.Credentials` takes), the
                path of a service account's key, or an object of google-auth; by default those of the environment.
            load_args: Options of `pandas_gbq.read_gbq`.
            save_args: Options of `pandas_gbq.to_gbq`.
            metadata: Anything.

        Raises:
            DatasetConfigError: A name that cannot be one.
        """
        for key, value in (("dataset", dataset), ("table_name", table_name)):
            if not value or _FORBIDDEN & {*value}:
                raise DatasetConfigError(
                    f"GBQTableDataset: `{key}` must be a name without spaces, ` and ;, not '{value}'."
                )
        self._dataset, self._table_name, self._project = dataset, table_name, project
        self._credentials = credentials
        self._load_args = dict(load_args or {})
        self._save_args = {**self.DEFAULT_SAVE_ARGS, **(save_args or {})}
        self.metadata = metadata

    def _load(self, **load_args: Any) -> pd.DataFrame:
        table = ".".join(each for each in (self._project, self._dataset, self._table_name) if each)
        query = f"SELECT * FROM `{table}`"  # noqa: S608 - no name has a backquote
        return _read(query, self._project, self._credentials, {**self._load_args, **load_args})

    def _save(self, data: pd.DataFrame) -> None:
        import pandas_gbq

        arguments = {"project_id": self._project, "credentials": _as_google(self._credentials), **self._save_args}
        pandas_gbq.to_gbq(data, f"{self._dataset}.{self._table_name}", **arguments)

    def _exists(self) -> bool:
        from google.api_core.exceptions import NotFound
        from google.cloud import bigquery

        client = self._save_args.get("bigquery_client") or self._load_args.get("bigquery_client")
        if client is None:
            client = bigquery.Client(project=self._project, credentials=_as_google(self._credentials))
        try:
            client.get_table(f"{self._project or client.project}.{self._dataset}.{self._table_name}")
        except NotFound:
            return False
        return True

    def _describe(self) -> dict[str, Any]:
        where = {"dataset": self._dataset, "table_name": self._table_name, "project": self._project}
        return {**where, "load_args": self._load_args, "save_args": self._save_args}


class GBQQueryDataset(AbstractDataset[Any, "pd.DataFrame"]):
    """What a query finds in Google BigQuery, through pandas-gbq, as a pandas DataFrame.

    `load_args` go to `pandas_gbq.read_gbq`.
    """

    def __init__(
        self,
        sql: str | None = None,
        project: str | None = None,
        credentials: Any = None,
        load_args: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        filepath: str | os.PathLike[str] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set the query.

        Args:
            sql: The query.
            project: Who pays for it; by default the one of the environment.
            credentials: As of GBQTableDataset.
            load_args: Options of `pandas_gbq.read_gbq`.
            fs_args: Options for the filesystem of `filepath`, its credentials among them.
            filepath: A file with the query, instead of `sql`, on any filesystem; read anew by each load.
            metadata: Anything.

        Raises:
            DatasetConfigError: There is no query, or two.
        """
        self._query = QueryText("GBQQueryDataset", sql, filepath, fs_args)
        self._project, self._credentials = project, credentials
        self._load_args = dict(load_args or {})
        self.metadata = metadata

    def _load(self, **load_args: Any) -> pd.DataFrame:
        return _read(self._query.text(), self._project, self._credentials, {**self._load_args, **load_args})

    def _save(self, data: Any) -> None:  # noqa: ARG002 - whatever it is
        raise DatasetError("A query is only loaded. Save to a pandas.GBQTableDataset.")

    def _exists(self) -> bool:
        return self._query.exists()

    def _describe(self) -> dict[str, Any]:
        return {**self._query.described(), "project": self._project, "load_args": self._load_args}


def _read(query: str, project: str | None, credentials: Any, load_args: dict[str, Any]) -> pd.DataFrame:
    import pandas_gbq

    arguments = {
        "query_or_table": query,
        "project_id": project,
        "credentials": _as_google(credentials),
        "progress_bar_type": None,
        **load_args,
    }
    table: pd.DataFrame = pandas_gbq.read_gbq(**arguments)
    return table


def _as_google(credentials: Any) -> Any:
    """Return an object of google-auth, or None for what the environment has; nothing is asked of Google."""
    if credentials is None or not isinstance(credentials, (str, dict)):
        return credentials
    from google.oauth2 import credentials as of_a_user
    from google.oauth2 import service_account

    user: Any = of_a_user.Credentials
    service: Any = service_account.Credentials
    if isinstance(credentials, str):
        return service.from_service_account_file(credentials)
    if credentials.get("type") == "service_account" or "private_key" in credentials:
        return service.from_service_account_info(credentials)
    return user(**credentials)
