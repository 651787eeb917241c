"""docs/reference/commands.md says what `--help` says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_page_is_up_to_date():
    spec = importlib.util.spec_from_file_location("docs_commands", DOCS / "commands.py")
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)

    assert writer.page() == writer.PAGE.read_text(encoding="utf-8"), "run `make docs`"
