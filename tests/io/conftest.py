"""Fixtures for drills."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from tidemill.testing.places import new_place


@pytest.fixture
def public_path():
    """An empty folder that everybody may use: pytest keeps its own to its user, whenever another session starts."""
    folder = Path(tempfile.mkdtemp(prefix="drill-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def new_folder(tmp_path):
    """A function that returns an empty folder on local disk, another one each time."""
    made = []

    def new():
        made.append(tmp_path / f"{len(made)}")
        made[-1].mkdir()
        return str(made[-1])

    return new


@pytest.fixture
def place(request, tmp_path, monkeypatch):
    """An empty folder at the place that the test is parametrized with."""
    with new_place(request.param, tmp_path, monkeypatch) as folder:
        yield folder


@pytest.fixture
def s3_place(tmp_path, monkeypatch):
    """An empty bucket that is found by environment variables."""
    with new_place("s3", tmp_path, monkeypatch) as folder:
        yield folder
