"""docs/datasets.md says what the table says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from tidemill.datasets import DATASETS

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_page_is_up_to_date():
    spec = importlib.util.spec_from_file_location("docs_datasets", DOCS / "datasets.py")
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    text = (DOCS / "datasets.md").read_text(encoding="utf-8")

    assert writer.page(text) == text, "run `make docs`"
    assert all(f"| `{name}` | " in text for name in DATASETS)
