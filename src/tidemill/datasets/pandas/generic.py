"""pandas.GenericDataset."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from tidemill.datasets.pandas.compression import with_compression
from tidemill.datasets.pandas.xml import read_xml
from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.file import FileDataset
from tidemill.names import both_spellings, did_you_mean

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from tidemill.io.versions import Version

__getattr__ = both_spellings(__name__)

#: What pandas reads and writes that is no file, or no open one, and what to use for it.
_INSTEAD = {
    "clipboard": "",
    "gbq": "pandas.GBQTableDataset",
    "hdf": "pandas.HDFDataset",
    "iceberg": "",
    "sql": "pandas.SQLTableDataset",
    "sql_query": "pandas.SQLQueryDataset",
    "sql_table": "pandas.SQLTableDataset",
}
#: What pandas writes as text only.
_TEXTS = frozenset({"html", "latex", "markdown", "string"})
_COMPRESSIBLE = frozenset({"csv", "fwf", "json", "pickle", "stata", "table", "xml"})


class GenericDataset(FileDataset[Any, Any]):
    """A file of any format that pandas has: read by `pandas.read_<format>`, written by `DataFrame.to_<format>`.

    `load_args` and `save_args` go there; unlike `CSVDataset` it saves the index unless told not to.
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
        """Set where the file is, and its format.

        Args:
            filepath: As of FileDataset, like the other arguments.
            file_format: As in the names of pandas' functions: `csv`, `stata`, `orc`, `html` ...
            load_args: Options for the library when it reads.
            save_args: Options for the library when it writes.
            version: Which version to load and save.
            credentials: Options for the filesystem that nobody may see.
            fs_args: Other options for the filesystem.
            metadata: Anything.

        Raises:
            DatasetConfigError: The format is not one of files.
        """
        super().__init__(filepath, load_args, save_args, version, credentials, fs_args, metadata)
        self._format = file_format.lower()
        if self._format in _INSTEAD:
            instead = _INSTEAD[self._format]
            raise DatasetConfigError(
                f"GenericDataset: '{file_format}' cannot be read from an open file.{f' Use {instead}.' * bool(instead)}"
            )
        if self._format in _TEXTS and not (fs_args or {}).get("open_args_save"):
            self._open_save = {"mode": "w", "encoding": "utf-8"}

    def _read(self, file: IO[Any], **load_args: Any) -> Any:
        import pandas as pd

        read = read_xml if self._format == "xml" else getattr(pd, f"read_{self._format}", None)
        if read is None:
            raise DatasetError(f"pandas has no `read_{self._format}`{self._known(pd, 'read_')}")
        return read(file, **self._with_compression({**self._load_args, **load_args}))

    def _write(self, file: IO[Any], data: Any) -> None:
        write = getattr(data, f"to_{self._format}", None)
        if write is None:
            raise DatasetError(
                f"An object of type {type(data).__name__} has no `to_{self._format}`{self._known(type(data), 'to_')}"
            )
        write(file, **self._with_compression(self._save_args))

    def _with_compression(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return with_compression(arguments, self._filepath.name) if self._format in _COMPRESSIBLE else arguments

    def _known(self, owner: Any, prefix: str) -> str:
        known = [each.removeprefix(prefix) for each in dir(owner) if each.startswith(prefix)]
        return did_you_mean(self._format, known) or ": choose another `file_format`."

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "file_format": self._format}
