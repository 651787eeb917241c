"""Play every scenario with the real Kedro and with Tidemill, each in an environment of its own, and compare.

    python .ci/side_by_side.py                      # makes the environments, from the package index
    python .ci/side_by_side.py --record             # and writes down what both produced, for the tests
    python .ci/side_by_side.py --kedro17 PYTHON --kedro18 PYTHON --tidemill PYTHON

The environment of Tidemill has the package kedro-datasets, and no Kedro.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from tests.compat.scenarios import EXPECTED, SCENARIOS, play  # noqa: E402 - after the path to them

NEEDS = {
    "kedro17": ["kedro==1.7.0", "kedro-datasets==9.6.0", "pandas", "pyyaml", "fsspec"],
    "kedro18": ["kedro==0.18.14", "kedro-datasets<2", "setuptools<80", "pandas<3", "pyyaml"],
    "tidemill": [f"{ROOT}[pandas,pickle]", "lazy_loader"],
}
WITHOUT_DEPENDENCIES = {"tidemill": ["kedro-datasets==9.6.0"]}


def environment(name: str, folder: Path) -> str:
    """Make an environment, and return its Python."""
    python = str(folder / name / "bin" / "python")
    pip = [python, "-m", "pip", "install", "-qq"]
    subprocess.run([sys.executable, "-m", "venv", str(folder / name)], check=True)
    subprocess.run([*pip, *NEEDS[name]], check=True)
    for each in WITHOUT_DEPENDENCIES.get(name, ()):
        subprocess.run([*pip, "--no-deps", each], check=True)
    return python


def main() -> int:
    """Compare; return 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in NEEDS:
        parser.add_argument(f"--{name}", metavar="PYTHON", help="of an environment that is there already")
    parser.add_argument("--record", action="store_true", help=f"write {EXPECTED.name}")
    given = vars(parser.parse_args())
    expected: dict[str, dict[str, dict[str, str]]] = {}
    wrong = 0
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        pythons = {name: given[name] or environment(name, place) for name in NEEDS}
        for project, scenarios in SCENARIOS.items():
            for number, scenario in enumerate(scenarios):
                theirs = play(project, scenario, place / f"{project}-{number}-kedro", "kedro", pythons[project])
                ours = play(project, scenario, place / f"{project}-{number}-tidemill", "tidemill", pythons["tidemill"])
                differ = sorted(path for path in theirs | ours if theirs.get(path) != ours.get(path))
                print(f"{project}: {scenario}: {len(theirs)} files, {f'{differ} differ' if differ else 'all the same'}")
                wrong += bool(differ)
                expected.setdefault(project, {})[scenario] = theirs
    if given["record"] and not wrong:
        EXPECTED.write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
