"""Pictures, and a dataset for them as the document about custom datasets makes one."""

from __future__ import annotations

import io
from pathlib import PurePosixPath

import fsspec
import numpy as np
from PIL import Image

from tidemill import AbstractVersionedDataset, get_filepath_str, get_protocol_and_path

YELLOW = np.asarray(Image.new("RGBA", (2, 3), "yellow"))


def picture(number=0):
    """Return the bytes of a small PNG file, another one for each number."""
    pixels = np.full((3, 2, 4), 255, np.uint8)
    pixels[..., 0], pixels[..., 1] = number // 256, number % 256
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    return file.getvalue()


class PictureDataset(AbstractVersionedDataset[np.ndarray, np.ndarray]):
    """The document's example in today's spelling, with the format named so that it works on every filesystem."""

    def __init__(self, filepath, version=None, credentials=None, fs_args=None):
        self._protocol, path = get_protocol_and_path(filepath)
        self._fs = fsspec.filesystem(self._protocol, **(credentials or {}), **(fs_args or {}))
        super().__init__(PurePosixPath(path), version, self._fs.exists, self._fs.glob)
        self.received = credentials, fs_args

    def _load(self):
        with self._fs.open(get_filepath_str(self._get_load_path(), self._protocol), "rb") as file:
            return np.asarray(Image.open(file).convert("RGBA"))

    def _save(self, data):
        with self._fs.open(get_filepath_str(self._get_save_path(), self._protocol), "wb") as file:
            Image.fromarray(data).save(file, format="PNG")

    def _describe(self):
        return {"filepath": self._filepath, "version": self._version, "protocol": self._protocol}
