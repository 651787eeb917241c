"""`tidemill package`: a wheel that runs where it is installed, and configuration without secrets."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import tidemill as package_under_test

SOURCE = str(Path(package_under_test.__file__).parent.parent)


@pytest.fixture
def packed(tidemill, tmp_path, monkeypatch):
    """A new project with an example, packaged; and what was said."""
    pytest.importorskip("build")
    pytest.importorskip("hatchling")
    monkeypatch.chdir(tmp_path)
    assert tidemill("new", "rates", "--example").code == 0
    root = tmp_path / "rates"
    (root / "conf/base/credentials_more.yml").write_text("a: {key: abcdefgh}\n")
    (root / "conf/prod").mkdir()
    (root / "conf/prod/parameters.yml").write_text("currencies: [USD]\n")
    monkeypatch.chdir(root)
    return root, tidemill("package")


def test_what_is_made(packed):
    root, said = packed

    assert said.code == 0, said
    assert sorted(each.name for each in (root / "dist").iterdir()) == [
        "conf-rates.tar.gz",
        "rates-0.1.0-py3-none-any.whl",
    ]
    assert said.out.splitlines()[-1] == "  python -m rates --conf-source conf-rates.tar.gz"
    assert [line.split(" (")[0] for line in said.out.splitlines()[:2]] == [
        "Made dist/rates-0.1.0-py3-none-any.whl",
        "Made dist/conf-rates.tar.gz",
    ]


def test_nobody_elses_secrets_are_in_it(packed):
    root, _ = packed

    with tarfile.open(root / "dist/conf-rates.tar.gz") as archive:
        assert sorted(archive.getnames()) == [
            "conf/base/catalog.yml",
            "conf/base/parameters.yml",
            "conf/prod/parameters.yml",
        ]
    with zipfile.ZipFile(root / "dist/rates-0.1.0-py3-none-any.whl") as wheel:
        names = {name for name in wheel.namelist() if name.startswith("rates/")}
    assert names == {"rates/__init__.py", "rates/__main__.py", "rates/nodes.py", "rates/pipeline.py"}


def test_it_runs_where_it_is_installed(packed, tmp_path):
    root, _ = packed
    elsewhere = tmp_path / "elsewhere"
    site = tmp_path / "site"
    with zipfile.ZipFile(root / "dist/rates-0.1.0-py3-none-any.whl") as wheel:
        wheel.extractall(site)  # noqa: S202 - made a moment ago
    (elsewhere / "data").mkdir(parents=True)
    (root / "data/inbox").rename(elsewhere / "data/inbox")

    def run(*arguments):
        command = [sys.executable, "-m", "rates", *arguments]
        paths = {"PYTHONPATH": os.pathsep.join([str(site), SOURCE])}
        return subprocess.run(
            command,
            cwd=elsewhere,
            env={**os.environ, **paths},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    archive = str(root / "dist/conf-rates.tar.gz")
    done = run("--conf-source", archive, "--env", "prod")

    assert done.returncode == 0, done.stderr
    [report] = (elsewhere / "data/report.md").glob("2*/report.md")
    assert "USD" in report.read_text()
    assert "TRY" not in report.read_text()
    wrong = run("--conf-source", archive, "--nodes", "nothing")
    assert wrong.returncode != 0
    assert len(wrong.stderr.splitlines()) <= 12
    assert "Traceback" not in wrong.stderr
    assert "See `python -m rates --help`." in wrong.stderr
    assert "Usage: python -m rates [OPTIONS]" in run("--help").stdout
    next((elsewhere / "data/inbox").glob("*.csv")).write_text("Date,USD\nx")
    (elsewhere / "data/inbox/CHECKPOINT").unlink()
    failed = run("--conf-source", archive, "--params", "currencies=1")
    assert "To go on from here: python -m rates --from-nodes compare --conf-source" in failed.stderr
    lost = run()
    assert lost.returncode == 1
    assert len(lost.stderr.splitlines()) <= 12


def test_tools_that_are_missing(tidemill, shop, monkeypatch):
    from tidemill.io import classes

    with (shop / "pyproject.toml").open("a") as file:
        file.write('[build-system]\nrequires = ["flit_core >=3"]\nbuild-backend = "flit_core.buildapi"\n')
    monkeypatch.setattr(classes, "is_installed", lambda library: False)

    said = tidemill("package")

    assert said.code == 1
    assert "pip install build 'flit_core >=3'" in said.err
    assert len(said.lines) <= 12
    assert not (shop / "dist").exists()


def test_a_project_that_cannot_be_built(tidemill, shop):
    pytest.importorskip("build")
    pytest.importorskip("hatchling")
    with (shop / "pyproject.toml").open("a") as file:
        file.write(
            '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nnme = "x"\n'
        )

    said = tidemill("package")

    assert said.code == 1
    assert said.err.startswith("Error: The wheel could not be made:")
    assert len(said.lines) <= 12
    assert not (shop / "dist").exists()


def test_a_plain_folder_is_none(tidemill, tmp_path, monkeypatch):
    (tmp_path / "catalog.yml").write_text("")
    (tmp_path / "pipeline.py").write_text("")
    monkeypatch.chdir(tmp_path)

    said = tidemill("package")

    assert said.code == 1
    assert "no project with a pyproject.toml" in said.err
