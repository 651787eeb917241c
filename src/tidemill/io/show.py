"""How values show themselves: one short line, whatever they hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from pathlib import PurePath
from typing import Any

_LONGEST_VALUE = 120
_LONGEST = 600
_MOST_ITEMS = 8
_DEEPEST = 4
_MOST_BITS = 256
_MOST_NAMES = 6
_MOST_LINES = 2
_LONGEST_LINE = 400


def short(name: str, attributes: Mapping[str, Any]) -> str:
    """Return `Name(key=value, ...)`, without what is empty, at most about 600 characters long."""
    parts = [f"{key}={short_value(value)}" for key, value in attributes.items() if not _is_empty(value)]
    text = f"{name}({', '.join(parts)})"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 4] + "...)"


def short_value(value: Any, depth: int = 0) -> str:
    """Return a value as one short text: plain data as Python writes it, cut; anything else as its type's name."""
    if isinstance(value, (str, PurePath, dt.date)):
        return _cut(repr(str(value)))
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > _MOST_BITS:
        return f"<{type(value).__name__} of {value.bit_length()} bits>"  # Python refuses to write out the longest
    if value is None or isinstance(value, (bool, int, float, complex)):
        return _cut(repr(value))
    if isinstance(value, (Mapping, list, tuple, set, frozenset)):
        return "..." if depth == _DEEPEST else _container(value, depth + 1)
    if isinstance(value, type):
        return value.__name__
    if callable(value):
        return str(getattr(value, "__qualname__", type(value).__name__))
    return f"<{type(value).__name__}>"


def listed(names: Iterable[object]) -> str:
    """Return `'a', 'b' and 'c'`, or the first of them and how many there are besides."""
    shown = [_cut(repr(name)) for name in names]
    first, rest = shown[:_MOST_NAMES], len(shown) - _MOST_NAMES
    if rest > 0:
        first.append(f"{rest:,} more")
    return " and ".join([", ".join(first[:-1]), first[-1]]) if len(first) > 1 else "".join(first)


def printed(value: object, how: Callable[[object], str] = str) -> str:
    """Return `str` or `repr` of somebody else's object, which may fail."""
    try:
        return how(value)
    except Exception as exc:  # noqa: BLE001 - it must not hide the error that is being told
        return f"<{type(value).__name__} that cannot be shown: {type(exc).__name__}>"


def first_lines(error: BaseException) -> str:
    """Return the beginning of an error's message: what fits into a message of ours."""
    lines = [line.strip() for line in printed(error).splitlines() if line.strip()]
    if not lines:
        return "no message"
    shown = [line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} ..." for line in lines[:_MOST_LINES]]
    return "\n  ".join(shown) + (" ..." if len(lines) > _MOST_LINES else "")


def _container(value: Any, depth: int) -> str:
    more = [f"... {len(value) - _MOST_ITEMS:,} more"] if len(value) > _MOST_ITEMS else []
    if isinstance(value, Mapping):
        pairs = [f"{short_value(k, depth)}: {short_value(v, depth)}" for k, v in islice(value.items(), _MOST_ITEMS)]
        return "{" + ", ".join(pairs + more) + "}"
    if hasattr(value, "_fields"):
        pairs = [f"{k}={short_value(v, depth)}" for k, v in zip(value._fields, value, strict=True)]
        return f"{type(value).__name__}({', '.join(pairs)})"
    return "[" + ", ".join([short_value(each, depth) for each in islice(value, _MOST_ITEMS)] + more) + "]"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 4] + "..." + text[-1]


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, (str, Mapping, list, tuple)) and len(value) == 0)
