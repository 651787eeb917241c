"""Datasets of the project's own, as the documentation of those releases has them."""

from copy import deepcopy
from pathlib import PurePosixPath
from typing import Any, Dict, List

import fsspec
from kedro.io import AbstractDataSet, AbstractVersionedDataSet, Version
from kedro.io.core import DataSetError, get_filepath_str, get_protocol_and_path

Pixels = List[List[int]]


class ImageDataSet(AbstractVersionedDataSet[Dict[str, Any], Dict[str, Any]]):
    """A picture in plain PPM: its size, and its numbers."""

    def __init__(self, filepath: str, version: Version = None, credentials: Dict[str, Any] = None):
        """Creates a new instance for the picture at the given filepath."""
        protocol, path = get_protocol_and_path(filepath)
        self._protocol = protocol
        self._fs = fsspec.filesystem(self._protocol, **(deepcopy(credentials) or {}))
        super().__init__(
            filepath=PurePosixPath(path),
            version=version,
            exists_function=self._fs.exists,
            glob_function=self._fs.glob,
        )

    def _load(self) -> Dict[str, Any]:
        load_path = get_filepath_str(self._get_load_path(), self._protocol)
        with self._fs.open(load_path, mode="r") as file:
            kind, *numbers = file.read().split()
        if kind != "P3":
            raise DataSetError(f"{kind} is no plain PPM")
        width, height, _, *values = map(int, numbers)
        return {"width": width, "height": height, "values": values}

    def _save(self, data: Dict[str, Any]) -> None:
        save_path = get_filepath_str(self._get_save_path(), self._protocol)
        self._fs.makedirs(str(PurePosixPath(save_path).parent), exist_ok=True)
        with self._fs.open(save_path, mode="w") as file:
            values = " ".join(map(str, data["values"]))
            file.write(f"P3\n{data['width']} {data['height']}\n255\n{values}\n")

    def _describe(self) -> Dict[str, Any]:
        return dict(filepath=self._filepath, version=self._version, protocol=self._protocol)


class HintDataSet(AbstractDataSet):
    """How long a secret is."""

    def __init__(self, filepath, credentials=None):
        self._filepath = filepath
        self._secret = (credentials or {})["secret"]

    def _load(self):
        with open(self._filepath) as file:
            return file.read()

    def _save(self, data):
        with open(self._filepath, "w") as file:
            file.write(f"{data} {len(self._secret)}")

    def _exists(self):
        return PurePosixPath(self._filepath).name == "hint.txt"

    def _describe(self):
        return dict(filepath=self._filepath)
