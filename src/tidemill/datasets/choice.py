"""What a definition chooses by a word, such as `mode` and `file_format`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetConfigError
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable


def chosen(owner: str, option: str, word: Any, known: Iterable[str], also: Iterable[str] = ()) -> str:
    """Return the word, which must be one of those known.

    Args:
        owner: The class of the dataset, for the message.
        option: What the definition calls it.
        word: What was given.
        known: What may be given.
        also: Other words that users may have meant.

    Raises:
        DatasetConfigError: It is none of them.
    """
    text = str(word)
    if text in (known := [*known]):
        return text
    near = did_you_mean(text, [*known, *also]) or "."
    raise DatasetConfigError(f"{owner}: `{option}` is one of {', '.join(known)}, not '{word}'{near}")
