"""Projects written for Kedro run unchanged, and leave the very files that they leave with Kedro.

What those are was recorded by `.ci/side_by_side.py`, which plays the same scenarios with the real Kedro.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from tests.compat.scenarios import EXPECTED, SCENARIOS, play

import tidemill

RECORDED = json.loads(EXPECTED.read_text(encoding="utf-8"))
ALL = [(project, scenario) for project, scenarios in SCENARIOS.items() for scenario in scenarios]
#: As for tests that import by path: Tidemill is where it is, installed or not.
WHERE = {"PYTHONPATH": str(Path(tidemill.__file__).parents[1]), "PYTHONWARNINGS": "error"}


@pytest.mark.parametrize(("project", "scenario"), ALL, ids=[" - ".join(each) for each in ALL])
def test_a_project_leaves_what_it_leaves_with_kedro(tmp_path, project, scenario):
    found = play(project, scenario, tmp_path, "tidemill", sys.executable, WHERE)

    assert found == RECORDED[project][scenario]
