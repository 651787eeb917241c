"""Projects in folders of their own, and a process that forgets them afterwards."""

from __future__ import annotations

import logging
import os
import sys
import textwrap

import pytest

from tidemill.project import configured, logs
from tidemill.runner import preparation

PYPROJECT = """
[tool.tidemill]
package_name = "shop"
project_name = "Shop"
"""
NODES = """
from tidemill import Pipeline, node

def double(x):
    return 2 * x

def create_pipeline():
    nodes = [node(double, "params:a", "doubled", name="first"), node(double, "doubled", "result", name="second")]
    return Pipeline(nodes)
"""
FILES = {
    "pyproject.toml": PYPROJECT,
    "conf/base/catalog.yml": "doubled: {type: json.JSONDataset, filepath: data/doubled.json, versioned: true}\n",
    "conf/base/parameters.yml": "a: 3\nnested: {deep: {x: 1, y: 2}}\n",
    "src/shop/__init__.py": "",
    "src/shop/pipelines/__init__.py": "",
    "src/shop/pipelines/doubling/__init__.py": NODES,
}


@pytest.fixture
def make_project(tmp_path):
    """Write a project, with more files or other ones; None leaves one out."""

    def make(more=None, *, base=FILES, name="home"):
        for path, text in {**base, **(more or {})}.items():
            if text is not None:
                file = tmp_path / name / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(textwrap.dedent(text))
        return tmp_path / name

    return make


@pytest.fixture(autouse=True)
def as_before(monkeypatch, tmp_path):
    """Let the process work for no project, before a test and after it."""
    for variable in ("TIDEMILL_ENV", "KEDRO_ENV", *logs.VARIABLES):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(preparation, "_SET", dict(preparation._SET))
    monkeypatch.setattr(configured, "package_name", None)
    monkeypatch.setattr(configured, "metadata", None)
    root, before = logging.getLogger(), set(sys.modules)
    handlers, level = list(root.handlers), root.level
    for forget in configured._forget:
        forget()
    yield
    for forget in configured._forget:
        forget()
    for each in [each for each in root.handlers if each not in handlers]:
        root.removeHandler(each)
        each.close()
    root.setLevel(level)
    logs.LOGGING.data = {}
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]
