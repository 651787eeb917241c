"""The pipelines of a project: what its `pipeline_registry.py` registers, and `find_pipelines` for writing that."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from tidemill.errors import PipelineNotFoundError, ProjectError
from tidemill.io.warning import warn
from tidemill.names import did_you_mean
from tidemill.project import configured
from tidemill.project.metadata import AS_KEDROS, KEDROS
from tidemill.project.plain import DEFAULT, plain_pipelines

if TYPE_CHECKING:
    from types import ModuleType

    from tidemill.pipeline.pipeline import Pipeline


class Pipelines(MutableMapping[str, "Pipeline"]):
    """Name -> pipeline, of the project that is open, asked for when the first of them is."""

    def __init__(self) -> None:
        """Begin without any."""
        self._registered: dict[str, Pipeline] | None = None
        configured.on_change(self.forget)

    def forget(self) -> None:
        """Ask the registry again when the next pipeline is asked for."""
        self._registered = None

    def __getitem__(self, name: str) -> Pipeline:
        registered = self._all()
        if name not in registered:
            near = did_you_mean(name, registered) or f". There are {', '.join(map(repr, registered)) or 'none'}."
            raise PipelineNotFoundError(f"The project has no pipeline {name!r}{near}")
        return registered[name]

    def __setitem__(self, name: str, value: Pipeline) -> None:
        self._all()[name] = value

    def __delitem__(self, name: str) -> None:
        del self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __repr__(self) -> str:
        return "Pipelines(not read yet)" if self._registered is None else f"Pipelines({', '.join(self._registered)})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Show the names in IPython, where somebody asked; `repr`, which debuggers call too, imports nothing."""
        del cycle
        self._all()
        printer.text(repr(self))

    def _repr_html_(self) -> str:
        from tidemill.io.html import counted, table

        rows = ((name, counted(len(each.nodes), "node")) for name, each in self.items())
        return table(counted(len(self), "pipeline"), ("pipeline", "size"), rows, len(self))

    def _all(self) -> dict[str, Pipeline]:
        if self._registered is None:
            self._registered = _register()
        return self._registered


def find_pipelines(raise_errors: bool = False, pipelines_to_find: list[str] | None = None) -> dict[str, Pipeline]:
    """Return the pipelines that the modules under `<package>.pipelines` make by `create_pipeline()`, by their names.

    With them comes `__default__`: what the module `<package>.pipeline` makes, or a pipeline without nodes.

    Args:
        raise_errors: Whether a module that cannot be used is an error; else it is left out, with a warning.
        pipelines_to_find: Only these.

    Raises:
        ImportError: With `raise_errors`, a module cannot be imported.
        ProjectError: With `raise_errors`, what it makes is no pipeline.
    """
    from tidemill.pipeline.pipeline import Pipeline

    package = configured.the_package()
    everything = pipelines_to_find is None or DEFAULT in pipelines_to_find
    found: dict[str, Pipeline] = {}
    if everything:
        found[DEFAULT] = Pipeline([])
        if (module := _imported(f"{package}.pipeline", raise_errors, optional=True)) is not None:
            found[DEFAULT] = _created(module, raise_errors) or found[DEFAULT]
    for name in _names(package) if pipelines_to_find is None or everything else pipelines_to_find:
        module = _imported(f"{package}.pipelines.{name}", raise_errors)
        created = None if module is None else _created(module, raise_errors)
        if created is not None:
            found[name] = created
    return found


def _register() -> dict[str, Pipeline]:
    package = configured.the_package()
    if configured.metadata is not None and configured.metadata.is_plain:
        return _checked(plain_pipelines(importlib.import_module(package)), package)
    name = f"{package}.pipeline_registry"
    try:
        registry = importlib.import_module(name)
    except ModuleNotFoundError as exc:
        if exc.name != name:
            raise
        found = find_pipelines(raise_errors=True)
        return found | {DEFAULT: sum(found.values(), found[DEFAULT])}
    register = getattr(registry, "register_pipelines", None)
    if not callable(register):
        raise ProjectError(
            f"{registry.__file__} has no function `register_pipelines`: write one that returns a dict, "
            'name -> pipeline, with the default as "__default__".'
        )
    return _checked(register(), str(registry.__file__))


def _checked(registered: object, where: str) -> dict[str, Pipeline]:
    from tidemill.pipeline.pipeline import Pipeline

    if not isinstance(registered, Mapping):
        raise ProjectError(
            f"{where}: `register_pipelines` returned a {type(registered).__name__}, and must return a dict, "
            "name -> pipeline."
        )
    for name, value in registered.items():
        if value == 0 and name == DEFAULT:  # `sum` of no pipelines
            return {
                **_checked({key: each for key, each in registered.items() if key != name}, where),
                name: Pipeline([]),
            }
        if type(value).__module__.startswith(f"{KEDROS}."):
            raise ProjectError(f"{where}: the pipeline {name!r} is one of Kedro's own. {AS_KEDROS}")
        if not isinstance(value, Pipeline):
            raise ProjectError(
                f"{where}: the pipeline {name!r} is a {type(value).__name__}. Is it a function that was not called?"
            )
    return dict(registered)


def _names(package: str) -> list[str]:
    try:
        room = importlib.import_module(f"{package}.pipelines")
    except ModuleNotFoundError as exc:
        if exc.name != f"{package}.pipelines":
            raise
        return []
    names: set[str] = set()
    for place in getattr(room, "__path__", ()):
        with os.scandir(place) as entries:
            names |= {each.name for each in entries if each.is_dir() and each.name.isidentifier()}
    return sorted(names - {"__pycache__"})


def _imported(name: str, raise_errors: bool, *, optional: bool = False) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except Exception as exc:  # whatever the user's module raises when it is imported
        if optional and isinstance(exc, ModuleNotFoundError) and exc.name == name:
            return None
        what = f"The module '{name}' cannot be imported: {type(exc).__name__}: {exc}"
        if raise_errors:
            raise ImportError(what, name=name) from exc
        warn(f"{what}\nIts pipeline is left out.")
        return None


def _created(module: ModuleType, raise_errors: bool) -> Pipeline | None:
    from tidemill.pipeline.pipeline import Pipeline

    create = getattr(module, "create_pipeline", None)
    if not callable(create):
        warn(f"The module '{module.__name__}' has no function `create_pipeline`: it is left out.")
        return None
    made = create()
    if isinstance(made, Pipeline):
        return made
    what = f"`create_pipeline` of '{module.__name__}' returned a {type(made).__name__}, and must return a pipeline."
    if raise_errors:
        raise ProjectError(what)
    warn(f"{what} It is left out.")
    return None


pipelines = Pipelines()
