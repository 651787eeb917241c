"""Plain folders as projects: a catalog, and one Python file with nodes, and nothing else to write.

A folder is one when it has `catalog.yml` (or `.yaml`, `.json`, or a folder `conf`), and a Python file. That is the one
of `pipeline_registry.py`, `pipelines.py`, `pipeline.py` and `nodes.py` that is there, or else the only one in the
folder, set-up and tests not counted. The pipelines are what the first of these says that is in it:

- `register_pipelines()`: name -> pipeline, as in larger projects;
- `create_pipeline()`: the default pipeline;
- pipelines, by the names of their variables; the default is the one called `pipeline`, or else all of them together;
- nodes, alone or in lists: the default pipeline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.errors import ProjectError
from tidemill.project.metadata import Metadata

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from tidemill.pipeline.pipeline import Pipeline

_CATALOGS = ("catalog.yml", "catalog.yaml", "catalog.json")
_FILES = ("pipeline_registry.py", "pipelines.py", "pipeline.py", "nodes.py")
_OTHERS = frozenset({"setup.py", "conftest.py", "noxfile.py", "settings.py", "hooks.py", "__init__.py", "__main__.py"})
CONF = "conf"
DEFAULT = "__default__"


def plain_project(folder: Path) -> Metadata | None:
    """Return the project that a plain folder is, or None if it is none.

    Raises:
        ProjectError: It has a catalog, and several Python files of which each could be meant.
    """
    if not has_catalog(folder):
        return None
    named = [name for name in _FILES if (folder / name).is_file()]
    files = named or sorted(
        each.name for each in folder.glob("*.py") if each.name not in _OTHERS and not each.name.startswith("test_")
    )
    if not files:
        return None
    if len(files) > 1:
        shown = ", ".join(files[:5]) + (" ..." if len(files) > 5 else "")
        raise ProjectError(
            f"{folder} has a catalog and {len(files)} Python files ({shown}): which one has the pipelines?\n"
            "Call it `pipeline.py`, and let it import what it needs from the others."
            if not named
            else f"{folder} has {' and '.join(named)}: which one has the pipelines? Keep one of these names."
        )
    module = files[0].removesuffix(".py")
    if not module.isidentifier():
        raise ProjectError(f"{folder / files[0]}: Python cannot import a file of this name. Call it `pipeline.py`.")
    return Metadata(folder, module, folder.name, folder, is_plain=True)


def has_catalog(folder: Path) -> bool:
    """Tell whether a folder has a catalog, or configuration."""
    return any((folder / name).is_file() for name in _CATALOGS) or (folder / CONF).is_dir()


def plain_pipelines(module: ModuleType) -> dict[str, Pipeline]:
    """Return the pipelines that are in the one Python file: see above.

    Raises:
        ProjectError: There are none.
    """
    from tidemill.pipeline.node import Node
    from tidemill.pipeline.pipeline import Pipeline

    if callable(register := getattr(module, "register_pipelines", None)):
        return dict(register())
    if callable(create := getattr(module, "create_pipeline", None)):
        return {DEFAULT: create()}
    values = {name: value for name, value in vars(module).items() if not name.startswith("_")}
    found = {name: value for name, value in values.items() if isinstance(value, Pipeline)}
    if found:
        return {DEFAULT: found.get("pipeline") or sum(found.values(), Pipeline([])), **found}
    nodes = list(dict.fromkeys(each for value in values.values() for each in _nodes(value, Node)))
    if not nodes:
        raise ProjectError(
            f"{module.__file__} has no pipeline: write `pipeline = Pipeline([node(...), ...])` in it, or a function "
            "`create_pipeline()` that returns one."
        )
    return {DEFAULT: Pipeline(nodes)}


def _nodes(value: Any, kind: type) -> list[Any]:
    if isinstance(value, kind):
        return [value]
    if isinstance(value, (list, tuple)) and value and all(isinstance(each, kind) for each in value):
        return list(value)
    return []
