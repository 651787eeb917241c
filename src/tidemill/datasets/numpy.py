"""numpy.NumpyDataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

from tidemill.errors import DatasetError
from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

if TYPE_CHECKING:
    import numpy as np

    Arrays = np.ndarray[Any, Any] | Mapping[str, np.ndarray[Any, Any]]

__getattr__ = both_spellings(__name__)


class NumpyDataset(FileDataset["Arrays", "Arrays"]):
    """A NumPy array as a `.npy` file, or a dictionary of arrays as an `.npz` archive.

    `load_args` go to `numpy.load`, `save_args` to `numpy.save`, `numpy.savez`, or with `compressed: true` in them to
    `numpy.savez_compressed`. Arrays of Python objects are pickled: they are saved and loaded only where both arguments
    say `allow_pickle: true`, and such files only from sources you trust.
    """

    DEFAULT_LOAD_ARGS = {"allow_pickle": False}
    DEFAULT_SAVE_ARGS = {"allow_pickle": False}

    def _read(self, file: IO[bytes], **load_args: Any) -> Arrays:
        import numpy as np

        loaded = np.load(file, **{**self._load_args, **load_args})
        if isinstance(loaded, np.lib.npyio.NpzFile):
            with loaded:
                return {name: loaded[name] for name in loaded.files}  # it reads when asked, from a file that is closed
        array: np.ndarray[Any, Any] = loaded
        return array

    def _write(self, file: IO[bytes], data: Arrays) -> None:
        import numpy as np

        arguments = {**self._save_args}
        compressed = arguments.pop("compressed", False)
        is_archive = self._filepath.name.lower().endswith(".npz")
        if isinstance(data, Mapping) != is_archive:
            raise DatasetError(
                f"A file that ends with .npz is a dictionary of name -> array, any other one array; "
                f"{self._filepath.name} cannot hold a {type(data).__name__}."
            )
        if not isinstance(data, Mapping):
            np.save(file, data, **arguments)
            return
        save: Any = np.savez_compressed if compressed else np.savez
        save(file, **{str(name): array for name, array in data.items()}, **arguments)
