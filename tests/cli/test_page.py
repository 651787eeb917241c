"""docs/reference/commands.md says what `--help` says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_page_is_up_to_date():
    spec = importlib.util.spec_from_file_location("docs_commands", DOCS / "commands.py")
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)

    # Where lines break is click's business, and differs from one release to the next.
    assert writer.page().split() == writer.PAGE.read_text(encoding="utf-8").split(), "run `make docs`"
