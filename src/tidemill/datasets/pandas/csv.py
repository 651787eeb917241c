"""pandas.CSVDataset."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from tidemill.datasets.pandas.compression import with_compression
from tidemill.io.file import FileDataset

if TYPE_CHECKING:
    import pandas as pd


class CSVDataset(FileDataset["pd.DataFrame", "pd.DataFrame"]):
    """A CSV file as a pandas DataFrame.

    `load_args` go to `pandas.read_csv`, `save_args` to `DataFrame.to_csv`; the index is not saved unless asked for.
    """

    DEFAULT_SAVE_ARGS = {"index": False}

    def _read(self, file: IO[bytes], **load_args: Any) -> pd.DataFrame:
        import pandas as pd

        table: pd.DataFrame = pd.read_csv(
            file, **with_compression({**self._load_args, **load_args}, self._filepath.name)
        )
        return table

    def _write(self, file: IO[bytes], data: pd.DataFrame) -> None:
        data.to_csv(file, **with_compression(self._save_args, self._filepath.name))
