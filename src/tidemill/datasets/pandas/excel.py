"""pandas.ExcelDataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any, cast

from tidemill.io.file import FileDataset

if TYPE_CHECKING:
    import pandas as pd

    Sheets = pd.DataFrame | dict[str, pd.DataFrame]


class ExcelDataset(FileDataset["Sheets", "Sheets"]):
    """An Excel workbook as a pandas DataFrame, or as a dictionary of sheet name -> DataFrame.

    `load_args` go to `pandas.read_excel` (with `sheet_name: null` it returns every sheet), `save_args` to
    `DataFrame.to_excel`, and the mapping `writer` in them to `pandas.ExcelWriter`.
    """

    DEFAULT_LOAD_ARGS = {"engine": "openpyxl"}
    DEFAULT_SAVE_ARGS = {"index": False}

    def _read(self, file: IO[bytes], **load_args: Any) -> Sheets:
        import pandas as pd

        sheets: Sheets = pd.read_excel(file, **{**self._load_args, **load_args})
        return sheets

    def _write(self, file: IO[bytes], data: Sheets) -> None:
        import pandas as pd

        save_args = dict(self._save_args)
        options: dict[str, Any] = {"engine": "openpyxl", **(save_args.pop("writer", None) or {})}
        with pd.ExcelWriter(cast("Any", file), **options) as writer:
            if isinstance(data, Mapping):
                for name, sheet in data.items():
                    sheet.to_excel(writer, sheet_name=name, **save_args)
            else:
                data.to_excel(writer, **save_args)
