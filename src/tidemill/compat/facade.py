"""Modules that have Kedro's names and Tidemill's objects."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from tidemill.compat.tables import COUNTERPARTS, modern
from tidemill.names import did_you_mean
from tidemill.names import modern as modern_name


class Facade(ModuleType):
    """A module of Kedro: what it has is looked up in its counterpart, so that it is the same object in both."""

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return public(self.__name__)
        for each in (name, modern_name(name)):
            if each in public(self.__name__):
                return getattr(_counterpart(self.__name__), each)
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
    if found is None:
        return []
    names = getattr(found, "__all__", None) or [each for each in dir(found) if not each.startswith("_")]
    return [each for each in names if not isinstance(vars(found).get(each), ModuleType)]


def no_counterpart(path: str) -> str:
    """Return what to say about a module, or a name in a module, that Tidemill has not."""
    parent, _, name = path.rpartition(".")
    if modern(parent) in COUNTERPARTS:
        inside = [each.rpartition(".")[2] for each in COUNTERPARTS if each.rpartition(".")[0] == modern(parent)]
        known = sorted({*map(modern_name, public(parent)), *inside})
        near = did_you_mean(modern_name(name), known, most=1)
    else:
        near = did_you_mean(modern(path), dict.fromkeys(COUNTERPARTS), most=1)
    return (
        f"Tidemill has no counterpart of '{path}'{near or '.'}\n"
        "What it has is in the table of `tidemill.compat.tables`; after `tidemill.compat.uninstall()`, `import kedro` "
        "means Kedro again."
    )


def _counterpart(module: str) -> ModuleType | None:
    home = COUNTERPARTS.get(modern(module))
    return None if home is None else importlib.import_module(home)
