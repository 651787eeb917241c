"""How everything here is timed: ours and its floor in turns, in one process; the median of several turns counts."""

from __future__ import annotations

import gc
import json
import multiprocessing
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
CPU, WALL, MEGABYTES, REQUESTS, LINES = "CPU", "wall", "MB", "requests", "lines"
_CLOCKS = {CPU: time.process_time, WALL: time.perf_counter}
#: Longer than so many seconds nobody waits for the peer; what is below the second number it does three times.
PEER_PATIENCE, _PEER_AGAIN = 45, 4


@dataclass(frozen=True)
class Limit:
    """What a figure may be at most: so many times its floor, so much over it, or so much in all."""

    times: float | None = None
    over: float | None = None
    most: float | None = None

    def is_kept(self, floor: float, ours: float) -> bool:
        return (
            (self.times is None or ours <= self.times * floor)
            and (self.over is None or ours - floor <= self.over)
            and (self.most is None or ours <= self.most)
        )

    def shown(self, unit: str) -> str:
        parts = [] if self.times is None else [f"<= {self.times:.3g}x"]
        parts += [] if self.over is None else [f"<= +{quantity(self.over, unit)}"]
        parts += [] if self.most is None else [f"<= {quantity(self.most, unit)}"]
        return ", ".join(parts)


@dataclass(frozen=True)
class Row:
    """One line of the table. The unit is a clock (seconds), MB, requests or lines; a peer of None was not measured."""

    line: str
    floor_is: str
    floor: float
    ours: float
    limit: Limit
    unit: str = CPU
    peer: float | None = None

    @property
    def is_kept(self) -> bool:
        return self.limit.is_kept(self.floor, self.ours)


@dataclass(frozen=True)
class Curve:
    """The same line at several sizes."""

    what: str
    counts: str
    points: list[tuple[int, Row]]


@dataclass(frozen=True)
class Bench:
    """What every benchmark is given: how large to be, where to put its files, and whom to measure beside us."""

    folder: str
    quick: bool = False
    peer_python: str | None = None
    #: For curves: what part of the full size.
    scale: float = 1

    def size(self, full: int, quick: int) -> int:
        return quick if self.quick else max(round(full * self.scale), 1)

    def times(self, full: int, quick: int) -> int:
        """Return how often to measure, at any scale."""
        return quick if self.quick else full

    def peer(self, name: str, *arguments: object) -> float | None:
        """Return what `peer.py` measures under this name; infinity if it takes longer than anyone would wait."""
        if self.peer_python is None:
            return None
        command = [self.peer_python, str(HERE / "peer.py"), name, *map(str, arguments)]
        figures: list[float] = []
        begin = time.monotonic()
        while len(figures) < 3 and (not figures or time.monotonic() - begin < _PEER_AGAIN * len(figures)):
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=PEER_PATIENCE, check=False)
            except subprocess.TimeoutExpired:
                return float("inf")
            if done.returncode:
                print(f"peer {name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                return None
            figures.append(float(json.loads(done.stdout.splitlines()[-1])))
        return statistics.median(figures)


def in_turns(*works: Callable[[], Any], repeat: int = 5, unit: str = CPU) -> Any:
    """Return the median of the seconds of each, done in turns; the garbage of one is collected before the next."""
    clock = _CLOCKS[unit]
    took: list[list[float]] = [[] for _ in works]
    for _ in range(repeat):
        for each, work in zip(took, works, strict=True):
            gc.collect()
            begin = clock()
            kept = work()
            each.append(clock() - begin)
            del kept
    return tuple(map(statistics.median, took))


def peak_of(work: Callable[[Any], Any], argument: Any) -> float:
    """Return the peak of memory, in MB, of a process that does this and nothing else."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_peak, work, argument).result()


def _peak(work: Callable[[Any], Any], argument: Any) -> float:
    kept = work(argument)
    peak = peak_here()
    del kept
    return peak


def peak_here() -> float:
    """Return the peak of memory of this process, in MB; what `getrusage` tells includes its parent's at the start."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


def quantity(value: float, unit: str) -> str:
    """Return seconds, or megabytes, with three digits."""
    if value == float("inf"):
        return f"> {PEER_PATIENCE} s"
    if unit == MEGABYTES:
        return f"{value:,.0f} MB"
    if unit in {REQUESTS, LINES}:
        return f"{value:,.0f}"
    for name, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if abs(value) >= size:
            return f"{value / size:.3g} {name}"
    return f"{value / 1e-9:.3g} ns"
