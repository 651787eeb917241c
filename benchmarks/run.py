"""The figures, each beside its floor: `python benchmarks/run.py --help`.

Each benchmark runs in a process of its own, where ours and the floor take turns; the median of several turns counts.
CPU is the CPU seconds of that process, which neighbours disturb least; wall is used where waiting is what is measured.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import os
import sys
import tempfile
import traceback
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING

import page
from measure import Bench, Curve, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Topic -> module -> its benchmarks.
BENCHMARKS = {
    "Starting": {"startup": ("importing", "names"), "commands": ("starting", "running", "listing", "first", "screens")},
    "Catalogs and configuration": {
        "catalogs": ("from_config", "get_all", "representation", "factories"),
        "configuration": ("reading", "interpolating"),
    },
    "Files": {"formats": ("speed", "memory", "streaming"), "tables": ("warm_load", "versioned_save")},
    "Versions": {"versions": ("local", "in_memory", "requests")},
    "Partitions and increments": {"partitions": ("local", "flat", "in_memory"), "increments": ("waiting",)},
    "Pipelines and runs": {
        "nodes": ("memory_load", "sequential"),
        "pipelines": ("building", "selecting", "adding"),
        "stopping": ("threads", "processes", "dask"),
    },
    "Between processes": {"exchange": ("arrays", "frames", "peak", "nodes", "runs"), "cluster": ("nodes",)},
}
#: Curve -> the benchmark whose first row it shows, what its size counts, the full size, the parts to measure of it.
CURVES: dict[str, tuple[str, str, int, tuple[float, ...]]] = {
    "a catalog, parsed": ("catalogs.from_config", "entries", 100_000, (0.01, 0.1, 1)),
    "its file, read": ("configuration.reading", "entries", 10_000, (0.01, 0.1, 1)),
    "the latest version, loaded": ("versions.local", "versions", 100_000, (0.01, 0.1, 1)),
    "a folder of partitions, loaded": ("partitions.flat", "files", 300_000, (0.01, 0.1, 1)),
    "a chain, run": ("nodes.sequential", "nodes", 10_000, (0.01, 0.1, 1)),
    "an array, from process to process": ("exchange.whole_run", "MB", 1_000, (0.01, 0.1, 1)),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that everything runs, not how fast")
    parser.add_argument("--only", metavar="NAME", default="", help="part of a name, such as `versions.local`")
    parser.add_argument(
        "--peer", metavar="PYTHON", type=os.path.abspath, help="a Python that has Kedro, to be measured too"
    )
    parser.add_argument(
        "--write", metavar="PAGE", help="write the tables and plots to this page, unless --only is given"
    )
    parser.add_argument(
        "--at-once", metavar="N", type=int, default=1, help="how many run side by side, which disturbs wall"
    )
    arguments = parser.parse_args()
    wanted = [(topic, name) for topic, name in _names() if arguments.only in name]
    if not wanted:
        parser.error(f"--only: there is none of that name. There are {', '.join(name for _, name in _names())}.")
    topics: dict[str, list[Row]] = {}
    print(page.heading(), flush=True)
    failed: list[str] = []
    measured: dict[str, list[Row]] = {}
    with ThreadPoolExecutor(arguments.at_once) as pool:
        found = pool.map(lambda each: _measured(each[1], failed, arguments), wanted)
        for (topic, name), rows in zip(wanted, found, strict=True):
            measured[name] = rows
            topics.setdefault(topic, []).extend(rows)
            print("".join(f"{page.line(row)}\n" for row in rows), end="", flush=True)
        if arguments.write and not arguments.only:
            curves = [*pool.map(lambda each: _curve(*each, measured, failed, arguments), CURVES.items())]
            page.write(arguments.write, topics, curves, arguments.at_once)
    rows = [row for each in topics.values() for row in each]
    missed = [row.line.strip() for row in rows if not row.is_kept]
    print(f"\n{len(rows) - len(missed)} of {len(rows)} kept")
    for what, lines in (("missed", missed), ("failed", failed)):
        print("".join(f"{what}: {line}\n" for line in lines), end="")
    return 1 if failed or (missed and not arguments.quick) else 0


def _names() -> list[tuple[str, str]]:
    return [
        (topic, f"{module}.{name}")
        for topic, modules in BENCHMARKS.items()
        for module, names in modules.items()
        for name in names
    ]


def _curve(
    what: str,
    how: tuple[str, str, int, tuple[float, ...]],
    measured: dict[str, list[Row]],
    failed: list[str],
    arguments: argparse.Namespace,
) -> Curve:
    """Measure the first row of a benchmark at several sizes; the full one may have been measured already."""
    name, counts, full, parts = how
    points = []
    for part in parts:
        rows = (measured.get(name) if part == 1 else None) or _measured(name, failed, arguments, part)
        points += [(round(full * part), row) for row in rows[:1]]
    return Curve(what, counts, points)


def _measured(name: str, failed: list[str], arguments: argparse.Namespace, scale: float = 1) -> list[Row]:
    """Run one benchmark in a fresh process, with a folder that is removed afterwards."""
    try:
        with (
            tempfile.TemporaryDirectory(prefix="bench-tidemill-") as folder,
            ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool,
        ):
            return pool.submit(_rows, name, Bench(folder, arguments.quick, arguments.peer, scale)).result()
    except Exception:  # noqa: BLE001 - the others are measured all the same, and this one is told as missed
        traceback.print_exc()
        failed.append(name)
        return []


def _rows(name: str, bench: Bench) -> list[Row]:
    module, _, function = name.partition(".")
    rows: Iterator[Row] = getattr(importlib.import_module(module), function)(bench)
    return [*rows]


if __name__ == "__main__":
    sys.exit(main())
