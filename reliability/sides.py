"""The names that the drills use, from Tidemill or from Kedro: what a drill does is the same code on both sides."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import PurePosixPath
from typing import Any

HERE, PEER = "here", "peer"
SIDE = os.environ.get("DRILL_SIDE", HERE)
# Each name, and its module here and at the peer's.
_NAMES = {
    "Version": ("tidemill", "kedro.io"),
    "DataCatalog": ("tidemill", "kedro.io"),
    "SharedCatalog": ("tidemill:DataCatalog", "kedro.io:SharedMemoryDataCatalog"),
    "AbstractVersionedDataset": ("tidemill", "kedro.io"),
    "MemoryDataset": ("tidemill", "kedro.io"),
    "Pipeline": ("tidemill", "kedro.pipeline"),
    "node": ("tidemill", "kedro.pipeline"),
    "SequentialRunner": ("tidemill", "kedro.runner"),
    "ThreadRunner": ("tidemill", "kedro.runner"),
    "ParallelRunner": ("tidemill", "kedro.runner"),
    "PartitionedDataset": ("tidemill", "kedro_datasets.partitions"),
    "IncrementalDataset": ("tidemill", "kedro_datasets.partitions"),
    "CSVDataset": ("tidemill.datasets.pandas", "kedro_datasets.pandas"),
    "ParquetDataset": ("tidemill.datasets.pandas", "kedro_datasets.pandas"),
    "JSONDataset": ("tidemill.datasets.json", "kedro_datasets.json"),
    "PickleDataset": ("tidemill.datasets.pickle", "kedro_datasets.pickle"),
    "TextDataset": ("tidemill.datasets.text", "kedro_datasets.text"),
    "get_protocol_and_path": ("tidemill", "kedro.io.core"),
    "get_filepath_str": ("tidemill", "kedro.io.core"),
}


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(name)
    module, _, other = _NAMES[name][SIDE == PEER].partition(":")
    return getattr(importlib.import_module(module), other or name)


def command(*arguments: str) -> list[str]:
    """Return the command line of this side."""
    return [sys.executable, "-m", "kedro" if SIDE == PEER else "tidemill", *arguments]


def folder_dataset() -> type:
    """Return a dataset as a user writes one, of a folder of texts with versions."""

    class FolderDataset(__getattr__("AbstractVersionedDataset")):  # type: ignore[misc]
        def __init__(self, filepath: str, version: Any = None) -> None:
            super().__init__(PurePosixPath(filepath), version, exists_function=os.path.exists)

        def _load(self) -> dict[str, str]:
            path = str(self._get_load_path())
            return {name: _text(f"{path}/{name}") for name in sorted(os.listdir(path))}

        def _save(self, texts: dict[str, str]) -> None:
            path = str(self._get_save_path())
            os.makedirs(path, exist_ok=True)
            for name, text in texts.items():
                with open(f"{path}/{name}", "w", encoding="utf-8") as file:
                    file.write(text)

        def _describe(self) -> dict[str, Any]:
            return {"filepath": self._filepath, "version": self._version}

    return FolderDataset


def published_dataset() -> type:
    """Return the dataset of images, with versions, as document 000 has it written: it opens its path, and no more."""

    class ImageDataset(__getattr__("AbstractVersionedDataset")):  # type: ignore[misc]
        def __init__(self, filepath: str, version: Any = None) -> None:
            import fsspec

            protocol, path = __getattr__("get_protocol_and_path")(filepath)
            self._protocol = protocol
            self._fs = fsspec.filesystem(protocol)
            super().__init__(PurePosixPath(path), version, self._fs.exists, self._fs.glob)

        def _load(self) -> bytes:
            with self._fs.open(__getattr__("get_filepath_str")(self._get_load_path(), self._protocol)) as file:
                return bytes(file.read())

        def _save(self, data: bytes) -> None:
            with self._fs.open(__getattr__("get_filepath_str")(self._get_save_path(), self._protocol), "wb") as file:
                file.write(data)

        def _describe(self) -> dict[str, Any]:
            return {"filepath": self._filepath, "version": self._version, "protocol": self._protocol}

    return ImageDataset


def _text(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()
