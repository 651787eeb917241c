"""A project, and the command line called in it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tidemill.cli.entry import main
from tidemill.project import configured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

REGISTRY = """
from __future__ import annotations

from tidemill import Pipeline, node


def clean(raw, depth):
    return raw.strip() * depth


def fail(text):
    raise ValueError("no wheels")


def same(value):
    return value


def register_pipelines():
    default = Pipeline([
        node(clean, ["raw", "params:model.depth"], "clean", name="clean", tags=["first"]),
        node(len, "clean", "count", name="count"),
        node(str, "count", "report", name="report", tags=["last"]),
    ])
    return {
        "__default__": default,
        "broken": default + Pipeline([node(fail, "report", "never", name="fail")]),
        "reporting": default.only_nodes("report") + Pipeline([node(same, "clean", "copy", name="copy")]),
    }
"""
CATALOG = """
raw: {type: text.TextDataset, filepath: data/raw.txt}
clean: {type: text.TextDataset, filepath: data/clean.txt, versioned: true}
report: {type: text.TextDataset, filepath: data/report.txt}
"""


@dataclass(frozen=True)
class Said:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return (self.out + self.err).splitlines()


@pytest.fixture
def tidemill(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[..., Said]]:
    """Call the command line in this process."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path, modules, environment = list(sys.path), set(sys.modules), dict(os.environ)

    def call(*arguments: str) -> Said:
        from tidemill.cli.entry import cli

        cli._added = None
        capfd.readouterr()
        code = main(arguments)
        return Said(code, *capfd.readouterr())

    yield call
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.partition(".")[0] in {"shop", "pipeline"}:
            del sys.modules[name]
    os.environ.clear()
    os.environ.update(environment)
    configured.configure_project(None)
    configured.metadata = None


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of three nodes, with what they read; the working directory is there."""
    root = tmp_path / "shop"
    make_shop(root)
    monkeypatch.chdir(root)
    return root


def make_shop(root: Path) -> None:
    for path, text in {
        "pyproject.toml": '[tool.tidemill]\npackage_name = "shop"\nproject_name = "Shop"\n',
        "src/shop/__init__.py": "",
        "src/shop/settings.py": "",
        "src/shop/pipeline_registry.py": REGISTRY,
        "conf/base/catalog.yml": CATALOG,
        "conf/base/parameters.yml": "model: {depth: 2}\n",
        "data/raw.txt": "a line\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


@pytest.fixture
def process(shop: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Call the command line in a process of its own, in the project."""

    def call(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tidemill", *arguments]
        return subprocess.run(command, cwd=shop, capture_output=True, text=True, timeout=120, check=False, **options)

    return call
