"""The table: on the screen, line by line, and as a page of the documentation."""

from __future__ import annotations

import os
import platform
import sys
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from measure import quantity

if TYPE_CHECKING:
    from measure import Row

_HEADINGS = ("line", "unit", "floor", "ours", "ratio", "target", "", "peer")
_WIDTHS = (62, 5, 9, 9, 7, 17, 5, 9)

_INTRODUCTION = """\
# Benchmarks

Written by `make bench ARGS='--peer PATH_TO_PYTHON --write docs/benchmarks.md'`; do not edit.

Each line stands beside its floor: the least work that anyone could do for the same result, measured in the same
process and in turns with ours. The fastest of several turns counts. *CPU* is CPU seconds (user and system), *wall*
is wall-clock time, *MB* is the peak of resident memory of a process of its own. The peer is Kedro, measured on the same
machine by its public API, once; what took it longer than two minutes was stopped.

"""


def heading() -> str:
    return _columns(_HEADINGS)


def line(row: Row) -> str:
    return _columns(_cells(row))


def write(path: str, rows: list[Row]) -> None:
    """Write the page: how to read it, where and when it was measured, and the table."""
    table = [("line", "floor is", *_HEADINGS[1:]), ("---",) * (len(_HEADINGS) + 1)]
    for row in rows:
        first, *others = _cells(row)
        table.append((first, row.floor_is, *others))
    lines = ["| " + " | ".join(cells) + " |" for cells in table]
    Path(path).write_text(f"{_INTRODUCTION}{_where()}\n\n" + "\n".join(lines) + "\n", encoding="utf-8")


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.line,
        row.unit,
        quantity(row.floor, row.unit),
        quantity(row.ours, row.unit),
        f"{row.ours / row.floor:.3g}",
        row.limit.shown(row.unit),
        "ok" if row.is_kept else "MISS",
        "" if row.peer is None else quantity(row.peer, row.unit),
    )


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
