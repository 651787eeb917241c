"""Every Python block of README.md and docs/ runs, page by page, from top to bottom."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(?P<language>python|yaml)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (?P<path>[\w./-]+\.(?:py|ya?ml))\s*\n")


def blocks(page: Path) -> list[re.Match[str]]:
    return list(BLOCK.finditer(page.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "page", [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES if "```python" in page.read_text()]
)
def test_page(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(page):
        # A block whose first line names a file is that file: what comes later may read or import it.
        if file := FILE.match(block["text"]):
            target = tmp_path / file["path"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block["text"])
        if block["language"] == "python":
            line = block.string.count("\n", 0, block.start("text"))
            # Empty lines in front: a traceback gives the line in the page.
            exec(compile("\n" * line + block["text"], str(page), "exec"), names)  # noqa: S102
