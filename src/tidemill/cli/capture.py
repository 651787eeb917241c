"""Capture: what nodes print, in this process and in those below it, so that it does not run into a drawing."""

from __future__ import annotations

import os
import select
import sys
import threading
from contextlib import suppress
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

_SIZE, _PATIENCE = 1 << 16, 0.2
#: Written at the end of the block; nothing that anybody prints.
_END = b"\x00tidemill:end\x00"


class Capture:
    """While it is entered, what is written to the file descriptors 1 and 2 is handed over, line by line.

    `terminal` is where one writes to the terminal itself meanwhile. A process that outlives the block and goes on
    writing is heard until it ends: its lines then go to the terminal as they come.
    """

    def __init__(self, show: Callable[[str], object]) -> None:
        """Set who is given the lines, in a thread of its own."""
        self._show = show
        self._saved: list[int] = []
        self._lock = threading.Lock()
        self._is_over, self._is_drained = threading.Event(), threading.Event()
        self.terminal: IO[str] = sys.stderr

    def __enter__(self) -> Self:
        _flush()
        self._saved = [os.dup(1), os.dup(2)]
        self.terminal = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="backslashreplace")
        reading, writing = _channel(self._saved[1])
        for descriptor in (1, 2):
            os.dup2(writing, descriptor)
        os.close(writing)
        threading.Thread(target=self._read, args=(reading,), name="tidemill-prints", daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        _flush()
        os.write(1, _END)
        for descriptor, saved in zip((1, 2), self._saved, strict=True):
            os.dup2(saved, descriptor)
            os.close(saved)
        self._is_drained.wait(1.0)  # all that was written before is shown
        self._is_over.set()

    def _read(self, reading: int) -> None:
        rest = b""
        while True:
            if rest and not select.select([reading], [], [], _PATIENCE)[0]:
                rest = self._hand_over(rest)  # a prompt, or a line that is written bit by bit
                continue
            try:
                content = os.read(reading, _SIZE)
            except OSError:  # how a terminal says that nobody can write to it any more
                break
            if not content:
                break
            content = rest + content
            if _END in content:
                rest = self._hand_over(content.replace(_END, b""))
                self._is_drained.set()
                continue
            whole, newline, rest = content.rpartition(b"\n")
            self._hand_over(whole + newline)
        self._hand_over(rest)
        os.close(reading)

    def _hand_over(self, content: bytes) -> bytes:
        text = content.decode("utf-8", "backslashreplace")
        # Of a line that was written over, as progress bars do, the last state.
        lines = [line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")]
        if text.endswith("\n"):
            lines.pop()
        if content:
            with self._lock:
                if self._is_over.is_set():
                    os.write(2, content)
                else:
                    self._show("\n".join(lines))
        return b""


def _channel(terminal: int) -> tuple[int, int]:
    """Return where to read and where to write: a terminal like the one that is there, so that programs behave as on it.

    They flush at each line then, and keep their colours. Where no terminal can be had, it is a pipe.
    """
    import fcntl
    import termios

    try:
        reading, writing = os.openpty()
    except OSError:  # none is left, or this machine has none
        return os.pipe()
    attributes = termios.tcgetattr(writing)
    attributes[1] &= ~termios.OPOST
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(writing, termios.TCSANOW, attributes)
    with suppress(OSError):  # it is no terminal, and has no size
        fcntl.ioctl(writing, termios.TIOCSWINSZ, fcntl.ioctl(terminal, termios.TIOCGWINSZ, bytes(8)))
    return reading, writing


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
