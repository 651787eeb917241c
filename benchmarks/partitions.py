"""Folders of very many files, listed; and what the list of them costs in memory."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fsspec
from measure import MEGABYTES, Limit, Row, in_turns, peak_of

from tidemill import PartitionedDataset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measure import Bench

_FEWER = 1_000


def local(bench: Bench) -> Iterator[Row]:
    """A tree on local disk."""
    folders = bench.size(1_000, 20)
    root = _tree(bench, "tree", folders, 1_000)
    yield from _rows(bench, root, f"{folders * 1_000:,} files in {folders:,} folders", memory=450)


def flat(bench: Bench) -> Iterator[Row]:
    """One folder on local disk."""
    count = bench.size(300_000, 20_000)
    root = _tree(bench, "flat", 1, count)
    yield from _rows(bench, root, f"{count:,} files in one folder", memory=None)


def in_memory(bench: Bench) -> Iterator[Row]:
    """`memory://`, where only the filesystem's own `find` can list them."""
    count = bench.size(100_000, 5_000)
    fs = fsspec.filesystem("memory")
    for number in range(count):
        fs.pipe_file(f"/bench/parts/{number % 100}/{number}.csv", b"")
    root = "memory://bench/parts"
    floor, ours = in_turns(lambda: fs.find("/bench/parts"), lambda: _load(root), repeat=3)
    line = f"PartitionedDataset.load, {count:,} files on memory://"
    yield Row(line, "the filesystem's find", floor, ours, Limit(times=2))


def names_below(root: str) -> list[str]:
    """The floor: every name that a recursive `os.scandir` finds."""
    names = []
    folders = [root]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(entry.path)
                else:
                    names.append(entry.name)
    return names


def _rows(bench: Bench, root: str, what: str, memory: int | None) -> Iterator[Row]:
    assert len(_load(root)) == len(names_below(root))
    line = f"PartitionedDataset.load, {what}"
    floor, ours = in_turns(lambda: names_below(root), lambda: _load(root), repeat=bench.times(5, 3))
    peer = bench.peer("partitions", root)
    yield Row(line, "recursive os.scandir, keeping names", floor, ours, Limit(times=1.5), peer=peer)
    floor, ours = in_turns(lambda: _plain_dict(root), lambda: {**_load(root)}, repeat=3)
    yield Row(
        "  and all of it put into a dict", "a dict of sorted name -> functools.partial", floor, ours, Limit(times=3)
    )
    if memory is not None:
        floor, ours = peak_of(names_below, root), peak_of(_load, root)
        peer = bench.peer("partitions_peak", root)
        yield Row("  its peak of memory", "recursive os.scandir", floor, ours, Limit(most=memory), MEGABYTES, peer)


def _load(root: str) -> dict[str, Any]:
    return PartitionedDataset(root, "pandas.CSVDataset", filename_suffix=".csv").load()


def _plain_dict(root: str) -> object:
    return {name: partial(_load, name) for name in sorted(names_below(root))}


def _tree(bench: Bench, name: str, folders: int, each: int) -> str:
    """Make empty files, fast: one file for each 50,000, and hard links to it."""
    root = Path(bench.folder, name)
    for folder in range(folders):
        place = root / f"{folder:04d}"
        place.mkdir(parents=True)
        descriptor = os.open(place, os.O_RDONLY)
        for number in range(each):
            file = f"part-{folder:04d}-{number:06d}.csv"
            if number % 50_000 == 0:
                first = file
                os.close(os.open(first, os.O_CREAT, 0o644, dir_fd=descriptor))
            else:
                os.link(first, file, src_dir_fd=descriptor, dst_dir_fd=descriptor)
        os.close(descriptor)
    return str(root)
