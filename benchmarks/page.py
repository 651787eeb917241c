"""The table: on the screen, line by line, and as a page of the documentation."""

from __future__ import annotations

import os
import platform
import sys
from datetime import datetime, timezone
from importlib.metadata import version
from math import isinf
from pathlib import Path
from typing import TYPE_CHECKING

import plots
from measure import PEER_PATIENCE, quantity

if TYPE_CHECKING:
    from measure import Curve, Row

_HEADINGS = ("line", "unit", "floor", "ours", "ratio", "target", "", "peer", "peer/ours")
_WIDTHS = (62, 8, 9, 9, 7, 17, 5, 9, 9)

_INTRODUCTION = """\
# Benchmarks

Written by `make bench PEER=1`; do not edit.

Each line stands beside its floor: the least work that anyone could do for the same result, measured in the same
process and in turns with ours; the median of several turns counts. *CPU* is CPU seconds (user and system), *wall* is
wall-clock time, *MB* is the peak of resident memory of a process of its own. The peer is Kedro 1.7 with kedro-datasets
9.6, measured on the same machine, after each of our lines, by its public API: the median of three processes, or one
where that takes longer than 4 seconds; what took it longer than 45 seconds was stopped. Where its column is empty, it
has nothing of the kind, or the line compares us with ourselves. **MISS** marks a line that misses its target.

"""
_PICTURES = """\
## How many times the floor

![Dots on a logarithmic scale: for each line that both were measured for, the ratio to the floor](images/ratios.svg)

## How cost grows

![Six small plots: cost over size for the floor, Tidemill and Kedro, logarithmic both ways](images/growth.svg)
"""


def heading() -> str:
    return _columns(_HEADINGS)


def line(row: Row) -> str:
    return _columns(_cells(row))


def write(path: str, topics: dict[str, list[Row]], curves: list[Curve], at_once: int = 1) -> None:
    """Write the page: how to read it, where and when it was measured, the tables; and the pictures beside it."""
    beside = f" {at_once} benchmarks ran side by side, which disturbs wall-clock times." if at_once > 1 else ""
    lines = [f"{_INTRODUCTION}{_where()}{beside}", "", _summary([row for rows in topics.values() for row in rows]), ""]
    for topic, rows in topics.items():
        lines += [f"## {topic}", ""]
        table = [("line", "floor is", *_HEADINGS[1:]), ("---",) * (len(_HEADINGS) + 1)]
        for row in rows:
            first, *others = _cells(row)
            table.append((first, row.floor_is, *others))
        lines += ["| " + " | ".join(cells) + " |" for cells in table]
        lines.append("")
    Path(path).write_text("\n".join(lines) + _PICTURES, encoding="utf-8")
    plots.ratios(topics, Path(path).parent / "images" / "ratios.svg")
    plots.growth(curves, Path(path).parent / "images" / "growth.svg")


def _summary(rows: list[Row]) -> str:
    missed = [row.line.strip() for row in rows if not row.is_kept]
    said = f"{len(rows) - len(missed)} of {len(rows)} lines keep their target."
    return said + (f" Missed: {'; '.join(missed)}." if missed else "")


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.line,
        row.unit,
        quantity(row.floor, row.unit),
        quantity(row.ours, row.unit),
        f"{row.ours / row.floor:.3g}",
        row.limit.shown(row.unit),
        "ok" if row.is_kept else "**MISS**",
        "" if row.peer is None else quantity(row.peer, row.unit),
        "" if row.peer is None else f"{'> ' if isinf(row.peer) else ''}{_finite(row.peer) / row.ours:.3g}",
    )


def _finite(seconds: float) -> float:
    return PEER_PATIENCE if isinf(seconds) else seconds


def _columns(cells: tuple[str, ...]) -> str:
    first, *others = (cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True))
    return " ".join([first, *others]).rstrip()


def _where() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("pandas", "fsspec", "PyYAML"))
    return (
        f"Measured on {datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC: Tidemill {version('tidemill')}, "
        f"Python {platform.python_version()}, {libraries}; {_processor()}, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.release()}, {sys.platform}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        return platform.processor() or platform.machine()
    return next((each.partition(":")[2].strip() for each in lines if each.startswith("model name")), platform.machine())
