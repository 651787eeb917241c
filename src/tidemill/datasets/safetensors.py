"""safetensors.SafetensorsDataset."""

from __future__ import annotations

import importlib
from typing import IO, TYPE_CHECKING, Any

from tidemill.datasets.choice import chosen
from tidemill.errors import DatasetConfigError
from tidemill.io.classes import is_installed
from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from tidemill.io.versions import Version

__getattr__ = both_spellings(__name__)

# Backend -> the library that it makes tensors of, and how that is installed.
_BACKENDS = {
    "numpy": ("numpy", "'tidemill[safetensors]'"),
    "torch": ("torch", "'tidemill[pytorch]'"),
    "tensorflow": ("tensorflow", "'tidemill[tensorflow]'"),
    "flax": ("jax", "'jax[cpu]'"),
    "mlx": ("mlx", "mlx"),
    "paddle": ("paddle", "paddlepaddle"),
}


class SafetensorsDataset(FileDataset["Mapping[str, Any]", "dict[str, Any]"]):
    """Named tensors in the safetensors format, which runs no code when it is loaded."""

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        backend: str = "numpy",
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        version: Version | None = None,
        credentials: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the file is and of which library its tensors are.

        Args:
            filepath: As of FileDataset, like the other arguments.
            backend: `numpy`, `torch`, `tensorflow`, `flax`, `mlx` or `paddle`.
            load_args: Options of the backend's `load`.
            save_args: Options of its `save`, such as `metadata`.
            version: Which version to load and save.
            credentials: Options for the filesystem that nobody may see.
            fs_args: Other options for the filesystem.
            metadata: Anything.

        Raises:
            DatasetConfigError: There is no such backend, or it is not installed.
        """
        super().__init__(filepath, load_args, save_args, version, credentials, fs_args, metadata)
        library, package = _BACKENDS[chosen("SafetensorsDataset", "backend", backend, _BACKENDS)]
        if not is_installed(library):
            raise DatasetConfigError(
                f"SafetensorsDataset: the backend '{backend}' needs {library}, which is not installed: "
                f"pip install {package}"
            )
        self._backend = backend

    def _read(self, file: IO[bytes], **load_args: Any) -> dict[str, Any]:
        tensors: dict[str, Any] = self._library().load(file.read(), **{**self._load_args, **load_args})
        return tensors

    def _write(self, file: IO[bytes], data: Mapping[str, Any]) -> None:
        file.write(self._library().save(dict(data), **self._save_args))

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "backend": self._backend}

    def _library(self) -> Any:
        return importlib.import_module(f"safetensors.{self._backend}")
