"""pickle.PickleDataset."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from tidemill.datasets.pickle_backend import pickle_backend
from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from tidemill.io.versions import Version

__getattr__ = both_spellings(__name__)


class PickleDataset(FileDataset[Any, Any]):
    """Any Python object, by pickle or another library with `load` and `dump`. Load only what you trust."""

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        backend: str = "pickle",
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        version: Version | None = None,
        credentials: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the file is and which library reads and writes it.

        Args:
            filepath: As of FileDataset, like the other arguments.
            backend: `pickle`, `joblib`, `cloudpickle`, `dill`, `compress_pickle`, or a module that has `load` and
                `dump` as pickle has.
            load_args: Options of the backend's `load`.
            save_args: Options of the backend's `dump`.
            version: Which version to load and save.
            credentials: Options for the filesystem that nobody may see.
            fs_args: Other options for the filesystem.
            metadata: Anything.

        Raises:
            DatasetConfigError: The backend is not installed, or has no `load` and `dump`.
        """
        super().__init__(filepath, load_args, save_args, version, credentials, fs_args, metadata)
        self._backend = backend
        self._library()

    def _read(self, file: IO[bytes], **load_args: Any) -> Any:
        return self._library().load(file, **{**self._load_args, **load_args})

    def _write(self, file: IO[bytes], data: Any) -> None:
        self._library().dump(data, file, **self._save_args)

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "backend": self._backend}

    def _library(self) -> Any:
        return pickle_backend(self._backend, "load", "dump")
