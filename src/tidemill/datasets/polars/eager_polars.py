"""polars.EagerPolarsDataset, and what the formats of one kind share with it."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from tidemill.datasets.choice import chosen
from tidemill.datasets.polars.text import check_names, with_compression
from tidemill.io.file import FileDataset

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import polars as pl

    from tidemill.io.versions import Version

#: What polars reads from one open file and writes to one: `read_<format>` and `DataFrame.write_<format>`.
FORMATS = ("avro", "csv", "excel", "ipc", "ipc_stream", "json", "ndjson", "parquet")
_SAME = {"feather": "ipc", "arrow": "ipc", "jsonl": "ndjson", "xlsx": "excel", "pq": "parquet"}


class PolarsDataset(FileDataset["pl.DataFrame", "pl.DataFrame"]):
    """A file of one format as a polars DataFrame; `load_args` go to `read_<format>`, `save_args` to `write_<format>`.

    The arguments of a load, such as `columns`, go there too. A LazyFrame that is saved is collected.
    """

    _file_format = ""

    def _read(self, file: IO[bytes], **load_args: Any) -> pl.DataFrame:
        import polars as pl

        table: pl.DataFrame = getattr(pl, f"read_{self._file_format}")(file, **{**self._load_args, **load_args})
        return table

    def _write(self, file: IO[bytes], data: pl.DataFrame | pl.LazyFrame) -> None:
        arguments = with_compression(self._file_format, self._save_args, self._filepath.name)
        check_names(self._file_format, arguments, data)
        table = data.lazy().collect()
        if self._file_format == "json":
            # Given the file, polars 2.1 says nothing when the disk is full at its last few kilobytes.
            file.write(table.write_json(**arguments).encode())
        else:
            getattr(table, f"write_{self._file_format}")(file, **arguments)


class EagerPolarsDataset(PolarsDataset):
    """A file of any format of polars as a DataFrame; `file_format: csv` reads with `read_csv`, writes with `write_csv`.

    The formats are avro, csv, excel, ipc, ipc_stream, json, ndjson and parquet.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        file_format: str,
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
            file_format: One of the formats, in any case; feather and arrow are ipc, jsonl is ndjson.
            load_args: Options of `read_<format>`.
            save_args: Options of `write_<format>`.
            version: Which version to load and save.
            credentials: Options for the filesystem that nobody may see.
            fs_args: Other options for the filesystem.
            metadata: Anything.

        Raises:
            DatasetConfigError: There is no such format.
        """
        super().__init__(filepath, load_args, save_args, version, credentials, fs_args, metadata)
        self._file_format = known_format(type(self).__name__, file_format, FORMATS)

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "file_format": self._file_format}


def known_format(kind: str, file_format: str, formats: tuple[str, ...]) -> str:
    """Return the name that polars has for a format.

    Raises:
        DatasetConfigError: It is none of these formats.
    """
    wanted = str(file_format).lower()
    return chosen(kind, "file_format", _SAME.get(wanted, wanted), formats, also=_SAME)
