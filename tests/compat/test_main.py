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

IN_PROCESSES = """\
import sys
import beside
{relative}
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import node, pipeline
from kedro.runner import ParallelRunner


def double(x):
    return 2 * x


if __name__ == "__main__":
    nodes = [node(double, "x", "y"), node(double, "y", "z")]
    runner = ParallelRunner(max_workers=2, start_method=sys.argv[1])
    print(runner.run(pipeline(nodes), DataCatalog({{"x": MemoryDataset(3)}})), __package__)
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


@pytest.mark.parametrize("start_method", ["fork", "spawn"])
@pytest.mark.parametrize("what", ["script", "module", "package"])
def test_a_script_can_run_a_pipeline_of_its_own_functions_in_processes(run, tmp_path, what, start_method):
    (tmp_path / "beside.py").touch()
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "near.py").touch()
    for file in ("project/in_processes.py", "package/module.py", "package/__main__.py"):
        relative = "from . import near" if file.startswith("package") else ""
        (tmp_path / file).write_text(IN_PROCESSES.format(relative=relative))
    said = {"script": ["project/in_processes.py"], "module": ["-m", "package.module"], "package": ["-m", "package"]}

    done = run(*said[what], start_method)

    assert done.stderr == ""
    assert done.stdout == "{'z': 12} " + ("None\n" if what == "script" else "package\n")


def test_a_folder_with_a_main_module_runs_too(run, tmp_path):
    (tmp_path / "project" / "__main__.py").write_text("import kedro.io, sys\nprint(__name__, sys.argv[1:])")

    done = run("project", "value")

    assert (done.stderr, done.stdout) == ("", "__main__ ['value']\n")


def test_what_the_script_raises_is_its_own(run, tmp_path):
    (tmp_path / "wrong.py").write_text("import kedro.framwork")
    (tmp_path / "leaves.py").write_text("raise SystemExit(7)")

    assert run("leaves.py").returncode == 7
    failed = run("wrong.py")
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-2].startswith("ModuleNotFoundError: Tidemill has no counterpart of")
    assert run("-m", "math").stderr.splitlines()[-1] == (
        "ModuleNotFoundError: The module 'math' cannot be run: it has no code of Python."
    )
    assert run("-m", "absent").stderr.splitlines()[-1] == "ModuleNotFoundError: There is no module 'absent' to run."


@pytest.mark.parametrize("arguments", [(), ("absent.py",)])
def test_without_a_script_it_says_what_it_needs(run, arguments):
    done = run(*arguments)

    assert done.returncode == 2
    assert "usage: python -m tidemill.compat" in done.stderr
    assert not arguments or "there is no script 'absent.py'" in done.stderr
