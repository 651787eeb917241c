from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """\
import sys
import beside
from kedro.io import DataCatalog, MemoryDataSet
from kedro.extras.datasets.text import TextDataSet

if __name__ == "__main__":
    catalog = DataCatalog({"greeting": MemoryDataSet("hello"), "note": TextDataSet("note.txt")})
    catalog.save("note", catalog.load("greeting"))
    print(sys.argv, DataCatalog.__module__, beside.here, __file__)
"""


@pytest.fixture
def run(tmp_path):
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "script.py").write_text(SCRIPT)
    (tmp_path / "project" / "beside.py").write_text("here = 'beside'")

    def run(*arguments):
        command = [sys.executable, "-W", "error", "-m", "tidemill.compat", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)

    return run


def test_a_script_runs_as_python_would_run_it(run, tmp_path):
    done = run("project/script.py", "--flag", "--", "value")

    assert done.stderr == ""
    assert done.stdout.split("]")[0] == "['project/script.py', '--flag', '--', 'value'"
    assert "tidemill.catalog.catalog beside" in done.stdout
    assert (tmp_path / "note.txt").read_text() == "hello"


def test_what_the_script_raises_is_its_own(run, tmp_path):
    (tmp_path / "wrong.py").write_text("import kedro.framwork")
    (tmp_path / "leaves.py").write_text("raise SystemExit(7)")

    assert run("leaves.py").returncode == 7
    failed = run("wrong.py")
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-2].startswith("ModuleNotFoundError: Tidemill has no counterpart of")


@pytest.mark.parametrize("arguments", [(), ("absent.py",)])
def test_without_a_script_it_says_what_it_needs(run, arguments):
    done = run(*arguments)

    assert done.returncode == 2
    assert "usage: python -m tidemill.compat" in done.stderr
    assert not arguments or "there is no script 'absent.py'" in done.stderr
