"""A dataset of the project's own."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import fsspec
from kedro.io.core import AbstractDataset, DatasetError, get_filepath_str, get_protocol_and_path


class SealedDataset(AbstractDataset[str, str]):
    """Text, shifted by the length of a key."""

    def __init__(self, filepath: str, credentials: dict[str, Any] | None = None, metadata: dict | None = None):
        protocol, path = get_protocol_and_path(filepath)
        self._protocol = protocol
        self._filepath = PurePosixPath(path)
        self._fs = fsspec.filesystem(protocol)
        self._key = (credentials or {}).get("key", "")
        self.metadata = metadata

    def load(self) -> str:
        with self._fs.open(get_filepath_str(self._filepath, self._protocol), mode="r") as file:
            return self._shift(file.read(), -len(self._key))

    def save(self, data: str) -> None:
        if not self._key:
            raise DatasetError("there is no key")
        path = get_filepath_str(self._filepath, self._protocol)
        self._fs.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
        with self._fs.open(path, mode="w") as file:
            file.write(self._shift(data, len(self._key)))

    def _exists(self) -> bool:
        return self._fs.exists(get_filepath_str(self._filepath, self._protocol))

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "protocol": self._protocol}

    @staticmethod
    def _shift(text: str, by: int) -> str:
        return "".join(chr(ord(each) + by) for each in text)
