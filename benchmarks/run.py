"""The figures, each beside its floor: `python benchmarks/run.py --help`.

Each benchmark runs in a process of its own, where ours and the floor take turns; the fastest of several turns counts.
CPU is the CPU seconds of that process, which neighbours disturb least; wall is used where waiting is what is measured.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import sys
import tempfile
import traceback
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

import page
from measure import Bench, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

BENCHMARKS = {
    "startup": ("importing", "names"),
    "commands": ("starting", "running", "listing"),
    "catalogs": ("from_config", "get_all", "representation", "factories"),
    "configuration": ("reading", "interpolating"),
    "formats": ("speed", "memory", "streaming"),
    "tables": ("warm_load", "versioned_save"),
    "versions": ("local", "in_memory"),
    "partitions": ("local", "flat", "in_memory"),
    "increments": ("waiting",),
    "nodes": ("memory_load", "sequential"),
    "pipelines": ("building", "selecting", "adding"),
    "exchange": ("arrays", "frames", "peak", "nodes", "runs"),
    "cluster": ("nodes",),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that everything runs, not how fast")
    parser.add_argument("--only", metavar="NAME", default="", help="part of a name, such as `versions.local`")
    parser.add_argument("--peer", metavar="PYTHON", help="a Python that has Kedro, to be measured too")
    parser.add_argument("--write", metavar="PAGE", help="write the table to this page as well")
    arguments = parser.parse_args()
    wanted = [name for name in _names() if arguments.only in name]
    if not wanted:
        parser.error(f"--only: there is none of that name. There are {', '.join(_names())}.")
    rows = []
    print(page.heading(), flush=True)
    failed = []
    for name in wanted:
        try:
            measured = _apart(name, quick=arguments.quick, peer=arguments.peer)
        except Exception:  # noqa: BLE001 - the others are measured all the same, and this one is told as missed
            traceback.print_exc()
            failed.append(name)
            continue
        for row in measured:
            print(page.line(row), flush=True)
            rows.append(row)
    if arguments.write:
        page.write(arguments.write, rows)
    missed = [row.line.strip() for row in rows if not row.is_kept]
    print(f"\n{len(rows) - len(missed)} of {len(rows)} kept")
    for what, lines in (("missed", missed), ("failed", failed)):
        print("".join(f"{what}: {line}\n" for line in lines), end="")
    return 1 if failed or (missed and not arguments.quick) else 0


def _names() -> list[str]:
    return [f"{module}.{name}" for module, names in BENCHMARKS.items() for name in names]


def _apart(name: str, *, quick: bool, peer: str | None) -> list[Row]:
    """Run one benchmark in a fresh process, with a folder that is removed afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-tidemill-") as folder,
        ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool,
    ):
        return pool.submit(_rows, name, Bench(folder, quick, peer)).result()


def _rows(name: str, bench: Bench) -> list[Row]:
    module, _, function = name.partition(".")
    rows: Iterator[Row] = getattr(importlib.import_module(module), function)(bench)
    return [*rows]


if __name__ == "__main__":
    sys.exit(main())
