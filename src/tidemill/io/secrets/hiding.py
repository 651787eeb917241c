"""Secrets in what exceptions print, so that no traceback shows what a message hides."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from tidemill.io.secrets.redaction import mask_text
from tidemill.io.show import printed

if TYPE_CHECKING:
    from collections.abc import Collection

# What exceptions print besides their arguments.
_PRINTED = ("errno", "strerror", "filename", "filename2", "msg")


def hide(error: BaseException, secrets: Collection[str] = (), public: str = "") -> None:
    """Mask secrets in what an exception, and all those behind it, print.

    Args:
        error: The exception; it stays the same object, of its type or a subclass of that name.
        secrets: Those that are known. What looks like one is masked anyway.
        public: As of `mask_text`.
    """
    pending: list[object] = [error]
    seen: set[int] = set()
    while pending:
        current = pending.pop()
        if isinstance(current, BaseException) and id(current) not in seen:
            seen.add(id(current))
            _hide_one(current, secrets, public)
            group = getattr(current, "exceptions", ())
            pending += [current.__cause__, current.__context__, *(group if isinstance(group, tuple) else ())]


def _hide_one(error: BaseException, secrets: Collection[str], public: str) -> None:
    def masked(value: Any) -> Any:
        if value is None or isinstance(value, (bool, int, float)):
            return value
        text = value if isinstance(value, str) else printed(value, repr)
        shown = mask_text(text, secrets, public)
        return value if shown == text else shown

    arguments = tuple(map(masked, error.args))
    if any(new is not old for new, old in zip(arguments, error.args, strict=True)):
        error.args = arguments
    for name in _PRINTED:
        value = getattr(error, name, None)
        if (shown := masked(value)) is not value:
            with contextlib.suppress(AttributeError):  # a property; what the error prints is looked at below
                setattr(error, name, shown)
    notes = getattr(error, "__notes__", None)
    if notes:
        notes[:] = map(masked, notes)
    text = printed(error)
    if (shown := mask_text(text, secrets, public)) != text:
        _print_as(error, shown)


def _print_as(error: BaseException, text: str) -> None:
    """Let an exception with a `__str__` of its own print this text, and stay of its type."""
    kind = type(error)
    methods = {"__str__": lambda _: text, "__reduce__": lambda _: (RuntimeError, (f"{kind.__name__}: {text}",))}
    try:
        error.__class__ = type(kind.__name__, (kind,), {**methods, "__module__": kind.__module__})
    except TypeError:  # a built-in one: it prints nothing but what is masked by now
        return
