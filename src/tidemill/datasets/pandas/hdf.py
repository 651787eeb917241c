"""pandas.HDFDataset."""

from __future__ import annotations

import threading
from typing import IO, TYPE_CHECKING, Any

from tidemill.errors import DatasetConfigError
from tidemill.io.file import FileDataset
from tidemill.io.threadlock import ThreadLock
from tidemill.names import both_spellings

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import pandas as pd

    from tidemill.io.versions import Version

__getattr__ = both_spellings(__name__)

# PyTables is not thread-safe, not even between files.
_ONE_AT_A_TIME = ThreadLock(threading.RLock)
_OF_THE_STORE = frozenset({"complevel", "complib", "fletcher32"})


class HDFDataset(FileDataset["pd.DataFrame", "pd.DataFrame"]):
    """A table under a key of an HDF5 file, which holds nothing else, as a pandas DataFrame.

    `load_args` go to `pandas.read_hdf` (`where`, `columns`, `start`, `stop`), `save_args` to `HDFStore.put`, and those
    of compression to `HDFStore`. It is written as a table, of which parts can be selected, unless `format` is "fixed".
    """

    DEFAULT_SAVE_ARGS = {"format": "table", "track_times": False}  # the same table is the same file

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        key: str,
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        version: Version | None = None,
        credentials: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the file is, and under which key its table.

        Args:
            filepath: As of FileDataset, like the other arguments.
            key: The group in the file.
            load_args: Options of `pandas.read_hdf`.
            save_args: Options of `HDFStore.put` and `HDFStore`.
            version: Which version to load and save.
            credentials: Options for the filesystem that nobody may see.
            fs_args: Other options for the filesystem.
            metadata: Anything.
        """
        super().__init__(filepath, load_args, save_args, version, credentials, fs_args, metadata)
        self._key = key
        for each in ("chunksize", "iterator"):
            if self._load_args.get(each):
                raise DatasetConfigError(
                    f"HDFDataset reads its table whole: leave out `{each}`, or use `start` and `stop`."
                )

    def _read(self, file: IO[bytes], **load_args: Any) -> pd.DataFrame:
        import pandas as pd

        # From memory: HDF5 opens paths only, and would have to be told not to lock them.
        image = file.read()
        with _ONE_AT_A_TIME, _in_memory(self._filepath.name, "r", driver_core_image=image) as store:
            if self._key not in store:
                raise KeyError(f"The file has no key '{self._key}'. It has {', '.join(store.keys()) or 'none'}.")
            found: Any = pd.read_hdf(store, key=self._key, **{**self._load_args, **load_args})
        table: pd.DataFrame = found
        return table

    def _write(self, file: IO[bytes], data: pd.DataFrame) -> None:
        options = {key: value for key, value in self._save_args.items() if key in _OF_THE_STORE}
        arguments = {key: value for key, value in self._save_args.items() if key not in _OF_THE_STORE}
        with _ONE_AT_A_TIME:
            with _in_memory(self._filepath.name, "w", **options) as store:
                if data.shape[0]:
                    store.put(self._key, data, **arguments)
                else:  # as a table, pandas would leave out what has no rows
                    store.put(self._key, data, format="fixed", track_times=False)
                store.flush()
                image = store._handle.get_file_image()  # noqa: SLF001 - it has no other name
            file.write(image)

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "key": self._key}


def _in_memory(name: str, mode: Any, **options: Any) -> pd.HDFStore:
    import pandas as pd

    return pd.HDFStore(name, mode, driver="H5FD_CORE", driver_core_backing_store=0, **options)
