"""How a dataset shows itself: one short line, whatever it holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

_LONGEST_VALUE = 120
_LONGEST = 600
_MOST_ITEMS = 8


def short(name: str, attributes: Mapping[str, Any]) -> str:
    """Return `Name(key=value, ...)`, without what is empty, at most about 600 characters long."""
    parts = [f"{key}={short_value(value)}" for key, value in attributes.items() if not _is_empty(value)]
    text = f"{name}({', '.join(parts)})"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 4] + "...)"


def short_value(value: Any) -> str:
    """Return a value as one short text: plain data as Python writes it, cut; anything else as its type's name."""
    if isinstance(value, PurePath):
        value = str(value)
    if isinstance(value, str):
        return repr(value if len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 3] + "...")
    if value is None or isinstance(value, (bool, int, float, complex)):
        return repr(value)
    if isinstance(value, Mapping):
        items = [f"{key!r}: {short_value(each)}" for key, each in _first(value.items())]
        return "{" + ", ".join(items + _more(value)) + "}"
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return f"{type(value).__name__}({', '.join(f'{k}={v!r}' for k, v in zip(value._fields, value, strict=True))})"
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [short_value(each) for each in _first(value)]
        return "[" + ", ".join(items + _more(value)) + "]"
    if isinstance(value, type):
        return value.__name__
    if callable(value):
        return str(getattr(value, "__qualname__", type(value).__name__))
    return f"<{type(value).__name__}>"


def _first(items: Any) -> list[Any]:
    return [each for each, _ in zip(items, range(_MOST_ITEMS), strict=False)]


def _more(items: Any) -> list[str]:
    return [f"... {len(items) - _MOST_ITEMS} more"] if len(items) > _MOST_ITEMS else []


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, (str, Mapping, list, tuple)) and len(value) == 0)
