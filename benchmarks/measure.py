"""How everything here is timed: ours and its floor in turns, in one process, each at its fastest of several."""

from __future__ import annotations

import gc
import json
import multiprocessing
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
CPU, WALL, MEGABYTES = "CPU", "wall", "MB"
_CLOCKS = {CPU: time.process_time, WALL: time.perf_counter}
_PEER_PATIENCE = 120


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
    """One line of the table. The unit is a clock, for seconds, or MB; a peer of None was not measured."""

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
class Bench:
    """What every benchmark is given: how large to be, where to put its files, and whom to measure beside us."""

    folder: str
    quick: bool = False
    peer_python: str | None = None

    def size(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    def peer(self, name: str, *arguments: object) -> float | None:
        """Return what `peer.py` measures under this name; infinity if it takes longer than anyone would wait."""
        if self.peer_python is None:
            return None
        command = [self.peer_python, str(HERE / "peer.py"), name, *map(str, arguments)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_PEER_PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            return float("inf")
        if done.returncode:
            print(f"peer {name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
            return None
        return float(json.loads(done.stdout.splitlines()[-1]))


def fastest(*works: Callable[[], Any], repeat: int = 5, unit: str = CPU) -> Any:
    """Return the seconds of each, done in turns; the garbage of one is collected before the next begins."""
    clock = _CLOCKS[unit]
    best = [float("inf")] * len(works)
    for _ in range(repeat):
        for index, work in enumerate(works):
            gc.collect()
            begin = clock()
            kept = work()
            best[index] = min(best[index], clock() - begin)
            del kept
    return tuple(best)


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
        return f"> {_PEER_PATIENCE} s"
    if unit == MEGABYTES:
        return f"{value:,.0f} MB"
    for name, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if abs(value) >= size:
            return f"{value / size:.3g} {name}"
    return f"{value / 1e-9:.3g} ns"
