"""The dataset that Tidemill does not have: an image as a numpy array, by Pillow."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import fsspec
import numpy as np
from PIL import Image

from tidemill.io import AbstractVersionedDataSet
from tidemill.io.core import Version, get_filepath_str, get_protocol_and_path


class ImageDataSet(AbstractVersionedDataSet[np.ndarray, np.ndarray]):
    """An image file as an array of height x width x RGBA.

    Nothing here knows about partitions, manifests or crashes: the base class hands out a path to read from or to
    write to, and does the rest.
    """

    def __init__(self, filepath: str, version: Version | None = None) -> None:
        protocol, path = get_protocol_and_path(filepath)
        self._protocol = protocol
        self._fs = fsspec.filesystem(self._protocol)

        super().__init__(
            filepath=PurePosixPath(path),
            version=version,
            exists_function=self._fs.exists,
            glob_function=self._fs.glob,
        )

    def _load(self) -> np.ndarray:
        load_path = get_filepath_str(self._get_load_path(), self._protocol)
        # The tutorial says mode="r", which decodes the file as text; a PNG is bytes, and Pillow wants those.
        with self._fs.open(load_path, mode="rb") as f:
            image = Image.open(f).convert("RGBA")
            return np.asarray(image)

    def _save(self, data: np.ndarray) -> None:
        save_path = get_filepath_str(self._get_save_path(), self._protocol)
        with self._fs.open(save_path, mode="wb") as f:
            image = Image.fromarray(data)
            image.save(f)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "version": self._version, "protocol": self._protocol}
