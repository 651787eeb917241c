"""pillow.ImageDataset."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, Any

from tidemill.errors import DatasetError
from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

if TYPE_CHECKING:
    from PIL.Image import Image

__getattr__ = both_spellings(__name__)


class ImageDataset(FileDataset["Image", "Image"]):
    """An image as a Pillow image, whole in memory: the file is closed when it is loaded.

    `save_args` go to `Image.save`; its format is that of the file's ending unless `format` says otherwise. `load_args`
    go to `PIL.Image.open`.
    """

    def _read(self, file: IO[bytes], **load_args: Any) -> Image:
        from PIL import Image

        image = Image.open(file, **{**self._load_args, **load_args})
        image.load()  # Pillow reads when the pixels are first asked for, and the file would be closed by then
        return image

    def _write(self, file: IO[bytes], data: Image) -> None:
        data.save(file, **({} if "format" in self._save_args else {"format": self._format()}), **self._save_args)

    def _format(self) -> str:
        from PIL import Image

        ending = os.path.splitext(self._filepath.name)[1].lower()
        found = Image.registered_extensions().get(ending)
        if found is None:
            raise DatasetError(
                f"Pillow has no format for the ending '{ending}' of {self._filepath.name}. Correct the filepath, or "
                "name one: `save_args: {format: png}`."
            )
        return found
