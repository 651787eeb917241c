"""Ctrl-C of the whole program, from its first moment on."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self


class Watch:
    """While this is entered, a Ctrl-C that Python drops, as it does during an import, still ends the next run.

    Python raises KeyboardInterrupt wherever it is, and where that is a callback of its own, nobody hears of it.
    """

    def __init__(self) -> None:
        """Change nothing yet."""
        self._is_ours = False
        #: Whether there was one.
        self.has_come = False

    def __enter__(self) -> Self:
        self._is_ours = (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        )
        if self._is_ours:
            signal.signal(signal.SIGINT, self)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._is_ours and signal.getsignal(signal.SIGINT) is self:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def __call__(self, number: int, frame: Any) -> None:
        """Do what Python does, and remember it."""
        self.has_come = True
        signal.default_int_handler(number, frame)
