"""Kedro's names, for one test."""

from __future__ import annotations

import sys

import pytest

from tidemill.compat import install, uninstall
from tidemill.project import configured
from tidemill.runner import preparation


@pytest.fixture
def alias(monkeypatch, tmp_path):
    monkeypatch.setattr(preparation, "_SET", dict(preparation._SET))
    monkeypatch.setattr(configured, "package_name", None)
    monkeypatch.setattr(configured, "metadata", None)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    install()
    yield
    uninstall()
    for forget in configured._forget:
        forget()
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]
