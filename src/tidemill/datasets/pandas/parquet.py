"""pandas.ParquetDataset."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from tidemill.io.file import FileDataset

if TYPE_CHECKING:
    import pandas as pd


class ParquetDataset(FileDataset["pd.DataFrame", "pd.DataFrame"]):
    """A Parquet file as a pandas DataFrame.

    `load_args` go to `pandas.read_parquet`, `save_args` to `DataFrame.to_parquet`.
    """

    def _read(self, file: IO[bytes], **load_args: Any) -> pd.DataFrame:
        import pandas as pd

        return pd.read_parquet(file, **{**self._load_args, **load_args})

    def _write(self, file: IO[bytes], data: pd.DataFrame) -> None:
        data.to_parquet(file, **self._save_args)
