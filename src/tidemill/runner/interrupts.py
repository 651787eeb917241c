"""Ctrl-C: held back for a moment where it would leave something half done, and never lost."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from typing_extensions import Self

_MOMENT = 0.5


class AbandonedError(RuntimeError):
    """The run is over, and nobody wants what is made."""


class Saves:
    """How many saves are going on in threads: `with saves: ...` around each."""

    def __init__(self) -> None:
        """Begin with none."""
        self._count = 0
        self._is_closed = False
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            if self._is_closed:
                raise AbandonedError("The run is over, and nothing of it is saved any more.")
            self._count += 1

    def __exit__(self, *exc: object) -> None:
        with self._changed:
            self._count -= 1
            if not self._count:
                self._changed.notify_all()

    def close(self, most: float) -> None:
        """Let no more begin, and wait until none is going on, so many seconds at most."""
        with self._changed:
            self._is_closed = True
            self._changed.wait_for(lambda: not self._count, most)


class Interrupts:
    """While this is entered, Ctrl-C waits for the end of what `saving` guards, not longer than a moment, and of `held`.

    Where Python drops a KeyboardInterrupt, in what is called around a fork or when an object goes, `check` raises it
    again. Elsewhere than in the main thread, and where a program has a handler of its own, all this does nothing;
    unless that has an attribute `has_come`, which says whether there was one already: that ends what is entered.
    """

    def __init__(self) -> None:
        """Change nothing yet."""
        self.saving = _Saving()
        self._before: Any = None
        self._is_ours = False
        self._has_come = False
        self._held = 0
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        self._before = signal.getsignal(signal.SIGINT)
        has_come = getattr(self._before, "has_come", None)
        if has_come:
            raise KeyboardInterrupt
        self._is_ours = threading.current_thread() is threading.main_thread() and (
            self._before is signal.default_int_handler or has_come is not None
        )
        if self._is_ours:
            signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._is_ours and signal.getsignal(signal.SIGINT) == self._handle:  # a library may have set its own since
            signal.signal(signal.SIGINT, self._before)
        if self._timer is not None:
            self._timer.cancel()

    @contextmanager
    def held(self) -> Iterator[None]:
        """A block, and a short one, that Ctrl-C does not interrupt: it comes at the end of it."""
        self._held += 1
        came_before = self._has_come
        try:
            yield
        finally:
            self._held -= 1
        if not came_before:
            self.check()

    def check(self) -> None:
        """Raise KeyboardInterrupt if there was one."""
        if self._has_come and not self._held:
            raise KeyboardInterrupt

    def _handle(self, number: int, frame: Any) -> None:
        self._has_come = True
        if self._held:
            return
        if self.saving.is_going_on and not self.saving.is_interrupted:
            self.saving.is_interrupted = True
            self._timer = threading.Timer(_MOMENT, self._insist)
            self._timer.daemon = True
            self._timer.start()
            return
        signal.default_int_handler(number, frame)

    def _insist(self) -> None:
        if self.saving.is_going_on and self.saving.is_interrupted:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


class _Saving:
    """The block in which something is saved."""

    def __init__(self) -> None:
        self.is_going_on = self.is_interrupted = False

    def __enter__(self) -> None:
        self.is_going_on = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.is_going_on = False
        if self.is_interrupted and not isinstance(error, KeyboardInterrupt):
            raise KeyboardInterrupt
