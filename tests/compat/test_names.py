"""Every module of Kedro's releases, and the names in those that users import from, are here, or absent on purpose.

`kedro_names.json` lists what each release has: facts, taken down from the installed packages.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
from pathlib import Path

import pytest

NAMES = json.loads(Path(__file__).with_name("kedro_names.json").read_text(encoding="utf-8"))
ROWS = [(release, module) for release, modules in NAMES.items() for module in modules]


@pytest.mark.parametrize(("release", "module"), ROWS, ids=[" ".join(row) for row in ROWS])
def test_a_module_has_its_names_or_says_why_not(alias, release, module):
    try:
        found = importlib.import_module(module)
    except ImportError as error:
        assert "on purpose" in str(error)  # noqa: PT017 - either
        return
    for name in NAMES[release][module].split():
        try:
            getattr(found, name)
        except AttributeError as error:
            assert "on purpose" in str(error), f"{module}.{name}"  # noqa: PT017 - either


def test_a_name_from_elsewhere_would_be_missed(alias):
    with pytest.raises(AttributeError, match="no counterpart"):
        _ = importlib.import_module("kedro.io.core").AbstractDatasett
