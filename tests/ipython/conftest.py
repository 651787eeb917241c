from __future__ import annotations

import sys

import pytest

from tidemill import compat
from tidemill.ipython import reloading
from tidemill.project import configured

NODES = '''\
"""Nodes."""

from __future__ import annotations

import json
import os.path as osp
from functools import partial

from .words import word

FACTOR = 3


def helper(value):
    return value * FACTOR


def grow(table, rate, *rest, deep=True):
    """Make more of it."""
    def inner():
        return json.dumps(helper(table))
    return inner() + word + str(rate) + str(rest) + str(deep)


def sink(x):
    print(osp.join("a", str(x)))
'''
REGISTRY = """\
from functools import partial
from tidemill.pipeline import node, pipeline
from tides.nodes import grow, sink


def register_pipelines():
    first = pipeline([
        node(partial(grow, deep=False), ["raw", "params:rate", "more", "cars"], "grown", name="grow"),
        node(sink, {"x": "grown"}, None, name="sink", tags=["last"]),
        node(lambda raw: raw, "raw", "same", name="shadow", namespace="in"),
        node(len, "raw", "size", name="builtin"),
    ])
    return {"__default__": first, "again": first}
"""
FILES = {
    "pyproject.toml": "[tool.tidemill]\npackage_name = 'tides'\nproject_name = 'Tides'\n",
    "conf/base/catalog.yml": (
        "raw: {type: MemoryDataset, data: 2}\nmore: {type: MemoryDataset, data: m}\n"
        "cars: {type: json.JSONDataset, filepath: data/cars.json, versioned: true}\n"
    ),
    "conf/base/parameters.yml": "rate: 0.5",
    "conf/local/.gitkeep": "",
    "conf/prod/parameters.yml": "rate: 0.9",
    "src/tides/__init__.py": "",
    "src/tides/settings.py": "",
    "src/tides/words.py": "word = 'w'",
    "src/tides/nodes.py": NODES,
    "src/tides/pipeline_registry.py": REGISTRY,
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    for name in ("PYTHONPATH", reloading.VARIABLE, "TIDEMILL_ENV"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(reloading, "_opened", {})
    for name in ("package_name", "metadata"):
        monkeypatch.setattr(configured, name, None)
    yield tmp_path
    configured.forget_modules("tides")
    compat.uninstall()


@pytest.fixture
def shell(folder, monkeypatch):
    """An IPython without a terminal, in that project, with the extension loaded."""
    from IPython.core.interactiveshell import InteractiveShell

    monkeypatch.setenv("IPYTHONDIR", str(folder / "home"))
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.extension_manager.load_extension("tidemill.ipython")
    yield shell
    shell.extension_manager.unload_extension("tidemill.ipython")
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()
