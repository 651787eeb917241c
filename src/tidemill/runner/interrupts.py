"""Ctrl-C, held back for a moment while something is saved, so that the save ends and leaves nothing half done."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

_MOMENT = 0.5


class Saves:
    """How many saves are going on in threads: `with saves: ...` around each."""

    def __init__(self) -> None:
        """Begin with none."""
        self._count = 0
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            self._count += 1

    def __exit__(self, *exc: object) -> None:
        with self._changed:
            self._count -= 1
            if not self._count:
                self._changed.notify_all()

    def wait(self, most: float) -> None:
        """Wait until none is going on, so many seconds at most."""
        with self._changed:
            self._changed.wait_for(lambda: not self._count, most)


class Interrupts:
    """While this is entered, Ctrl-C waits for the end of what `saving` guards; not longer than a moment.

    Elsewhere than in the main thread, and where a program has a handler of its own, it does nothing.
    """

    def __init__(self) -> None:
        """Change nothing yet."""
        self.saving = _Saving()
        self._is_ours = False
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        self._is_ours = (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        )
        if self._is_ours:
            signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if self._timer is not None:
            self._timer.cancel()

    def _handle(self, number: int, frame: Any) -> None:
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
