"""What `__all__` promises is there, documented, and the same object in either spelling and by either door."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import tidemill
from tidemill.datasets import DATASETS, find
from tidemill.io.classes import is_installed

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
ROOMS = [each.name for each in pkgutil.walk_packages(tidemill.__path__, "tidemill.") if each.ispkg]
EXPORTS = [
    (room, name) for room in ["tidemill", *ROOMS] for name in getattr(importlib.import_module(room), "__all__", ())
]
# Section 5 of the design: what users type.
FRONT_DOOR = [
    "AbstractDataset",
    "AbstractVersionedDataset",
    "CachedDataset",
    "DataCatalog",
    "DatasetError",
    "FileDataset",
    "IncrementalDataset",
    "LambdaDataset",
    "MemoryDataset",
    "PartitionedDataset",
    "Pipeline",
    "SequentialRunner",
    "Version",
    "generate_timestamp",
    "get_filepath_str",
    "get_protocol_and_path",
    "node",
]


@pytest.mark.parametrize("room", ["tidemill", *ROOMS])
def test_a_room_says_what_it_is_and_what_is_public(room):
    module = importlib.import_module(room)

    assert (module.__doc__ or "").strip(), f"{room} has no docstring"
    # The room of the formats is a table of rooms; its names are tested below.
    assert isinstance(getattr(module, "__all__", None), list) or room == "tidemill.datasets"


@pytest.mark.parametrize("short", DATASETS)
def test_a_format_is_found_in_either_spelling_and_documented(short):
    missing = [each for each in DATASETS[short].needs if not is_installed(each)]
    if missing:  # PyTorch, which nobody's extras install
        pytest.skip(f"{', '.join(missing)} not installed: pip install 'tidemill[{DATASETS[short].extra}]'")
    module, _, name = short.rpartition(".")
    home = importlib.import_module(f"tidemill.datasets.{module}")

    assert find(short) is getattr(home, name) is getattr(home, name.replace("Dataset", "DataSet"))
    assert (find(short).__doc__ or "").strip()


@pytest.mark.parametrize(("room", "name"), EXPORTS)
def test_an_exported_name_resolves_and_is_documented(room, name):
    value = getattr(importlib.import_module(room), name)

    assert name in dir(importlib.import_module(room))
    if inspect.isclass(value) or inspect.isroutine(value):
        assert (value.__doc__ or "").strip(), f"{room}.{name} has no docstring"


@pytest.mark.parametrize(("room", "name"), EXPORTS)
def test_the_methods_of_an_exported_class_are_documented_somewhere(room, name):
    value = getattr(importlib.import_module(room), name)
    public = [each for each in vars(value) if not each.startswith("_")] if inspect.isclass(value) else []
    methods = [each for each in public if inspect.isroutine(getattr(value, each)) and not each.startswith("test_")]

    for method in methods:
        declared = [vars(base)[method] for base in value.__mro__ if method in vars(base)]
        assert any(each.__doc__ for each in declared), f"{room}.{name}.{method} has no docstring"


@pytest.mark.parametrize(("room", "name"), [(room, name) for room, name in EXPORTS if "DataSet" in name])
def test_the_old_spelling_is_the_same_object(room, name):
    module = importlib.import_module(room)

    assert getattr(module, name) is getattr(module, name.replace("DataSet", "Dataset"))


@pytest.mark.parametrize("name", FRONT_DOOR)
def test_the_front_door_and_the_room_give_the_same_object(name):
    formats = "tidemill.datasets."  # whose names are their own: `duckdb.FileDataset` is another
    rooms = [room for room in ROOMS if (room, name) in EXPORTS and not room.startswith(formats)]

    assert name in tidemill.__all__
    assert rooms, f"{name} is in no room's __all__"
    assert all(getattr(importlib.import_module(room), name) is getattr(tidemill, name) for room in rooms)


def test_pipeline_is_a_room_and_a_function_by_either_door():
    assert "pipeline" in tidemill.__all__
    # Once anything has imported the room, Python binds its name in the package: it must do what the function does.
    assert list(tidemill.pipeline([]).nodes) == list(tidemill.pipeline.pipeline([]).nodes) == []


@pytest.mark.parametrize("room", ["tidemill", *ROOMS])
def test_a_name_that_is_not_there_is_an_attribute_error(room):
    module = importlib.import_module(room)

    with pytest.raises(AttributeError, match="no attribute 'MemoryDatasset'"):
        _ = module.MemoryDatasset


def test_a_module_that_lacks_a_library_says_which(tmp_path, monkeypatch):
    (tmp_path / "some_rooms").mkdir()
    (tmp_path / "some_rooms/__init__.py").write_text(
        "from tidemill.names import front_door\n__getattr__, __dir__, __all__ = front_door(__name__, {})\n"
    )
    (tmp_path / "some_rooms/part.py").write_text("import no_such_library\n")
    monkeypatch.syspath_prepend(tmp_path)
    some_rooms = importlib.import_module("some_rooms")

    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        _ = some_rooms.part
    with pytest.raises(AttributeError, match="no attribute 'other'"):
        _ = some_rooms.other


def test_every_public_name_is_in_the_reference():
    pages = "\n".join(page.read_text(encoding="utf-8") for page in sorted(REFERENCE.glob("*.md")))
    pages += (REFERENCE.parent / "datasets.md").read_text(encoding="utf-8")
    rooms = [room for room in ROOMS if room.count(".") == 1]
    public = {name for room in rooms for name in getattr(importlib.import_module(room), "__all__", ())}

    # The old spellings are the same objects; errors are on a page that lists their whole module.
    missing = {name for name in public if "DataSet" not in name and not name.endswith("Error")}
    assert sorted(name for name in missing if not re.search(rf"\b{name}\b", pages)) == []
