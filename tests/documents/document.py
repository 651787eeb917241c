"""The code of the two documents that Tidemill is specified by, block by block."""

from __future__ import annotations

import re
from pathlib import Path

BLOCKS = Path(__file__).parent / "blocks"
#: The documents lie beside a checkout, not in it.
SPEC = Path(__file__).parents[3] / "shared" / "spec"


def blocks(document: str) -> list[str]:
    """Return the names of the blocks of a document, "000" or "001", in its order."""
    return sorted(path.name for path in BLOCKS.glob(f"{document}_*"))


def block(name: str) -> str:
    """Return a block, verbatim."""
    return (BLOCKS / name).read_text(encoding="utf-8")


def with_our_root(text: str) -> str:
    """Return code with its import root changed, and nothing else."""
    return re.sub(r"\bkedro\.", "tidemill.", re.sub(r"\bkedro\.extras\.datasets\b", "tidemill.datasets", text))


def files_drawn(tree: str) -> list[str]:
    """Return the paths of the files in a drawing of folders."""
    found: list[str] = []
    folders: list[str] = []
    for line in tree.splitlines():
        name = line.lstrip("│├└─ \u00a0")
        depth = (len(line) - len(name)) // 4
        folders[depth:] = [name.rstrip("/")]
        if "." in name and not name.endswith("/") and depth:
            found.append("/".join(folders))
    return found


def session(text: str) -> list[tuple[str, str | None]]:
    """Return the inputs of a console session, each with the output that is shown below it, if any."""
    found: list[tuple[str, str | None]] = []
    for line in text.splitlines():
        prompt, _, rest = line.partition(": ")
        if prompt.startswith("In ["):
            found.append((rest, None))
        elif prompt.startswith("Out["):
            found[-1] = found[-1][0], rest
    return found
