"""The ledger of increments: each partition that was confirmed, and what marked its content then."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY = "confirmed"
# What filesystems tell that changes with the content, the surest first.
_TELLING = (
    ("ETag", "etag", "md5Hash", "checksum"),
    ("mtime", "LastModified", "last_modified", "modified", "updated", "created"),
)


def is_ledger(text: Any) -> bool:
    """Tell whether a checkpoint is a ledger, though it may be torn, and not the id of one partition."""
    return isinstance(text, str) and text.startswith("{")


def is_whole(text: Any) -> bool:
    """Tell whether a checkpoint is a ledger that can be read; an id may begin with a brace too."""
    if not is_ledger(text):
        return False
    try:
        read(text)
    except DatasetError:
        return False
    return True


def read(text: str) -> dict[str, str]:
    """Return partition id -> mark.

    Raises:
        DatasetError: The text is no whole ledger.
    """
    try:
        found = json.loads(text)[_KEY]
    except (ValueError, KeyError, TypeError) as exc:
        raise DatasetError(f"it is no ledger of confirmed partitions: {exc}") from exc
    if not isinstance(found, dict):
        raise DatasetError(f"`{_KEY}` must be a mapping of partition id to mark, not a {type(found).__name__}")
    return {name: str(mark) for name, mark in found.items()}


def write(marks: Mapping[str, str]) -> str:
    """Return the text, a line for each partition, sorted: a line removed is a partition to be processed again."""
    return json.dumps({_KEY: dict(sorted(marks.items()))}, indent=1, ensure_ascii=False)


def new(marks: Mapping[str, str], confirmed: Mapping[str, str]) -> list[str]:
    """Return the ids of those that were never confirmed, or not as they are now."""
    return [each for each, mark in marks.items() if confirmed.get(each) != mark]


def local_marks(paths: Mapping[str, str]) -> dict[str, str]:
    """Return id -> size in bytes and time of the last change in ns; what has vanished meanwhile is left out.

    Args:
        paths: Id -> path.
    """
    found = {}
    for each, path in paths.items():
        try:
            facts = os.stat(path)
        except FileNotFoundError:
            continue
        found[each] = f"{facts.st_size}:{facts.st_mtime_ns}"
    return found


def remote_marks(facts: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return id -> size and the entity tag, checksum or time that the store tells.

    Args:
        facts: Id -> what fsspec's `find(detail=True)` says of it.
    """
    return {each: _mark(said) for each, said in facts.items()}


def _mark(facts: Mapping[str, Any]) -> str:
    for names in _TELLING:
        told = next((facts[name] for name in names if facts.get(name) is not None), None)
        if told is not None:
            return f"{facts.get('size')}:{told}"
    return f"{facts.get('size')}:"
