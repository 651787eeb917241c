"""json.JSONDataset."""

from __future__ import annotations

import json
from typing import IO, Any

from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

__getattr__ = both_spellings(__name__)


class JSONDataset(FileDataset[Any, Any]):
    """A JSON file as dictionaries, lists, texts and numbers.

    `save_args` go to `json.dump`, `load_args` to `json.load`.
    """

    DEFAULT_SAVE_ARGS = {"indent": 2}
    OPEN_LOAD = {"mode": "r", "encoding": "utf-8"}
    OPEN_SAVE = {"mode": "w", "encoding": "utf-8"}

    def _read(self, file: IO[str], **load_args: Any) -> Any:
        return json.load(file, **{**self._load_args, **load_args})

    def _write(self, file: IO[str], data: Any) -> None:
        json.dump(data, file, **self._save_args)
