"""What is done with the projects written for Kedro, and how what they leave behind is compared."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROJECTS, EXPECTED = HERE / "projects", HERE / "expected.json"

#: Project -> scenario -> commands, one after the other: `run` of the command line, a script, or the package itself.
SCENARIOS: dict[str, dict[str, list[list[str]]]] = {
    "kedro17": {
        "everything": [["run", "--params", "threshold=15"]],
        "production": [["run", "--env", "prod", "--params", "threshold=15,retail.margin=0.5"]],
        "threads": [["run", "--runner", "ThreadRunner", "--async"]],
        "processes": [
            ["run", "--nodes", "put_together"],
            ["run", "--namespaces", "retail", "--runner", "ParallelRunner"],
        ],
        "parts": [
            ["run"],
            ["run", "--from-nodes", "total", "--params", "retail.rules.min=2"],
            ["run", "--namespaces", "retail"],
            ["run", "--from-inputs", "days", "--to-outputs", "kept"],
            ["run", "--nodes", "split,count_lines"],
        ],
        "failure": [["run", "--to-nodes", "retail.set_prices", "--params", "retail.margin=oops"]],
        "package": [["module", "shop", "--params", "threshold=15"]],
    },
    "kedro18": {
        "everything": [["run", "--params", "words.greeting:ciao"]],
        "script": [["run"], ["script", "run_it.py"]],
        "one pipeline": [["run", "--pipeline", "measuring", "--runner", "ThreadRunner"]],
    },
    "kedro19": {
        "everything": [["run", "--params", "high=30,south.offset=0.25"]],
        "another environment": [["run", "--env=test", "--params=high=21"], ["run", "-e", "test", "--tags", "text"]],
        "parts": [
            ["run", "--pipeline", "cleaning", "--async", "--runner=SequentialRunner"],
            ["run", "--namespace", "north"],
            ["run", "--pipeline=reporting", "--to-outputs", "stamped"],
            ["run", "--from-nodes=describe", "--to-nodes", "last", "-p", "reporting"],
            ["run", "-n", "by_region,put_together"],
        ],
        "script": [["run"], ["script", "run_it.py"]],
        "package": [["module", "stations", "--pipeline", "cleaning"]],
    },
}
#: Scenarios that must fail.
FAILING = {("kedro17", "failure")}
_VERSION = re.compile(r"\d{4}-\d\d-\d\dT[\d.]+Z")
_PROGRAMS = {
    "kedro": {"run": ["-m", "kedro", "run"], "script": [], "module": ["-m"]},
    "tidemill": {
        "run": ["-m", "tidemill", "run"],
        "script": ["-m", "tidemill.compat"],
        "module": ["-m", "tidemill.compat", "-m"],
    },
}


def play(
    project: str, scenario: str, scratch: Path, program: str, python: str, environment: dict[str, str] | None = None
) -> dict[str, str]:
    """Do what a scenario says in a copy of a project, and return path -> digest of all that is in its data folder.

    Args:
        project: Its name.
        scenario: Its name.
        scratch: A folder for the copy.
        program: `kedro` or `tidemill`.
        python: The Python of the environment that has it.
        environment: Variables for it.
    """
    home = scratch / project
    shutil.copytree(PROJECTS / project, home, ignore=shutil.ignore_patterns("__pycache__"))
    variables: dict[str, Any] = {**os.environ, "DO_NOT_TRACK": "1", **(environment or {})}
    commands = SCENARIOS[project][scenario]
    carry_out(commands, home, program, python, variables, fails=(project, scenario) in FAILING)
    return digests(home / "data")


def carry_out(
    commands: list[list[str]], home: Path, program: str, python: str, variables: dict[str, Any], *, fails: bool = False
) -> None:
    """Do something in the folder of a project, as users of a program do it.

    Args:
        commands: As of the `SCENARIOS`.
        home: The folder.
        program: As of `play`.
        python: As of `play`.
        variables: The environment of the processes.
        fails: Whether it must fail.
    """
    with_source = os.pathsep.join(filter(None, [str(home / "src"), variables.get("PYTHONPATH")]))
    for kind, *arguments in commands:
        if kind == "module":  # as if it were installed
            variables["PYTHONPATH"] = with_source
        command = [python, *_PROGRAMS[program][kind], *arguments]
        done = subprocess.run(
            command, cwd=home, env=variables, capture_output=True, text=True, timeout=300, check=False
        )
        if (done.returncode != 0) != fails:
            raise AssertionError(
                f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-500:]}\n{done.stderr[-700:]}"
            )


def digests(folder: Path) -> dict[str, str]:
    """Return path -> digest of the files in a folder; versions are numbered, for their names are times."""
    found: dict[str, str] = {}
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        if file.name == ".manifest.json":  # Tidemill's own
            continue
        parts = []
        for place, part in enumerate(file.relative_to(folder).parts):
            if _VERSION.fullmatch(part):
                others = sorted(os.listdir(folder.joinpath(*file.relative_to(folder).parts[:place])))
                parts.append(f"version {[each for each in others if _VERSION.fullmatch(each)].index(part) + 1}")
            else:
                parts.append(part)
        found["/".join(parts)] = hashlib.sha256(file.read_bytes()).hexdigest()
    return found
