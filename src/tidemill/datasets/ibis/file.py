"""ibis.FileDataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.datasets.ibis.connections import connect, settings_of
from tidemill.datasets.local_path import LocalPathDataset
from tidemill.errors import DatasetError
from tidemill.io.paths import HTTP_PROTOCOLS, full_path

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from ibis.expr.types import Table

    from tidemill.io.versions import Version


class FileDataset(LocalPathDataset["Table", "Table"]):
    """A file as an Ibis table: parquet, csv, json, or what else its backend has `read_<format>` and `to_<format>` for.

    `load_args` go to the one, `save_args` to the other. Where the backend reads no stores by itself, the filesystem is
    fsspec's, if it is DuckDB.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        file_format: str = "parquet",
        table_name: str | None = None,
        connection: Mapping[str, Any] | None = None,
        credentials: Mapping[str, Any] | None = None,
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        version: Version | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the file is and what is in it.

        Args:
            filepath: As of tidemill.FileDataset.
            file_format: What the backend calls it.
            table_name: The name of the table in the backend; one that nobody else has if left out.
            connection: `backend` and the options of its `connect`; DuckDB in memory if left out.
            credentials: Options for the filesystem that nobody may see.
            load_args: Options of `read_<format>`.
            save_args: Options of `to_<format>`.
            fs_args: Other options for the filesystem.
            version: Which version to load and save.
            metadata: Anything.
        """
        super().__init__(filepath, load_args, save_args, version, credentials, fs_args, metadata)
        self._file_format, self._table_name = file_format.lower(), table_name
        self._connection = settings_of(connection, None)

    def _read_path(self, path: str, **load_args: Any) -> Table:
        backend = connect(self._connection)
        if self._protocol != "file":
            if self._connection.get("backend") == "duckdb":
                from tidemill.datasets.duckdb.filesystems import url_in

                path = url_in(backend.con, self._fs, path)
            else:
                path = self._url if self._protocol in HTTP_PROTOCOLS else full_path(path, self._protocol)
        arguments = {"table_name": self._table_name, **self._load_args, **load_args}
        found: Table = self._method(backend, "read")(path, **arguments)
        return found

    def _write_local(self, path: str, data: Table) -> None:
        self._method(_backend_of(data, self._connection), "to")(data, path, **self._save_args)

    def _method(self, backend: Any, verb: str) -> Any:
        method = getattr(backend, f"{verb}_{self._file_format}", None)
        if method is None:
            raise DatasetError(
                f"Ibis's backend {backend.name} has no `{verb}_{self._file_format}`: `file_format` must be one that it "
                "reads and writes, such as parquet or csv."
            )
        return method

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "file_format": self._file_format, "backend": self._connection.get("backend")}


def _backend_of(data: Table, settings: Mapping[str, Any]) -> Any:
    """Return the backend that computes a table; what is in no database yet goes to that of these settings."""
    backends, _ = data._find_backends()  # noqa: SLF001 - `get_backend` fails where there is none
    return backends[0] if backends else connect(settings)
