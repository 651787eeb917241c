"""Write the lists of docs/datasets.md from the table of datasets: `python docs/datasets.py`, or `make docs`."""

from __future__ import annotations

import re
from pathlib import Path

from tidemill.datasets import DATASETS, RENAMED, Row

PAGE = Path(__file__).with_suffix(".md")
_PART = re.compile(r"(<!-- (?P<name>\w+): written by docs/datasets\.py -->\n).*?(<!-- end -->)", re.DOTALL)


def page(text: str) -> str:
    """Return the text of the page with its lists as the table says."""
    parts = {"datasets": _datasets(), "renamed": _renamed()}
    return _PART.sub(lambda found: found[1] + parts[found["name"]] + found[3], text)


def _datasets() -> str:
    lines = ["\n| `type` | what it is | versions | install |", "| --- | --- | --- | --- |"]
    lines += [_line(name, row) for name, row in sorted(DATASETS.items())]
    return "\n".join(lines) + "\n\n"


def _line(name: str, row: Row) -> str:
    install = f"`tidemill[{row.extra}]`" if row.extra else "—"
    return f"| `{name}` | {row.about} | {'yes' if row.versioned else '—'} | {install} |"


def _renamed() -> str:
    return "".join(f"- `{old}` is `{new}`\n" for old, new in sorted(RENAMED.items()))


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
