"""Increments over a filesystem that takes its time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

import fsspec
from fsspec.implementations.memory import MemoryFileSystem
from measure import WALL, Limit, Row, in_turns

from tidemill import IncrementalDataset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measure import Bench

LATENCY = 0.020


class SlowFileSystem(MemoryFileSystem):
    """Memory, each of whose files takes 20 ms to open."""

    protocol = "slow"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return super()._strip_protocol(path.replace("slow://", "memory://"))

    def _open(self, *args: Any, **kwargs: Any) -> Any:
        time.sleep(LATENCY)
        return super()._open(*args, **kwargs)


def waiting(bench: Bench) -> Iterator[Row]:
    """Many small files, each of which takes 20 ms to open."""
    fsspec.register_implementation("slow", SlowFileSystem, clobber=True)
    fs = fsspec.filesystem("slow")
    count = bench.size(500, 100)
    paths = [f"/events/{number:04d}.txt" for number in range(count)]
    for path in paths:
        fs.pipe_file(path, b"an event")

    def one_by_one() -> list[bytes]:
        found = []
        for path in paths:
            with fs.open(path) as file:
                found.append(file.read())
        return found

    def ours() -> Any:
        data = IncrementalDataset("slow://events", "text.TextDataset", filename_suffix=".txt").load()
        assert len(data) == count
        return data

    floor, seconds = in_turns(one_by_one, ours, repeat=bench.times(2, 1), unit=WALL)
    line = f"{count:,} increments of {LATENCY * 1000:.0f} ms each"
    yield Row(line, "one by one", floor, seconds, Limit(times=1 / 8), WALL, bench.peer("increments", count, LATENCY))
