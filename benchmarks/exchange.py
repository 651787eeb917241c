"""Between two processes: data, beside one copy of it to shared memory, and nodes, beside calls."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, shared_memory
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from measure import WALL, Bench, Limit, Row, in_turns, quantity

from tidemill import DataCatalog, Pipeline, node
from tidemill.runner.exchange import Exchange
from tidemill.runner.process import ParallelRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent
MB = 1_000_000


def arrays(bench: Bench) -> Iterator[Row]:
    """Numbers, in an array."""
    size = bench.size(1_000, 50)
    yield _handed_on(f"{size:,} MB of numpy, put and loaded", np.ones(size * MB // 8), Limit(times=1.5), bench)


def frames(bench: Bench) -> Iterator[Row]:
    """Tables."""
    size = bench.size(200, 20)
    numbers = _numbers(size)
    yield _handed_on(f"a frame of {size} MB, numbers", numbers, Limit(times=1.5), bench)
    yield _handed_on(f"a frame of {size} MB, Arrow strings", _strings(size), Limit(times=2.0), bench)


def peak(bench: Bench) -> Iterator[Row]:
    """The memory of a run in which one process makes an array and another sums it up."""
    size = bench.size(1_000, 50)
    command = [sys.executable, str(Path(__file__)), "peak", str(size)]
    used = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
    line = f"memory while {size:,} MB go from process to process"
    yield Row(line, "the array and one copy", 2.0 * size, used, Limit(over=100.0), unit="MB")


def nodes(bench: Bench) -> Iterator[Row]:
    """Nodes that do nothing."""
    count = bench.size(1_000, 100)
    chain = Pipeline([node(_same, f"x{number}", f"x{number + 1}", name=f"n{number}") for number in range(count)])
    wide = Pipeline([node(_same, "x0", f"y{number}", name=f"n{number}") for number in range(count)])
    for name, pipeline, floor_of in (("chain", chain, _calls_in_turn), ("wide graph", wide, _calls_at_once)):
        floor, ours = in_turns(lambda floor_of=floor_of: floor_of(count), _runs(pipeline), repeat=5, unit=WALL)
        line = f"a {name} of {count:,} nodes over two processes"
        yield Row(line, "concurrent.futures", floor, ours, Limit(times=3.0), unit=WALL)
    count = bench.size(100, 10)
    few = Pipeline([node(_same, f"x{number}", f"x{number + 1}", name=f"n{number}") for number in range(count)])
    floor, ours = in_turns(lambda: _calls_in_turn(count), _runs(few), repeat=5, unit=WALL)
    peer = bench.peer("processes", count)
    yield Row(f"{count} nodes over two processes", "concurrent.futures", floor, ours, Limit(), unit=WALL, peer=peer)


def runs(bench: Bench) -> Iterator[Row]:
    """Whole runs of two nodes in two processes: one makes data, the other takes it."""
    small, large = bench.size(200, 20), bench.size(1_000, 50)
    cases = [
        ("array", _made, small),
        ("array", _made, large),
        ("numbers", _numbers, small),
        ("strings", _strings, small),
    ]
    for kind, make, size in cases:
        yield _run(kind, make, size, bench)


def whole_run(bench: Bench) -> Iterator[Row]:
    """The first of these, at any size."""
    yield _run("array", _made, bench.size(1_000, 50), bench)


def _run(kind: str, make: Callable[[int], object], size: int, bench: Bench) -> Row:
    pipeline = Pipeline([node(make, "x0", "data"), node(len, "data", "length")])

    def ours() -> object:
        runner = ParallelRunner(max_workers=2, start_method="fork")
        return runner.run(pipeline, DataCatalog({"x0": size}))

    def floor() -> None:
        make(size)
        _copied(size * MB)

    least, taken = in_turns(floor, ours, repeat=bench.times(3, 2), unit=WALL)
    line, peer = f"a run in which {size:,} MB ({kind}) change process", bench.peer("handing_on", kind, size)
    return Row(line, "made, and one memcpy", least, taken, Limit(), unit=WALL, peer=peer)


def _handed_on(line: str, data: object, limit: Limit, bench: Bench) -> Row:
    with Exchange() as exchange:
        size = exchange.put(data).size

        def ours() -> None:
            parcel = exchange.put(data)
            parcel.load()
            parcel.free()

        floor, taken = in_turns(lambda: _copied(size), ours, repeat=bench.times(5, 3), unit=WALL)
    return Row(line, "memcpy to shared memory", floor, taken, limit, unit=WALL)


def _copied(size: int) -> None:
    source = _SOURCES.setdefault(size, np.ones(size, dtype="u1"))
    memory = shared_memory.SharedMemory(create=True, size=size)
    np.copyto(np.ndarray(size, dtype="u1", buffer=memory.buf), source)
    memory.close()
    memory.unlink()


_SOURCES: dict[int, np.ndarray] = {}


def _same(value: object) -> object:
    return value


def _calls_in_turn(count: int) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        value: object = 1
        for _ in range(count):
            value = pool.submit(_same, value).result()


def _calls_at_once(count: int) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        futures = [pool.submit(_same, 1) for _ in range(count)]
        assert all(future.result() for future in futures)


def _runs(pipeline: Pipeline) -> Callable[[], object]:
    return lambda: ParallelRunner(max_workers=2, start_method="fork").run(pipeline, DataCatalog({"x0": 1}))


def _made(size: int) -> np.ndarray:
    return np.ones(size * MB // 8)


def _numbers(size: int) -> pd.DataFrame:
    return pd.DataFrame(np.ones((size * MB // 80, 10)))


def _strings(size: int) -> pd.DataFrame:
    text = pd.Series([f"text {number:09d}" for number in range(size * MB // 44)])
    return pd.DataFrame({"a": text, "b": text.str.upper()})


def _summed(data: np.ndarray) -> float:
    return float(data.sum())


def _print_peak(size: int) -> None:
    import threading
    import time

    before, highest, over = _memory(), [0.0], threading.Event()

    def watch() -> None:
        while not over.is_set():
            highest[0] = max(highest[0], _memory() - before)
            time.sleep(0.005)

    watcher = threading.Thread(target=watch)
    pipeline = Pipeline([node(_made, "size", "data"), node(_summed, "data", "sum")])
    watcher.start()
    ParallelRunner(max_workers=2, start_method="forkserver").run(pipeline, DataCatalog({"size": size}))
    over.set()
    watcher.join()
    print(highest[0])


def _memory() -> float:
    """Megabytes that all our processes have for themselves, and those in shared memory, once."""
    ours, grew = {os.getpid()}, True
    parents: dict[int, tuple[int, int]] = {}
    for each in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError, KeyError):
            found = dict(line.split(":", 1) for line in each.read_text().splitlines())
            parents[int(found["Pid"])] = int(found["PPid"]), int(found["RssAnon"].split()[0]) * 1024
    while grew:
        more = {pid for pid, (parent, _) in parents.items() if parent in ours} - ours
        ours, grew = ours | more, bool(more)
    private = sum(size for pid, (_, size) in parents.items() if pid in ours)
    shared = 0
    for each in Path("/dev/shm").glob(f"tidemill-exchange-{os.getpid()}-*/*"):  # noqa: S108 - only looked at
        with contextlib.suppress(FileNotFoundError):
            shared += each.stat().st_blocks * 512
    return (private + shared) / MB


if __name__ == "__main__":
    if sys.argv[1:2] == ["peak"]:
        _print_peak(int(sys.argv[2]))
    else:
        for each in (arrays, frames, peak, nodes):
            for row in each(Bench(folder="", quick="quick" in sys.argv)):
                floor, ours = quantity(row.floor, row.unit), quantity(row.ours, row.unit)
                kept = "" if row.is_kept else "   NOT KEPT"
                shown = row.limit.shown(row.unit)
                print(
                    f"{row.line:55} {row.floor_is}: {floor}; ours: {ours}; {row.ours / row.floor:.2f}x ({shown}){kept}"
                )
