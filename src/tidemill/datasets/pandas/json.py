"""pandas.JSONDataset."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from tidemill.datasets.pandas.compression import with_compression
from tidemill.io.file import FileDataset

if TYPE_CHECKING:
    import pandas as pd


class JSONDataset(FileDataset["pd.DataFrame", "pd.DataFrame"]):
    """A JSON file as a pandas DataFrame.

    `load_args` go to `pandas.read_json`, `save_args` to `DataFrame.to_json`.
    """

    def _read(self, file: IO[bytes], **load_args: Any) -> pd.DataFrame:
        import pandas as pd

        arguments = with_compression({**self._load_args, **load_args}, self._filepath.name)
        table: pd.DataFrame = pd.read_json(file, **arguments)
        return table

    def _write(self, file: IO[bytes], data: pd.DataFrame) -> None:
        data.to_json(file, **with_compression(self._save_args, self._filepath.name))
