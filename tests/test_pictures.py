"""The pictures of the architecture are those that their script draws, and show every room."""

from __future__ import annotations

import importlib.util
import pkgutil
from pathlib import Path

import pytest

import tidemill

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture
def pictures():
    spec = importlib.util.spec_from_file_location("pictures", DOCS / "pictures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_room_is_drawn(pictures):
    drawn = {name for _, rooms in pictures.ROOMS for name, _ in rooms}

    assert drawn == {each.name for each in pkgutil.iter_modules(tidemill.__path__) if not each.name.startswith("_")}


def test_they_are_up_to_date(pictures, tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "IMAGES", tmp_path)
    pictures.rooms().write("rooms.svg")
    pictures.ways().write("load-save.svg")

    for name in ("rooms.svg", "load-save.svg"):
        assert (tmp_path / name).read_text() == (DOCS / "images" / name).read_text(), "run `python docs/pictures.py`"
