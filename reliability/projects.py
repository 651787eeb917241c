"""A project on the command line: mistakes that are found before the work, or not at all."""

from __future__ import annotations

import os
import subprocess
from collections import Counter

import drills
import harness
import sides

_FILES = {
    "pyproject.toml": """
[tool.kedro]
package_name = "drill"
project_name = "drill"
kedro_init_version = "1.7.0"
source_dir = "src"
""",
    "src/drill/__init__.py": "",
    "src/drill/settings.py": "",
    "src/drill/pipeline_registry.py": """
from kedro.pipeline import Pipeline, node

def same(text):
    open("did-" + text[:5].strip(), "w").close()
    return text

def both(a, b):
    return a + b

def register_pipelines():
    return {"__default__": Pipeline([
        node(same, "raw", "first", name="first"), node(both, ["first", "late"], "second", name="second"),
    ])}
""",
    "conf/base/parameters.yml": "rate: 1\n",
    "conf/base/catalog.yml": "".join(
        f"{name}:\n  type: text.TextDataset\n  filepath: data/{path}\n"
        for name, path in (("raw", "raw"), ("late", "late"), ("first", "first"), ("second", "second"))
    ),
    "conf/local/credentials.yml": "",
    "data/raw": "first line",
    "data/late": "late line",
}


def _project(place: str, **changed: str | None) -> None:
    for path, text in {**_FILES, **changed}.items():
        if text is not None:
            os.makedirs(os.path.dirname(f"{place}/{path}"), exist_ok=True)
            with open(f"{place}/{path}", "w", encoding="utf-8") as file:
                file.write(text)


def _call(place: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        sides.command(*arguments), cwd=place, capture_output=True, text=True, check=False, timeout=120
    )


def _refused_or_told(done: subprocess.CompletedProcess[str], word: str, otherwise: str) -> Counter[str]:
    """Return whether a command ended with an error that has this word, or had it among other lines, or neither."""
    said = word in done.stdout + done.stderr
    return Counter(["refused" if done.returncode and said else "told" if said else otherwise])


@drills.drill("`--params` with a name that no parameter has", "refused", "told")
def params_typo(_: bool) -> Counter[str]:
    with harness.folder() as place:
        _project(place)
        return _refused_or_told(_call(place, "run", "--params", "rtae=2"), "rtae", "ignored")


@drills.drill("`--load-versions` of a dataset without versions", "refused", "told")
def version_of_unversioned(_: bool) -> Counter[str]:
    with harness.folder() as place:
        _project(place)
        done = _call(place, "run", "--load-versions", "raw:2020-01-01T00.00.00.000Z")
    return _refused_or_told(done, "version", "ignored")


@drills.drill("a raw file of the second node is missing", "refused before the first node")
def missing_raw_file(_: bool) -> Counter[str]:
    with harness.folder() as place:
        _project(place, **{"data/late": None})
        done = _call(place, "run")
        ran = os.path.exists(f"{place}/did-first")
    outcome = "found after the first node" if ran else "refused before the first node"
    return Counter([outcome if done.returncode else "success is claimed"])


def _shares_a_path(*command: str) -> Counter[str]:
    with harness.folder() as place:
        catalog = _FILES["conf/base/catalog.yml"].replace("data/second", "data/first")
        _project(place, **{"conf/base/catalog.yml": catalog})
        return _refused_or_told(_call(place, *command), "share", "overwritten silently")


@drills.drill("two entries of the catalog with one path, written in one run: `run`", "refused", "told")
def one_path_twice(_: bool) -> Counter[str]:
    return _shares_a_path("run")


@drills.drill("two entries of the catalog with one path: `catalog check`", "refused", "told", here_only=True)
def one_path_twice_checked(_: bool) -> Counter[str]:
    return _shares_a_path("catalog", "check")
