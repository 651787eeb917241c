"""What `make demo` promises: run twice in a copy of the example, and looked at from outside."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

EXAMPLE = Path(__file__).parents[1] / "examples" / "exchange"
VERSIONED = [
    "rates.parquet",
    "check.json",
    "flag_colours.parquet",
    "lookalikes.csv",
    "zones.csv",
    "currencies.csv",
    "board.png",
    "report.md",
]
YEAR = [f"2022-{month:02}" for month in range(1, 13)]
LATE = ["2023-01", "2023-02", "2023-03"]

ONCE = """
from pipeline import exchange
from tidemill import DataCatalog, SequentialRunner
from tidemill.config import read_config

catalog = DataCatalog.from_config(read_config("catalog.yml"))
SequentialRunner().run(exchange(), catalog)
print(catalog.load("check")["new_months"])
"""


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file that would be in git, by its path."""
    skip = {".demo", "__pycache__"}
    files = [path for path in folder.rglob("*") if path.is_file() and not skip & set(path.relative_to(folder).parts)]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def run_demo(project: Path) -> subprocess.CompletedProcess[str]:
    """Run it as `make demo` does, from a folder that is not the project's."""
    return python(str(project / "run.py"), where=project.parent)


def run_once(project: Path) -> subprocess.CompletedProcess[str]:
    """Run the pipeline once on what is in the inbox, and print what was new."""
    return python("-c", ONCE, where=project)


def python(*command: str, where: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-W", "error", *command],
        cwd=where,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    copied = tmp_path_factory.mktemp("somewhere") / "exchange"
    shutil.copytree(EXAMPLE, copied, ignore=shutil.ignore_patterns(".demo", "__pycache__"))
    return copied


@pytest.fixture(scope="module")
def demos(project):
    return [run_demo(project), run_demo(project)]


def versions(project: Path, name: str) -> list[Path]:
    return sorted(path for path in (project / ".demo" / name).iterdir() if not path.name.startswith("."))


def test_it_succeeds_quietly_and_tells_what_it_did_in_about_a_dozen_lines(demos):
    for demo in demos:
        assert demo.returncode == 0, demo.stderr
        assert demo.stderr == ""
        assert 10 <= len(demo.stdout.splitlines()) <= 16
        assert "12 new months picked up and confirmed, 2022-01 to 2022-12" in demo.stdout
        assert "3 new months picked up and confirmed, 2023-01 to 2023-03" in demo.stdout


def test_the_paths_that_it_prints_exist_where_the_user_stands(project, demos):
    printed = re.findall(r"exchange/\S+\.(?:md|png|yml|json)(?=[\s,]|$)", demos[1].stdout)
    assert len(printed) >= 3
    assert all((project.parent / path).is_file() for path in printed), printed
    assert str(project) not in demos[1].stdout


@pytest.mark.usefixtures("demos")
def test_each_run_picks_up_only_the_months_that_are_new(project):
    checks = [json.loads((path / "check.json").read_text()) for path in versions(project, "check.json")]
    assert [check["new_months"] for check in checks] == [YEAR, LATE] * 2
    assert [check["rows"] for check in checks] == [8009, 9959] * 2
    assert (project / ".demo/inbox/CHECKPOINT").read_text() == "2023-03"


@pytest.mark.usefixtures("demos")
def test_the_partitions_of_the_first_run_are_not_written_again_by_the_second(project):
    written = {path.stem: path.stat().st_mtime_ns for path in (project / ".demo/months").iterdir()}
    assert sorted(written) == YEAR + LATE
    arrived = (project / ".demo/inbox/2023-01.csv").stat().st_mtime_ns
    assert all((written[month] > arrived) == (month in LATE) for month in written)


@pytest.mark.usefixtures("demos")
@pytest.mark.parametrize("name", VERSIONED)
def test_each_run_adds_one_version_with_its_manifest(project, name):
    found = versions(project, name)
    assert len(found) == 4
    for version in found:
        manifest = json.loads((version / ".manifest.json").read_text(encoding="utf-8"))
        assert manifest["state"] == "committed"
        assert manifest["version"] == version.name
        assert [file["path"] for file in manifest["files"]] == [name]
        assert (version / name).stat().st_size == manifest["files"][0]["bytes"]
    assert not (project / ".demo" / name / ".tidemill").exists()


@pytest.mark.usefixtures("demos")
def test_all_versions_of_one_run_have_one_name(project):
    names = {name: [path.name for path in versions(project, name)] for name in VERSIONED}
    assert len({tuple(found) for found in names.values()}) == 1


@pytest.mark.usefixtures("demos")
def test_a_manifest_says_which_versions_a_table_was_made_from(project):
    last = versions(project, "currencies.csv")[-1]
    manifest = json.loads((last / ".manifest.json").read_text(encoding="utf-8"))
    assert "describe_currencies" in manifest["run"]["node"]
    assert manifest["inputs"] == {"rates": last.name, "zones": last.name, "flag_colours": last.name}


@pytest.mark.usefixtures("demos")
def test_old_versions_stay_as_they_were(project):
    zones = [
        pd.read_csv(path / "zones.csv", keep_default_na=False).set_index("iso")["currency"]
        for path in versions(project, "zones.csv")
    ]
    assert [each["HR"] for each in zones] == ["HRK", "EUR"] * 2
    assert zones[0]["NA"] is not None  # Namibia survived being read


@pytest.mark.usefixtures("demos")
def test_the_report_is_worth_reading(project):
    first, second = ((path / "report.md").read_text(encoding="utf-8") for path in versions(project, "report.md")[:2])
    assert "**HRK**" not in first
    assert "**HRK**: last quoted on 2022-12-30 (-0.2% since 2022-01-03); its country now pays in EUR." in second
    assert "| TRY | -27.7% |" in second
    assert "British Virgin Islands = U.S. Virgin Islands" in second


@pytest.mark.usefixtures("demos")
def test_there_is_a_card_for_each_currency_and_a_board(project):
    from PIL import Image

    cards = sorted((project / ".demo/cards").iterdir())
    assert len(cards) == 32
    assert all(card.suffix == ".png" for card in cards)
    with Image.open(versions(project, "board.png")[-1] / "board.png") as board:
        assert board.width > board.height > 1000


def test_a_month_that_fails_the_check_is_not_confirmed_and_comes_again(project, demos, tmp_path):
    assert demos[1].returncode == 0
    copied = tmp_path / "exchange"
    shutil.copytree(project, copied)
    april, checkpoint = copied / ".demo/inbox/2023-04.csv", copied / ".demo/inbox/CHECKPOINT"

    april.write_text("Date,USD,\n2023-04-03,-1.087,\n")
    failed = run_once(copied)
    assert "ValueError: Rates that are not positive" in failed.stderr
    assert checkpoint.read_text() == "2023-03"
    assert len(versions(copied, "check.json")) == 4

    april.write_text("Date,USD,\n2023-04-03,1.087,\n")
    assert run_once(copied).stdout == "['2023-04']\n"
    assert checkpoint.read_text() == "2023-04"

    assert run_once(copied).stdout == "[]\n"  # nothing new is no error


@pytest.mark.usefixtures("demos")
def test_the_checkout_stays_clean(project):
    assert tree(project) == tree(EXAMPLE)
