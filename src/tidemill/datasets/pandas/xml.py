"""pandas.XMLDataset."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from tidemill.datasets.pandas.compression import with_compression
from tidemill.errors import DatasetError
from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

if TYPE_CHECKING:
    import pandas as pd

__getattr__ = both_spellings(__name__)


class XMLDataset(FileDataset["pd.DataFrame", "pd.DataFrame"]):
    """An XML file as a pandas DataFrame.

    `load_args` go to `pandas.read_xml`, `save_args` to `DataFrame.to_xml`; the index is not saved unless asked for.
    """

    DEFAULT_SAVE_ARGS = {"index": False}

    def _read(self, file: IO[bytes], **load_args: Any) -> pd.DataFrame:
        return read_xml(file, **with_compression({**self._load_args, **load_args}, self._filepath.name))

    def _write(self, file: IO[bytes], data: pd.DataFrame) -> None:
        if data.empty:
            raise DatasetError("XML has no place for the columns of an empty table, and could not be read again.")
        data.to_xml(file, **with_compression(self._save_args, self._filepath.name))


def read_xml(file: IO[bytes], **options: Any) -> pd.DataFrame:
    """Call `pandas.read_xml`, for a compressed file too: pandas 2 decompresses nothing but what it opens itself."""
    import pandas as pd

    if pd.__version__.partition(".")[0] != "2" or options.get("compression") is None:
        return pd.read_xml(file, **options)
    from pandas.io.common import get_handle  # type: ignore[import-not-found]

    with get_handle(file, "rb", compression=options.pop("compression"), is_text=False) as opened:
        return pd.read_xml(opened.handle, **options)
