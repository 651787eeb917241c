"""A dictionary that sorts and files its keys when the first of them is asked for; until then it only counts them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from tidemill.io.threadlock import ThreadLock

if TYPE_CHECKING:
    from collections.abc import Callable

_FILING = ThreadLock()


def _after_filing(method: Callable[..., Any]) -> Any:
    """Return dict's method, for a dictionary whose keys are where it looks for them."""

    @functools.wraps(method)
    def call(self: LateKeys, *args: Any, **kwargs: Any) -> Any:
        if self._late is not None:
            self._file()
        return method(self, *args, **kwargs)

    return call


class LateKeys(dict[str, Any]):
    """Sorted keys that begin with one value all; to file a million of them takes as long as to find them."""

    __slots__ = ("_late", "_value")

    def __init__(self, keys: list[str], value: Any) -> None:
        """Hold the keys.

        Args:
            keys: The keys, each once, in any order; the list is not copied, so nobody may change it.
            value: What each of them stands for.
        """
        super().__init__()
        self._late: list[str] | None = keys
        self._value = value

    def __len__(self) -> int:
        late = self._late
        return super().__len__() if late is None else len(late)

    __contains__ = _after_filing(dict.__contains__)
    __delitem__ = _after_filing(dict.__delitem__)
    __getitem__ = _after_filing(dict.__getitem__)
    __ior__ = _after_filing(dict.__ior__)
    __iter__ = _after_filing(dict.__iter__)
    __reversed__ = _after_filing(dict.__reversed__)
    __setitem__ = _after_filing(dict.__setitem__)
    clear = _after_filing(dict.clear)
    get = _after_filing(dict.get)
    items = _after_filing(dict.items)
    keys = _after_filing(dict.keys)
    pop = _after_filing(dict.pop)
    popitem = _after_filing(dict.popitem)
    setdefault = _after_filing(dict.setdefault)
    update = _after_filing(dict.update)
    values = _after_filing(dict.values)

    def _file(self) -> None:
        with _FILING:  # a second thread that filed again would undo what the first has changed since
            if self._late is not None:
                dict.update(self, dict.fromkeys(sorted(self._late), self._value))
                self._late = None
