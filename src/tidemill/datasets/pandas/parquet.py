"""pandas.ParquetDataset."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from tidemill.io.bypath import PathDataset
from tidemill.io.paths import HTTP_PROTOCOLS
from tidemill.names import both_spellings

if TYPE_CHECKING:
    import pandas as pd

    from tidemill.io.store import NewContent

__getattr__ = both_spellings(__name__)


class ParquetDataset(PathDataset["pd.DataFrame", "pd.DataFrame"]):
    """A Parquet file, or a folder of them, as a pandas DataFrame.

    `load_args` go to `pandas.read_parquet`, `save_args` to `DataFrame.to_parquet`. With `partition_cols` in `save_args`
    a save writes a folder, whole, in place of the one before; what it is partitioned by comes back as categories, last.
    """

    def _read(self, file: IO[bytes], **load_args: Any) -> pd.DataFrame:
        import pandas as pd

        return pd.read_parquet(file, **{**self._load_args, **load_args})

    def _write(self, file: IO[bytes], data: pd.DataFrame) -> None:
        data.to_parquet(file, **self._save_args)

    def _read_path(self, path: str, **load_args: Any) -> pd.DataFrame:
        import pandas as pd

        return pd.read_parquet(path, **{"filesystem": self._fs, **self._load_args, **load_args})

    def _write_path(self, path: str, data: pd.DataFrame) -> None:
        data.to_parquet(path, **{"filesystem": self._fs, **self._save_args})

    def _writes_path(self) -> bool:
        return bool(self._save_args.get("partition_cols"))

    def _new_content(self) -> NewContent:
        return super()._new_content() if self._writes_path() else super(PathDataset, self)._new_content()

    def _save(self, data: pd.DataFrame) -> None:
        if self._writes_path():
            super()._save(data)
        else:
            super(PathDataset, self)._save(data)

    def _load(self, **load_args: Any) -> pd.DataFrame:
        try:
            return super(PathDataset, self)._load(**load_args)
        except IsADirectoryError:
            return super()._load(**load_args)
        except FileNotFoundError:
            if self._protocol in {"file", *HTTP_PROTOCOLS}:
                raise
            return super()._load(**load_args)  # stores have no folders to be found there
