"""text.TextDataset."""

from __future__ import annotations

from typing import IO, Any

from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

__getattr__ = both_spellings(__name__)


class TextDataset(FileDataset[str, str]):
    """A text file as one string, UTF-8 unless `fs_args` say otherwise."""

    OPEN_LOAD = {"mode": "r", "encoding": "utf-8"}
    OPEN_SAVE = {"mode": "w", "encoding": "utf-8"}

    def _read(self, file: IO[str], **_: Any) -> str:
        return file.read()

    def _write(self, file: IO[str], data: str) -> None:
        file.write(data)
