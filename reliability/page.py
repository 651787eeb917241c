"""The page: a table of drills, what is promised and what came out, and how each was done."""

from __future__ import annotations

import platform
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import Counter

    from drills import Drill

    Outcomes = Counter[str] | None

_INTRODUCTION = """\
# Reliability

Written by `make reliability` (with the peer's column: `make reliability PEER=1`); do not edit.

What happens to data when something goes wrong, tried out. Each number counts the trials that ended so. A row is **ok**
when nothing came out but what is promised, and a **MISS** otherwise; one MISS makes the command fail.

"""
_HOW = """
## How it is done

The same code drills both sides through their public names; the peer is Kedro 1.7 with kedro-datasets 9.6 in an
environment of its own. `-` is not measured, or the peer has nothing of the kind.

- **Killed**: each save runs in a forked process that kills itself (`SIGKILL`) before one step: a file opened to be
  written, a folder made, a rename, a removal (Python's audit hooks report them), a flush (`os.fsync`, counted). A
  first, undisturbed save counts the steps; then one save dies before each, one after the last, and one at the first,
  the middle and the last byte of each file that it writes (a limit on the size of files). On S3 (a server on this
  machine) the steps are the client's requests, reads too. A fresh process then loads: **old** and **new** are whole;
  **torn** is anything else, an error of the load included; **lost** says that nothing is there; **stuck** that the
  next save does not bring the new.
- **Disk full**: writes fail past twenty sizes (the same limit, with its signal ignored).
- **Error of the serialiser**: an object that cannot be written comes after much that can.
- **Writers and readers** are processes that begin at the same moment; a torn text is one whose lines differ.
- **Ctrl-C**: SIGINT to a run whose two nodes sleep for 25 seconds, and the time until its process ends; one second
  later nothing of its session may be left.
- **Secrets** are looked for in what is logged from INFO up; at DEBUG, fsspec itself prints the URLs that it opens.
- **Power loss** is not tried, that takes pulling plugs: `tests/io/test_faults.py` holds the order of flushes and
  renames that it depends on.
"""


def write(path: str, rows: list[tuple[Drill, Outcomes, Outcomes, bool]], *, quick: bool) -> None:
    """Write the page: the table, and how it was measured."""
    lines = ["| drill | promised | trials | here | kept | peer |", "|---|---|---|---|---|---|"]
    for drill, here, peer, kept in rows:
        count = sum(here.values()) if here else 0
        promised = " or ".join(sorted(drill.promised, reverse=True))
        cells = (drill.line, promised, f"{count}", shown(here), "ok" if kept else "**MISS**", shown(peer))
        lines.append("| " + " | ".join(cells) + " |")
    where = (
        f"Measured on {datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}, "
        f"{platform.system()} {platform.release()}{', with few trials (`--quick`)' if quick else ''}."
    )
    Path(path).write_text(f"{_INTRODUCTION}{where}\n\n" + "\n".join(lines) + f"\n{_HOW}", encoding="utf-8")


def shown(outcomes: Outcomes) -> str:
    """Return outcomes as `12 old, 3 new`."""
    if not outcomes:
        return "-"
    return ", ".join(f"{count:,} {name}" for name, count in outcomes.most_common())
