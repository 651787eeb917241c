"""The links of README.md, CONTRIBUTING.md, CHANGELOG.md and docs/ lead somewhere; `make docs` asks for anchors too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*/*.md")]
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    targets = [each["target"] for each in LINK.finditer(text)]
    local = [each.partition("#")[0] for each in targets if "://" not in each and not each.startswith(("#", "mailto:"))]

    assert not [each for each in local if not (page.parent / each).exists() and ".demo" not in each]
