"""Progress: what an application shows of a run, live on a terminal, in plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import time
from typing import IO, TYPE_CHECKING, Any

from tidemill.runner.failure import told

if TYPE_CHECKING:
    from typing_extensions import Self

    from tidemill.runner.loop import Event

_SHOWN, _PER_SECOND, _EVERY = 6, 8, 10.0


class Progress:
    """An observer of runs: `with Progress() as progress: ThreadRunner(on_event=progress).run(...)`.

    On a terminal it draws the nodes that run, how many are done, the partitions and the time; elsewhere it writes a
    line for each node, and one now and then for partitions. When a run fails, it says in a few lines what failed where.
    """

    def __init__(self, file: IO[str] | None = None, *, live: bool | None = None) -> None:
        """Set where it is shown.

        Args:
            file: By default standard error.
            live: Whether to draw; by default, if the file is a terminal that can.
        """
        self._file = sys.stderr if file is None else file
        self._is_live = _is_terminal(self._file) if live is None else live
        self._state = State()
        self._display: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop()

    def __call__(self, event: Event) -> None:
        """Take note of an event, and show it."""
        self._state.note(event)
        if event.what == "run begins":
            self._start()
        elif event.what in {"run done", "run failed"}:
            self._stop()
            self._write(self._state.ended(event))
        elif not self._is_live and (line := self._state.line(event)) is not None:
            self._write(line)

    def __rich__(self) -> Any:
        """Return what is drawn now."""
        return self._state.drawn(time.monotonic())

    def _start(self) -> None:
        if not self._is_live:
            self._write(f"Running {self._state.nodes} node{'s' * (self._state.nodes != 1)}")
            return
        from rich.console import Console
        from rich.live import Live

        console = Console(file=self._file, force_terminal=True)
        self._display = Live(
            self, console=console, refresh_per_second=_PER_SECOND, transient=True, redirect_stdout=False,
            redirect_stderr=False,
        )  # fmt: skip
        self._display.start()

    def _stop(self) -> None:
        display, self._display = self._display, None
        if display is not None:
            display.stop()

    def _write(self, text: str) -> None:
        print(text, file=self._file, flush=True)


class State:
    """What is known of a run from its events, and how it is shown: as a line for each, or drawn."""

    def __init__(self) -> None:
        self.nodes = self.done = 0
        self.began = self.took = self._told_at = 0.0
        self.running: dict[str, float] = {}
        self.failed: list[str] = []
        self.skipped = 0
        #: Of nodes that are called for each partition: how many are done, and how many there are.
        self.partitions: dict[str, list[int]] = {}

    def note(self, event: Event) -> None:
        """Take note of an event."""
        what, node = event.what, event.node
        if what == "run begins":
            self.__init__()  # type: ignore[misc] # a new run
            self.nodes, self.began = event.number, event.at
        elif what == "node begins":
            self.running[node] = event.at
        elif what == "partitions":
            self.partitions[node] = [0, event.number]
        elif what == "partition done":
            self.partitions[node][0] += 1
        elif what in {"node done", "node failed"}:
            self.took = event.at - self.running.pop(node, event.at)
            if what == "node done":
                self.done += 1
            else:
                self.failed.append(node)
        elif what == "node skipped":
            self.skipped += 1

    def line(self, event: Event) -> str | None:
        """Return the line for an event that is noted, if it is worth one; of partitions, one is now and then."""
        what, node = event.what, event.node
        if what in {"node done", "node failed"}:
            verb = "done" if what == "node done" else "FAILED"
            return f"[{self.done}/{self.nodes}] {node}: {verb}, {self.took:.1f} s"
        if what == "node skipped":
            return f"{node}: skipped"
        if what == "partition failed":
            return f"{node}, partition '{event.part}': FAILED"
        if what == "partition done" and event.at - self._told_at > _EVERY:
            self._told_at = event.at
            return self._described(node)
        return None

    def drawn(self, now: float, left: float | None = None) -> Any:
        """Return what is drawn now, for rich.

        Args:
            now: The time, of the monotonic clock.
            left: How many seconds it will probably still take.
        """
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        head = Table.grid(padding=(0, 1))
        head.add_row(
            Text(f"{self.done}/{self.nodes} nodes", style="bold"),
            ProgressBar(total=max(self.nodes, 1), completed=self.done, width=30),
            # What takes longer than the last time is not "about 0 s" from its end.
            Text(duration(now - self.began) + (f", about {duration(left)} left" if left and left >= 1 else "")),
            Text(f"{len(self.failed)} failed", style="red") if self.failed else Text(),
        )
        running = list(self.running.items())
        rows = [
            Text(f"  {self._described(name)}  {duration(now - began)}", overflow="ellipsis", no_wrap=True)
            for name, began in running[:_SHOWN]
        ]
        more = len(running) - _SHOWN
        return Group(head, *rows, *([Text(f"  and {more} more")] if more > 0 else []))

    def ended(self, event: Event) -> str:
        """Return what is to be said at the end."""
        took = f"{event.at - self.began:.1f} s"
        if event.what == "run done":
            return f"Done: {self.done} node{'s' * (self.done != 1)} in {took}"
        if isinstance(event.error, KeyboardInterrupt):
            return f"Stopped after {took}, {self.done} of {self.nodes} nodes done"
        return told(event.error) if event.error is not None else f"Failed after {took}"

    def _described(self, node: str) -> str:
        """Return a node's name, with its partitions if it has any."""
        counts = self.partitions.get(node)
        return node if counts is None else f"{node}: {counts[0]}/{counts[1]} partitions"


def duration(seconds: float) -> str:
    """Return seconds as people say them: `8 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = round(max(seconds, 0))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _is_terminal(file: IO[str]) -> bool:
    return bool(getattr(file, "isatty", bool)()) and os.environ.get("TERM") != "dumb"
