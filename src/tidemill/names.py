"""Front doors: the public names of a package, resolved when they are first used, in both spellings."""

from __future__ import annotations

import importlib
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

#: Names that differ more in length are not what was meant; and no typo is worth a search among more than so many.
_FAR, _MANY = 12, 5000


def modern(name: str) -> str:
    """Return today's spelling of a name: `CSVDataSet` is `CSVDataset`, `DataSetError` is `DatasetError`."""
    return name.replace("DataSet", "Dataset").replace("data_sets", "datasets")


def front_door(
    package: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Return the `__getattr__`, `__dir__` and `__all__` of a package whose names live in other modules.

    Args:
        package: The package's `__name__`.
        homes: Public name -> the module that defines it. Nothing is imported before a name is asked for.
    """
    old = {name.replace("Dataset", "DataSet") for name in homes} - homes.keys()
    public = sorted(homes) + sorted(old)

    def __getattr__(name: str) -> Any:  # noqa: N807 - the name Python looks for (PEP 562)
        home = homes.get(name) or homes.get(modern(name))
        if home is None:
            module = submodule(package, name)
            if module is None:
                raise AttributeError(f"module {package!r} has no attribute {name!r}{did_you_mean(name, homes)}")
            return module
        value = getattr(importlib.import_module(home), modern(name) if name not in homes else name)
        setattr(sys.modules[package], name, value)
        return value

    def __dir__() -> list[str]:  # noqa: N807
        return sorted({*vars(sys.modules[package]), *public})

    return __getattr__, __dir__, public


def submodule(package: str, name: str) -> Any:
    """Return the module of this name, or None: `from tidemill.io import paths` asks the package before it imports."""
    full = f"{package}.{name}"
    if name.startswith("_"):
        return None
    try:
        return importlib.import_module(full)
    except ModuleNotFoundError as exc:
        if exc.name != full:
            raise
        return None


def both_spellings(module: str) -> Callable[[str], Any]:
    """Return the `__getattr__` of a module whose names are asked for in the older spelling too."""

    def __getattr__(name: str) -> Any:  # noqa: N807
        value = vars(sys.modules[module]).get(modern(name))
        if value is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        return value

    return __getattr__


def did_you_mean(name: str, known: Mapping[str, object] | list[str], *, most: int = 3) -> str:
    """Return `". Did you mean 'cars'?"`, naming what is known and near, or an empty string.

    Args:
        name: What was asked for.
        known: The names that there are; of very many, only some are looked at.
        most: How many of them are named.
    """
    import difflib  # needed only when something went wrong

    wanted = str(name).lower()
    lowered: dict[str, str] = {}
    for each in known:
        text = str(each)
        if abs(len(text) - len(wanted)) <= _FAR:
            lowered.setdefault(text.lower(), text)
    if len(lowered) > _MANY:
        lowered = {low: text for low, text in lowered.items() if low[:2] == wanted[:2] or low[-2:] == wanted[-2:]}
    near = [lowered[each] for each in difflib.get_close_matches(wanted, [*lowered][:_MANY], n=most, cutoff=0.6)]
    return f". Did you mean {' or '.join(map(repr, near))}?" if near else ""
