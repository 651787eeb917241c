"""text.TextDataset."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from tidemill.io.versions import Version

__getattr__ = both_spellings(__name__)

#: So many characters are encoded at a time: a long text is not in memory twice.
_STRETCH = 1 << 20


class TextDataset(FileDataset[str, str]):
    r"""A text file as one string, UTF-8 unless `fs_args` say otherwise.

    Ends of lines stay what they are: `\r\n` does not become `\n`, unless `open_args_load` say `newline: null`.
    """

    OPEN_LOAD = {"mode": "r", "encoding": "utf-8", "newline": ""}
    OPEN_SAVE = {"mode": "w", "encoding": "utf-8", "newline": ""}

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        version: Version | None = None,
        credentials: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the file is; the arguments are those of FileDataset, without options of a library."""
        super().__init__(filepath, None, None, version, credentials, fs_args, metadata)

    def _read(self, file: IO[str]) -> str:
        return file.read()

    def _write(self, file: IO[Any], data: Any) -> None:
        if not isinstance(data, str):
            file.write(data)  # bytes, in a file that `fs_args` open for them; else an error of Python's
            return
        for start in range(0, len(data), _STRETCH):
            file.write(data[start : start + _STRETCH])
