"""What a command imports: nothing that it does not need."""

from __future__ import annotations

from pathlib import Path

import pytest

import tidemill

HEAVY = ("rich", "yaml", "omegaconf", "pluggy", "fsspec", "pandas", "numpy", "jinja2", "IPython", "sqlite3", "asyncio")
CALL = """
import sys
sys.path.insert(0, {source!r})
sys.argv = ["tidemill", *{arguments!r}]
from tidemill.cli.entry import main
code = main()
ours = sorted(name for name in sys.modules if name.startswith("tidemill."))
print("\\nloaded", code, sorted({heavy!r} & {{*sys.modules}}), ours)
"""


def loaded(fresh_python, *arguments):
    said = fresh_python(
        CALL.format(arguments=arguments, heavy={*HEAVY}, source=str(Path(tidemill.__file__).parents[1]))
    )
    code, heavy, rooms = said.rpartition("loaded ")[2].replace("] [", "]|[").replace(" [", "|[", 1).split("|")
    return int(code), eval(heavy), eval(rooms)  # noqa: S307 - our own lists


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["-h"], []])
def test_the_program_imports_no_command_and_nothing_heavy(fresh_python, arguments):
    code, heavy, rooms = loaded(fresh_python, *arguments)

    assert code in {0, 2}
    assert heavy == []
    assert not [name for name in rooms if name in {"tidemill.cli.run", "tidemill.cli.registry", "tidemill.runner"}]


def test_a_command_imports_only_itself(fresh_python):
    _, heavy, rooms = loaded(fresh_python, "run", "--help")

    assert heavy == []
    assert "tidemill.cli.run" in rooms
    assert not [name for name in rooms if name.startswith(("tidemill.runner", "tidemill.catalog", "tidemill.pipeline"))]


def test_a_wrong_command_imports_nothing_either(fresh_python):
    code, heavy, _ = loaded(fresh_python, "rum")

    assert code == 2
    assert heavy == []


def test_a_run_in_a_pipe_draws_nothing_and_imports_no_rich(process):
    done = process("run")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
