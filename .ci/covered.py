"""Say how much of the lines and of the branches the tests have run, each by itself, and fail where it is too little.

What coverage calls its total adds the two up, and the lines, which are more, hide the branches.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

LEAST = 95.0  # percent
SHOWN = 25


def share(summary: dict[str, Any], covered: str, of: str) -> float:
    """Return the percentage, 100 of nothing."""
    return 100 * summary[covered] / summary[of] if summary[of] else 100.0


def missed(summary: dict[str, Any]) -> int:
    """Return how many lines and branches did not run."""
    return int(summary["missing_lines"] + summary["missing_branches"])


def main(report: str) -> None:
    """Print the modules that miss most, and the two figures.

    Args:
        report: What `coverage json` has written.

    Raises:
        SystemExit: If one of the figures is too low.
    """
    found = json.loads(Path(report).read_text())
    files = {name: each["summary"] for name, each in found["files"].items() if missed(each["summary"])}
    for name in sorted(files, key=lambda name: -missed(files[name]))[:SHOWN]:
        lines, branches = found["files"][name]["missing_lines"], found["files"][name]["missing_branches"]
        jumps = " ".join(f"{start}->{'end' if end < 0 else end}" for start, end in branches if end not in lines)
        print(f"{missed(files[name]):4} {name}: {' '.join(map(str, lines))}{f' | {jumps}' if jumps else ''}")
    totals = found["totals"]
    figures = {
        "lines": ("covered_lines", "num_statements"),
        "branches": ("covered_branches", "num_branches"),
    }
    low = []
    for what, keys in figures.items():
        percent = share(totals, *keys)
        print(f"{what}: {percent:.2f} % ({totals[keys[0]]} of {totals[keys[1]]})")
        if percent < LEAST:
            low.append(what)
    if low:
        sys.exit(f"The tests run less than {LEAST:g} % of the {' and of the '.join(low)}.")


if __name__ == "__main__":
    main(sys.argv[1])
