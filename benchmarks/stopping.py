"""Ctrl-C: how long until the prompt is back."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from measure import WALL, Limit, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measure import Bench

_PROGRAM = """
import time
{imports}
nodes = [node(lambda _: time.sleep({pause}) or 1, "x0", f"y{{n}}", name=f"n{{n}}") for n in range(8)]
print("ready", flush=True)
ThreadRunner(max_workers=4).run(Pipeline(nodes), {catalog})
"""
_OURS = "from tidemill import DataCatalog, Pipeline, ThreadRunner, node", 'DataCatalog({"x0": 1})'
_PLAIN = "import time; print('ready', flush=True); time.sleep({pause})"


def threads(bench: Bench) -> Iterator[Row]:
    """A run in threads, each in the middle of a node that takes long."""
    pause = bench.size(20, 3)
    floor = stopped(sys.executable, _PLAIN.format(pause=pause))
    ours = stopped(sys.executable, program(*_OURS, pause))
    peer = bench.peer("stopping", pause)
    line = f"Ctrl-C while four threads are in nodes of {pause} s"
    yield Row(line, "the same of a sleeping Python", floor, ours, Limit(most=1.0), WALL, peer)


def program(imports: str, catalog: str, pause: float) -> str:
    """Return a program that runs nodes in threads."""
    return _PROGRAM.format(imports=imports, catalog=catalog, pause=pause)


def stopped(python: str, code: str) -> float:
    """Return the seconds from Ctrl-C, half a second after a program is ready, to its end."""
    with subprocess.Popen(
        [python, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.5)
        begin = time.perf_counter()
        process.send_signal(signal.SIGINT)
        process.wait()
        return time.perf_counter() - begin
