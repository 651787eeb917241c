"""email.EmailMessageDataset."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from tidemill.io.file import FileDataset
from tidemill.names import both_spellings

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from email.message import Message

    from tidemill.io.versions import Version

__getattr__ = both_spellings(__name__)


class EmailMessageDataset(FileDataset["Message", "Message"]):
    """An e-mail as a message of Python's `email` library.

    `load_args` go to `Parser.parse`, and the mapping `parser` in them to `email.parser.Parser` (the policy is
    `email.policy.default` unless it names another); `save_args` go to `Generator.flatten`, and `generator` in them to
    `email.generator.Generator`.
    """

    # As users know them, texts; surrogates stand for the bytes of what is no UTF-8, and become those bytes again.
    OPEN_LOAD = {"mode": "r", "encoding": "utf-8", "errors": "surrogateescape", "newline": ""}
    OPEN_SAVE = {"mode": "w", "encoding": "utf-8", "errors": "surrogateescape", "newline": ""}

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        version: Version | None = None,
        credentials: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the message is; the arguments are those of FileDataset."""
        super().__init__(filepath, load_args, save_args, version, credentials, fs_args, metadata)
        self._parser_args = dict(self._load_args.pop("parser", None) or {})
        self._generator_args = dict(self._save_args.pop("generator", None) or {})

    def _read(self, file: IO[str], **load_args: Any) -> Message:
        from email import policy
        from email.parser import Parser

        parser = Parser(**{"policy": policy.default, **self._parser_args})
        message: Message = parser.parse(file, **{**self._load_args, **load_args})
        return message

    def _write(self, file: IO[str], data: Message) -> None:
        from email.generator import Generator

        Generator(file, **self._generator_args).flatten(data, **self._save_args)

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "parser_args": self._parser_args, "generator_args": self._generator_args}
