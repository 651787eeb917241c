"""What a run must not leave behind, processes and files, and that it ends without waiting for its nodes."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

# They serve all runs of a program, and end with it.
SERVERS = ("multiprocessing.forkserver", "multiprocessing.resource_tracker")
#: Seconds: fewer than the nodes of these tests sleep, however busy the machine; `benchmarks/stopping.py` measures them.
SOON = 20.0


def processes() -> set[int]:
    """All living descendants of this process, without the servers of `multiprocessing`."""
    parents: dict[int, int] = {}
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                state, parent = (each / "stat").read_text().rpartition(")")[2].split()[:2]
                command = (each / "cmdline").read_text()
            except OSError:
                continue
            if state != "Z":
                parents[int(each.name)] = int(parent) * (-1 if any(server in command for server in SERVERS) else 1)
    found: set[int] = set()
    waiting = [os.getpid()]
    while waiting:
        parent = waiting.pop()
        children = [pid for pid, its in parents.items() if abs(its) == parent]
        waiting += children
        found |= {pid for pid in children if parents[pid] > 0}
    return found


def files() -> set[str]:
    places = [place for place in ("/dev/shm", tempfile.gettempdir()) if os.path.isdir(place)]
    own = f"tidemill-exchange-{os.getpid()}-"
    return {str(path) for place in places for path in Path(place).glob(f"{own}*")}


def assert_no_more(before: set[int], patience: float = 3.0) -> None:
    """Nothing is there that was not before; what is just ending has a moment to do so."""
    end = time.monotonic() + patience
    while (left := processes() - before) and time.monotonic() < end:
        time.sleep(0.02)
    assert not left, {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in left}
    assert not files()
