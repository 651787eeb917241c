"""Display: what is shown of a run while it goes on: drawn on a terminal, in plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import IO, TYPE_CHECKING, Any

from tidemill.cli.capture import Capture
from tidemill.history.estimate import Past, remaining
from tidemill.history.records import NodeRecord
from tidemill.runner.progress import State, duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

    from tidemill.history.records import Outcome
    from tidemill.runner.loop import Event

_PER_SECOND = 8
_PATIENCE = 0.3  # a run that is shorter is not drawn, and does not wait for what draws


class Display:
    """An observer of one run: `with Display(past, names) as display: Runner(on_event=display)`.

    What nodes print stands above the drawing, whichever process prints it; a debugger gets the terminal for itself.
    """

    def __init__(self, past: Past, nodes: list[str], *, live: bool, file: IO[str] | None = None) -> None:
        """Set what is shown.

        Args:
            past: What the nodes took the last time.
            nodes: Their names.
            live: Whether to draw.
            file: Where lines go if not; by default standard error.
        """
        self.records: dict[str, NodeRecord] = {}
        self.state = State()
        self.seconds = 0.0
        self._past, self._waiting, self._is_live = past, dict.fromkeys(nodes), live
        self._file = file
        self._capture: Capture | None = None
        self._drawing: Any = None
        self._timer: threading.Timer | None = None
        self._lock = threading.RLock()
        self._is_over = threading.Event()
        self._hook: Callable[..., Any] | None = None
        self._began = 0.0
        self._eta: tuple[float, float] | None = None

    @property
    def begun(self) -> bool:
        """Whether the run began."""
        return bool(self._began)

    def __enter__(self) -> Self:
        if self._is_live:
            self._capture = Capture(self._above)
            self._capture.__enter__()
            self._hook, sys.breakpointhook = sys.breakpointhook, self._debug
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Leave the terminal as it was."""
        if self._hook is not None:
            sys.breakpointhook, self._hook = self._hook, None
        self._is_over.set()
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            capture, self._capture = self._capture, None
            self._is_live = False
        if capture is not None:
            capture.__exit__(None, None, None)
        with self._lock:
            drawing, self._drawing = self._drawing, None
            if drawing is not None:
                drawing.stop()

    def __call__(self, event: Event) -> None:
        """Take note of an event, and show it."""
        self.state.note(event)
        what, node = event.what, event.node
        if what == "run begins":
            self._began = event.at or time.monotonic()
            self._start()
        elif what == "node begins":
            self._waiting.pop(node, None)
        elif what in _OUTCOMES:
            took = self.state.took if what != "node skipped" else 0.0
            self._waiting.pop(node, None)
            self.records[node] = NodeRecord(node, _OUTCOMES[what], took)
        elif what in {"run done", "run failed"}:
            self.seconds = event.at - self._began
        if what == "node failed" or not self._is_live:
            self._tell(event)

    # Drawn.

    def __rich__(self) -> Any:
        """Return what is drawn now."""
        now = time.monotonic()
        return self.state.drawn(now, self._left(now))

    def _left(self, now: float) -> float | None:
        if self._eta is None or now - self._eta[1] > 1:
            running = {name: now - began for name, began in list(self.state.running.items())}
            found = remaining(self._past, list(self._waiting), running)
            self._eta = None if found is None else (found, now)
        return None if self._eta is None else self._eta[0]

    def _start(self) -> None:
        if self._is_live:
            self._timer = threading.Timer(_PATIENCE, self._draw)
            self._timer.daemon = True
            self._timer.start()

    def _draw(self) -> None:
        from rich.console import Console
        from rich.live import Live

        with self._lock:
            if self._capture is None or self._drawing is not None:
                return
            console = Console(file=self._capture.terminal, force_terminal=True)
            # Drawn anew here and not in a thread of its own: two that draw at once leave lines behind.
            self._drawing = Live(
                self, console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
            )
            self._drawing.start(refresh=True)
        while not self._is_over.wait(1 / _PER_SECOND):
            with self._lock:
                if self._drawing is None:
                    return
                self._drawing.refresh()

    def _above(self, lines: str) -> None:
        """Show lines above the drawing."""
        with self._lock:
            if self._drawing is None:
                out = sys.stderr if self._capture is None else self._capture.terminal
                print(lines, file=out, flush=True)
                return
            from rich.text import Text

            self._drawing.console.print(Text.from_ansi(lines), soft_wrap=True)

    def _debug(self, *args: Any, **kwargs: Any) -> Any:
        """Give the terminal to a debugger, for the rest of the run."""
        hook = self._hook or sys.__breakpointhook__
        self.stop()
        if hook is not sys.__breakpointhook__ or os.environ.get("PYTHONBREAKPOINT"):
            return hook(*args, **kwargs)
        import pdb  # noqa: T100 - the user asked for it

        pdb.Pdb().set_trace(sys._getframe(1))  # noqa: SLF001 - the line with `breakpoint()`, and not this one
        return None

    # Told.

    def _tell(self, event: Event) -> None:
        state = self.state
        if event.what == "run begins":
            left = remaining(self._past, list(self._waiting), {})
            about = f", about {duration(left)}" if left is not None and left >= 1 else ""
            self._write(f"Running {state.nodes} node{'s' * (state.nodes != 1)}{about}")
        elif (line := state.line(event)) is not None:
            self._write(line)

    def _write(self, text: str) -> None:
        if self._is_live:
            self._above(text)
        else:
            print(text, file=self._file or sys.stderr, flush=True)


_OUTCOMES: dict[str, Outcome] = {"node done": "done", "node failed": "failed", "node skipped": "skipped"}


def is_terminal() -> bool:
    """Tell whether there is a terminal that can be drawn on, and all that is shown goes there."""
    return sys.stdout.isatty() and sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
