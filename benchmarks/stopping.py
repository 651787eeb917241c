"""Ctrl-C: how long until the prompt is back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from measure import WALL, Limit, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measure import Bench

_PROGRAM = """
import time
{imports}
def wait(_):
    print("ready", flush=True)
    time.sleep({pause})
    return 1
nodes = [node(wait, "x0", f"y{{n}}", name=f"n{{n}}") for n in range(8)]
{runner}(max_workers={workers}).run(Pipeline(nodes), {catalog})
"""
_PATIENCE = 40
_OURS = "from tidemill import DaskRunner, DataCatalog, ParallelRunner, Pipeline, ThreadRunner, node"
_CATALOG = 'DataCatalog({"x0": 1})'
_PLAIN = "import time; print('ready', flush=True); time.sleep({pause})"


def threads(bench: Bench) -> Iterator[Row]:
    """A run in threads, each in the middle of a node that takes long."""
    yield _row(bench, "four threads", "ThreadRunner", 4)


def processes(bench: Bench) -> Iterator[Row]:
    """The same in worker processes."""
    yield _row(bench, "two worker processes", "ParallelRunner", 2)


def dask(bench: Bench) -> Iterator[Row]:
    """The same in a Dask cluster on this machine; Kedro has no such runner."""
    yield _row(bench, "two processes of a Dask cluster", "DaskRunner", 2)


def _row(bench: Bench, who: str, runner: str, workers: int) -> Row:
    pause = bench.size(20, 3)
    floor = stopped(sys.executable, _PLAIN.format(pause=pause))
    ours = stopped(sys.executable, program(_OURS, _CATALOG, runner, workers, pause))
    peer = None if runner == "DaskRunner" else bench.peer("stopping", runner, workers, pause)
    line = f"Ctrl-C while {who} are in nodes of {pause} s"
    return Row(line, "the same of a sleeping Python", floor, ours, Limit(most=1.0), WALL, peer)


def program(imports: str, catalog: str, runner: str, workers: int, pause: float) -> str:
    """Return a program that runs nodes."""
    return _PROGRAM.format(imports=imports, catalog=catalog, runner=runner, workers=workers, pause=pause)


def stopped(python: str, code: str) -> float:
    """Return the seconds from Ctrl-C, half a second after a program is ready, to its end; infinity if it has none."""
    with subprocess.Popen(
        [python, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        try:
            process.stdout.readline()
            time.sleep(0.5)
            begin = time.perf_counter()
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does
            process.wait(timeout=_PATIENCE)
            return time.perf_counter() - begin
        except subprocess.TimeoutExpired:
            return float("inf")
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
