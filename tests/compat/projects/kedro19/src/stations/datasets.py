"""A dataset of the project's own."""

from pathlib import PurePosixPath
from typing import Any, Dict, Optional

import fsspec
from kedro.io import AbstractVersionedDataset, DatasetError, Version
from kedro.io.core import get_filepath_str, get_protocol_and_path


class StampedTextDataset(AbstractVersionedDataset[str, str]):
    """A text below a line with a word."""

    def __init__(
        self,
        *,
        filepath: str,
        credentials: Dict[str, Any],
        version: Optional[Version] = None,
        metadata: Optional[Dict[str, Any]] = None,
    ):
        protocol, path = get_protocol_and_path(filepath, version)
        self._word = credentials["word"]
        self._protocol = protocol
        self._fs = fsspec.filesystem(protocol, auto_mkdir=True)
        self.metadata = metadata
        super().__init__(
            filepath=PurePosixPath(path), version=version, exists_function=self._fs.exists, glob_function=self._fs.glob
        )

    def load(self) -> str:
        load_path = get_filepath_str(self._get_load_path(), self._protocol)
        with self._fs.open(load_path, mode="r") as file:
            word, _, text = file.read().partition("\n")
        if word != self._word:
            raise DatasetError("the word is another")
        return text

    def save(self, data: str) -> None:
        save_path = get_filepath_str(self._get_save_path(), self._protocol)
        with self._fs.open(save_path, mode="w") as file:
            file.write(f"{self._word}\n{data}")
        self._invalidate_cache()

    def _describe(self) -> Dict[str, Any]:
        return {"filepath": self._filepath, "version": self._version}

    def _exists(self) -> bool:
        try:
            load_path = get_filepath_str(self._get_load_path(), self._protocol)
        except DatasetError:
            return False
        return self._fs.exists(load_path)

    def _release(self) -> None:
        super()._release()
        self._invalidate_cache()

    def _invalidate_cache(self) -> None:
        self._fs.invalidate_cache(get_filepath_str(self._filepath, self._protocol))
