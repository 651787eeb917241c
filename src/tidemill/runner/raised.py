"""Raised: an exception on its way to another process, with its causes, its notes and its traceback as text."""

from __future__ import annotations

import pickle
import traceback
from typing import Any, NamedTuple

from tidemill.errors import TidemillError
from tidemill.io.show import printed

_LONGEST_CHAIN = 20


class RemoteTracebackError(Exception):
    """The traceback of an exception in the process where it was raised; it stands behind the exception as its cause."""

    def __str__(self) -> str:
        return f"\n\n{self.args[0]}"


class Raised(NamedTuple):
    """An exception in a form that always pickles."""

    links: tuple[bytes, ...]
    text: str

    @classmethod
    def pack(cls, error: BaseException) -> Raised:
        """Take an exception and those behind it, as far as they can travel."""
        links: list[bytes] = []
        seen: set[int] = set()
        following: BaseException | None = error
        while following is not None and id(following) not in seen and len(links) < _LONGEST_CHAIN:
            seen.add(id(following))
            links.append(_packed(following))
            following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)
        return cls(tuple(links), _text(error))

    def unpack(self) -> BaseException:
        """Return the exception; of those that could not be pickled, one of the same class or, at worst, its text."""
        behind: BaseException = RemoteTracebackError(self.text)
        for link in reversed(self.links):
            error = _unpacked(link)
            error.__cause__ = behind
            behind = error
        return behind


def _packed(error: BaseException) -> bytes:
    """Pickle one exception; one that does not pickle, or does not come back, without what stands in the way."""
    attributes = {key: each for key, each in vars(error).items() if _travels(each)}
    if _travels(error, type(error)):
        return pickle.dumps((error, attributes))
    told = f"{type(error).__module__}.{type(error).__qualname__}: {printed(error)}"
    parts = (type(error), tuple(each if _travels(each) else repr(each) for each in error.args), attributes)
    return pickle.dumps(parts if _travels(type(error)) else (TidemillError, (told,), attributes))


def _unpacked(link: bytes) -> BaseException:
    first, *rest = pickle.loads(link)  # noqa: S301 - our own worker wrote it
    if isinstance(first, BaseException):
        error = first
    else:
        error = first.__new__(first, *rest[0])  # not called: its `__init__` takes something else than its `args`
        error.args = rest[0]
    vars(error).update(rest[-1])
    return error


def _travels(value: Any, kind: type = object) -> bool:
    try:
        return isinstance(pickle.loads(pickle.dumps(value)), kind)  # noqa: S301
    except Exception:  # noqa: BLE001 - whatever its pickling raises, the answer is no
        return False


def _text(error: BaseException) -> str:
    try:
        return "".join(traceback.format_exception(type(error), error, error.__traceback__))
    except Exception as exc:  # noqa: BLE001 - a loader of the user's has no source: what is known is still worth having
        return f"{type(error).__qualname__} (its traceback cannot be shown: {type(exc).__name__})\n"
