"""text.TextDataset."""

from __future__ import annotations

from typing import IO, Any

from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

__getattr__ = both_spellings(__name__)

#: So many characters are encoded at a time: a long text is not in memory twice.
_STRETCH = 1 << 20


class TextDataset(FileDataset[str, str]):
    r"""A text file as one string, UTF-8 unless `fs_args` say otherwise.

    Ends of lines stay what they are: `\r\n` does not become `\n`, unless `open_args_load` say `newline: null`.
    """

    OPEN_LOAD = {"mode": "r", "encoding": "utf-8", "newline": ""}
    OPEN_SAVE = {"mode": "w", "encoding": "utf-8", "newline": ""}

    def _read(self, file: IO[str]) -> str:
        return file.read()

    def _write(self, file: IO[Any], data: Any) -> None:
        if not isinstance(data, str):
            file.write(data)  # bytes, in a file that `fs_args` open for them; else an error of Python's
            return
        for start in range(0, len(data), _STRETCH):
            file.write(data[start : start + _STRETCH])
