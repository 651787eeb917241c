"""Modules that have Kedro's names and Tidemill's objects."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from tidemill.compat.absent import ABSENT, ABSENT_NAMES
from tidemill.compat.tables import COUNTERPARTS, NAMES, modern
from tidemill.names import did_you_mean
from tidemill.names import modern as modern_name

#: What the modules of Kedro import from each other, and users from any of them.
_SHARED = (
    "kedro.io.core",
    "kedro.io",
    "kedro.config",
    "kedro.pipeline",
    "kedro.runner",
    "kedro.framework.project",
    "kedro.framework.context",
    "kedro.framework.session",
    "kedro.framework.session.session",
    "kedro.framework.session.store",
    "kedro.framework.startup",
    "kedro.utils",
)


class Facade(ModuleType):
    """A module of Kedro: what it has is looked up in its counterpart, so that it is the same object in both."""

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return [each for each in public(self.__name__) if not each.startswith("_")]
        extra = NAMES.get(modern(self.__name__), {})
        for each in (name, modern_name(name)):
            if each in extra:
                module, _, attribute = extra[each].partition(":")
                return getattr(importlib.import_module(module), attribute or each)
            if each in public(self.__name__):
                return getattr(_counterpart(self.__name__), each)
        if self.__name__.count(".") > 1 and (home := _imported_from(name)) is not None:
            return getattr(importlib.import_module(home), name)
        if name.startswith("_"):  # asked by Python and its tools, which expect not to find it
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if modern(f"{self.__name__}.{name}") in COUNTERPARTS:
            return importlib.import_module(f"{self.__name__}.{name}")
        raise AttributeError(no_counterpart(f"{self.__name__}.{name}"))

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *public(self.__name__)})

    def __setattr__(self, name: str, value: object) -> None:
        """Keep `kedro.pipeline.node` the function once the module of that name is imported too, as it is in Kedro."""
        if not (isinstance(value, Facade) and name in public(self.__name__)):
            super().__setattr__(name, value)


def public(module: str) -> list[str]:
    """Return the names that a module of Kedro has here, those of modules left out: they are modules of Kedro too."""
    found = _counterpart(module)
    extra = [*NAMES.get(modern(module), ())]
    if found is None:
        return extra
    names = getattr(found, "__all__", None) or [each for each in dir(found) if not each.startswith("_")]
    own = [each for each in names if each not in extra and not isinstance(vars(found).get(each), ModuleType)]
    return own + extra


def no_counterpart(path: str) -> str:
    """Return what to say about a module, or a name in a module, that Tidemill has not."""
    why = next((ABSENT[each] for each in _with_parents(modern(path)) if each in ABSENT), None)
    why = why or ABSENT_NAMES.get(modern_name(path.rpartition(".")[2]))
    if why is not None:
        return f"Tidemill has no counterpart of '{path}', on purpose: {why}."
    parent, _, name = path.rpartition(".")
    inside = [each.rpartition(".")[2] for each in COUNTERPARTS if each.rpartition(".")[0] == modern(parent)]
    known = sorted({*map(modern_name, public(parent)), *inside})
    return (
        f"Tidemill has no counterpart of '{path}'{did_you_mean(modern_name(name), known, most=1) or '.'}\n"
        "What it has is in the table of `tidemill.compat.tables`; after `tidemill.compat.uninstall()`, `import kedro` "
        "means Kedro again."
    )


def _imported_from(name: str) -> str | None:
    """Return the module that a module of Kedro imports a name from: users import it from either."""
    return next((each for each in _SHARED if modern_name(name) in public(each)), None)


def _with_parents(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _counterpart(module: str) -> ModuleType | None:
    home = COUNTERPARTS.get(modern(module))
    return None if home is None else importlib.import_module(home)
