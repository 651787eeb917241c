"""The drills run and their page is written; and what tears is reported as torn, or no drill is worth anything."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "reliability"


@pytest.fixture
def harness(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    import harness

    return harness


class TornSave:
    """It writes over the old, as `open` does."""

    old, new = "old " * 1000, "new " * 1000

    def before(self, place):
        Path(place, "file").write_text(self.old)

    def save(self, place):
        with open(f"{place}/file", "w") as file:
            file.write(self.new)

    def found(self, place):
        return {self.old: "old", self.new: "new"}.get(Path(place, "file").read_text(), "torn")


class RemovingSave(TornSave):
    """It removes the old first."""

    def save(self, place):
        Path(place, "file").unlink()
        super().save(place)


@pytest.mark.slow  # it dies at each of its steps, each time in a process of its own
def test_a_save_that_tears_is_reported_as_torn(harness):
    import drills

    found = harness.kill_everywhere(TornSave())

    assert found["torn"] >= 2
    assert found["old"]
    assert found["new"]
    drill = drills.Drill("name", "line", frozenset({"old", "new"}), lambda _: found)
    assert not drills.is_kept(drill, found)
    assert not drills.is_kept(drill, Counter())  # nothing was tried
    assert drills.is_kept(drill, Counter({"old": 1}))
    assert harness.fill_disk(TornSave())["torn"] >= 10


def test_a_save_that_removes_first_is_reported_as_losing(harness):
    assert harness.kill_everywhere(RemovingSave())["lost"] == 1


def run(*arguments):
    return subprocess.run([sys.executable, FOLDER / "run.py", *arguments], capture_output=True, text=True, check=False)


def test_drills_run_and_the_page_is_written(tmp_path):
    page = tmp_path / "reliability.md"

    done = run("--quick", "--only", "killed: JSON", "--write", page)

    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split(" | ") for line in page.read_text().splitlines() if line.startswith("|")]
    assert {len(row) for row in rows[:1] + rows[2:]} == {6}
    assert any("JSON" in row[0] and row[2] == "4" and row[4] == "ok" for row in rows)
    assert "torn" not in "".join(row[3] for row in rows if "JSON" in row[0])


def test_a_drill_that_is_not_there_is_told():
    done = run("--only", "no such drill")

    assert done.returncode == 2
    assert "saves.serialiser" in done.stderr
