"""ThreadLock: a lock between the threads of one process, which a fork of the process finds free."""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

_ALL: weakref.WeakSet[ThreadLock] = weakref.WeakSet()


class ThreadLock:
    """`with lock: ...`; a fork has only the thread that forked, and waits for no other that held the lock then."""

    def __init__(self, kind: Callable[[], AbstractContextManager[bool]] = threading.Lock) -> None:
        """Be free.

        Args:
            kind: `threading.Lock`, or `threading.RLock` where who holds it may take it again.
        """
        self._kind = kind
        self.renew()
        _ALL.add(self)

    def __enter__(self) -> None:
        self._lock.__enter__()

    def __exit__(self, *exc: object) -> None:
        self._lock.__exit__(None, None, None)

    def renew(self) -> None:
        """Be free, whoever holds it."""
        self._lock = self._kind()


def _renew_all() -> None:
    for lock in _ALL:
        lock.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)
