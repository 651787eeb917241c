"""pandas.ExcelDataset."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any, cast

from tidemill.errors import DatasetError
from tidemill.io.commit.objects import read_object
from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

if TYPE_CHECKING:
    import os

    import pandas as pd

    from tidemill.io.versions import Version

    Sheets = pd.DataFrame | dict[str, pd.DataFrame]

__getattr__ = both_spellings(__name__)


class ExcelDataset(FileDataset["Sheets", "Sheets"]):
    """An Excel workbook as a pandas DataFrame, or as a dictionary of sheet name -> DataFrame.

    `load_args` go to `pandas.read_excel` (with `sheet_name: null` it returns every sheet), `save_args` to
    `DataFrame.to_excel`, and the mapping `writer` in them to `pandas.ExcelWriter`; with `mode: a` in that, sheets are
    added to the workbook that loads read.
    """

    DEFAULT_LOAD_ARGS = {"engine": "openpyxl"}
    DEFAULT_SAVE_ARGS = {"index": False}

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        engine: str = "openpyxl",
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        version: Version | None = None,
        credentials: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the workbook is, and what writes it.

        Args:
            filepath: As of FileDataset, like the other arguments.
            engine: The library that writes: `openpyxl` or `xlsxwriter`.
            load_args: Options of `pandas.read_excel`.
            save_args: Options of `DataFrame.to_excel`, and in `writer` of `pandas.ExcelWriter`.
            version: Which version to load and save.
            credentials: Options for the filesystem that nobody may see.
            fs_args: Other options for the filesystem.
            metadata: Anything.
        """
        super().__init__(filepath, load_args, save_args, version, credentials, fs_args, metadata)
        self._writer_args = {"engine": engine, **(self._save_args.pop("writer", None) or {})}

    def _read(self, file: IO[bytes], **load_args: Any) -> Sheets:
        import pandas as pd

        sheets: Sheets = pd.read_excel(file, **{**self._load_args, **load_args})
        return sheets

    def _write(self, file: IO[bytes], data: Sheets) -> None:
        import pandas as pd

        save_args = dict(self._save_args)
        if isinstance(data, Mapping):
            save_args.pop("sheet_name", None)
            sheets = dict(data)
            if not sheets:
                raise DatasetError("A workbook needs at least one sheet, and the dictionary to be saved is empty.")
        else:
            sheets = {save_args.pop("sheet_name", "Sheet1"): data}
        adds = str(self._writer_args.get("mode", "w")).startswith("a")
        book: IO[bytes] = io.BytesIO(self._workbook()) if adds else file
        writer = pd.ExcelWriter(cast("Any", book), **self._writer_args)
        for name, sheet in sheets.items():
            sheet.to_excel(writer, sheet_name=name, **save_args)
        writer.close()  # only if all went well: openpyxl fails on a book without sheets, and hides what went wrong
        if adds:
            file.write(cast("io.BytesIO", book).getbuffer())

    def _workbook(self) -> bytes:
        """Return the workbook that loads read, to add to it."""
        if not self.exists():
            raise DatasetError("`mode: a` adds to a workbook, and there is none yet. Save it once with `mode: w`.")
        path = self._on_fs(str(self._get_load_path()))
        return read_object(self._fs, path)

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "writer": self._writer_args}
