"""duckdb.FileDataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.datasets.choice import chosen
from tidemill.datasets.duckdb.connections import arrow_of, connect
from tidemill.datasets.local_path import LocalPathDataset

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import duckdb

    from tidemill.io.versions import Version

_FORMATS = ("parquet", "csv", "json")


class FileDataset(LocalPathDataset[Any, "duckdb.DuckDBPyRelation"]):
    """A Parquet, CSV or JSON file, or a pattern for several, as a DuckDB relation, read when it is asked for rows.

    `load_args` and the arguments of a load go to `read_parquet`, `read_csv` or `read_json` of the connection,
    `save_args` to `COPY`, as its options in SQL: `{compression: zstd}`. What is saved is a relation, a DataFrame of
    pandas or polars, or an Arrow table. Relations of all these datasets share one database in memory and combine.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        file_format: str = "parquet",
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        version: Version | None = None,
        credentials: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the file is and what is in it.

        Args:
            filepath: As of FileDataset, like the other arguments.
            file_format: parquet, csv or json.
            load_args: Options of `read_<format>`.
            save_args: Options of `COPY`.
            version: Which version to load and save.
            credentials: Options for the filesystem that nobody may see.
            fs_args: Other options for the filesystem.
            metadata: Anything.

        Raises:
            DatasetConfigError: There is no such format.
        """
        super().__init__(filepath, load_args, save_args, version, credentials, fs_args, metadata)
        self._file_format = chosen("FileDataset", "file_format", file_format.lower(), _FORMATS)

    def _read_path(self, path: str, **load_args: Any) -> duckdb.DuckDBPyRelation:
        connection = connect()
        if self._protocol != "file":
            from tidemill.datasets.duckdb.filesystems import url_in

            path = url_in(connection, self._fs, path)
        read = getattr(connection, f"read_{self._file_format}")
        relation: duckdb.DuckDBPyRelation = read(path, **{**self._load_args, **load_args})
        return relation

    def _write_local(self, path: str, data: Any) -> None:
        options = {"FORMAT": self._file_format.upper(), **self._save_args}
        listed = ", ".join(f"{name} {_literal(value)}" for name, value in options.items())
        source = arrow_of(data)
        with connect().cursor() as writer:  # a relation that is saved is read through another
            writer.register("saved", source)
            writer.execute(f"COPY (SELECT * FROM saved) TO {_literal(path)} ({listed})")  # noqa: S608 - quoted
            writer.unregister("saved")

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "file_format": self._file_format}


def _literal(value: Any) -> str:
    """Return a value in SQL."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return f"({', '.join(map(str, value))})"  # the names of columns
    return "'" + str(value).replace("'", "''") + "'"
