"""pandas.FeatherDataset."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

if TYPE_CHECKING:
    import pandas as pd

__getattr__ = both_spellings(__name__)


class FeatherDataset(FileDataset["pd.DataFrame", "pd.DataFrame"]):
    """A Feather file (Arrow IPC) as a pandas DataFrame.

    `load_args` go to `pandas.read_feather`, `save_args` to `DataFrame.to_feather`. The format keeps no index but the
    default one.
    """

    def _read(self, file: IO[bytes], **load_args: Any) -> pd.DataFrame:
        import pandas as pd

        return pd.read_feather(file, **{**self._load_args, **load_args})

    def _write(self, file: IO[bytes], data: pd.DataFrame) -> None:
        data.to_feather(file, **self._save_args)
