"""What a dataset's constructor takes, and what is wrong with what a definition gives it."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tidemill.io.show import listed
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from tidemill.io.dataset import AbstractDataset

_OURS = "tidemill."
_VERSION = "version"


class Kind(NamedTuple):
    """A kind of values that annotations name: what they are called, their types, and how to write one in YAML."""

    name: str
    types: tuple[type, ...]
    remedy: str


_PATH = Kind("a path", (str, os.PathLike), "Write the path of a file or folder; quote it if YAML reads it otherwise.")
_TEXT = Kind("text", (str,), "Quote it.")
_MAPPING = Kind("a mapping", (Mapping,), "Write `name: value` lines below it.")
_BOOL = Kind("true or false", (bool,), "Write true or false, without quotes.")
_KINDS = {"str": _TEXT, "bool": _BOOL, "Mapping": _MAPPING, "Dict": _MAPPING, "dict": _MAPPING}
_PATHS = frozenset({"PathLike", "Path", "PurePath", "PurePosixPath"})


class Parameters(NamedTuple):
    """The constructor's named parameters, whether it takes any others too, and what its annotations ask for."""

    named: Mapping[str, inspect.Parameter]
    takes_any: bool
    kinds: Mapping[str, Kind]


@functools.lru_cache(maxsize=1024)
def parameters(kind: type) -> Parameters:
    """Return what the constructor of a class takes."""
    # Python takes any arguments where a class has a `__new__` and no `__init__`; AbstractDataset has one.
    own: Any = kind.__init__  # type: ignore[misc] # of this very class
    constructor = own if own is not object.__init__ else _takes_nothing
    try:
        found = dict(inspect.signature(constructor).parameters)
    except (TypeError, ValueError):  # it is not written in Python
        return Parameters({}, takes_any=True, kinds={})
    found.pop(next(iter(found), ""), None)
    takes_any = any(each.kind is each.VAR_KEYWORD for each in found.values())
    named = {n: each for n, each in found.items() if each.kind in {each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY}}
    kinds = {n: asked for n, each in named.items() if (asked := _kind_of(each.annotation)) is not None}
    return Parameters(named, takes_any, kinds)


def _takes_nothing(self: object) -> None:
    """Stand for the constructor of a class without one."""


def _kind_of(annotation: Any) -> Kind | None:
    """Return what an annotation asks for, None where it allows more than one kind or one that is not checked."""
    text = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    if text.startswith(("Optional[", "typing.Optional[")):
        text = text.partition("[")[2][:-1]
    members = [each.partition("[")[0].rpartition(".")[2].strip(" '\"") for each in text.split("|")]
    asked = [each for each in members if each not in {"None", "NoneType"}]
    if len(asked) == 1:
        return _PATH if asked[0] in _PATHS else _KINDS.get(asked[0])
    return _PATH if asked and {*asked} <= _PATHS | {"str"} else None


def argument_problem(kind: type, arguments: Mapping[str, Any]) -> str | None:
    """Return what is wrong with arguments: names that are unknown or missing, values of the wrong type; or None."""
    named, takes_any, _ = parameters(kind)
    unknown = [] if takes_any else [str(each) for each in arguments if each not in named]
    if unknown:
        valid = ", ".join(each for each in named if each != _VERSION)
        keys = [*named, "type", *(["versioned"] if _VERSION in named else [])]
        near = did_you_mean(unknown[0], [each for each in keys if each != _VERSION]) or "."
        return f"{kind.__name__} has no argument {listed(unknown)}{near}\nIt takes: {valid or 'none'}."
    missing = missing_arguments(kind, arguments)
    if missing:
        # A definition says whether there are versions, not which: a `version` in it would be left out.
        remedy = "Add `versioned: true`" if missing == [_VERSION] else "Add it"
        return f"{kind.__name__} needs {listed(missing)}. {remedy} to the definition."
    return wrong_type(kind, arguments) if is_ours(kind) else None


def missing_arguments(kind: type, arguments: Mapping[str, Any]) -> list[str]:
    """Return the names that a constructor needs and is not given."""
    named = parameters(kind).named
    return [name for name, each in named.items() if each.default is each.empty and name not in arguments]


def wrong_type(kind: type, arguments: Mapping[str, Any]) -> str | None:
    """Return which value is not what the constructor's annotation asks for; or None."""
    named, _, kinds = parameters(kind)
    for name, value in arguments.items():
        asked = kinds.get(name)
        if asked is None:
            continue
        if value is None and named[name].default is None:
            continue
        if value is None or (asked is _PATH and value == ""):
            return f"`{name}` is empty. {asked.remedy}"
        if not isinstance(value, asked.types):
            return f"`{name}` must be {asked.name}, not {type(value).__name__}. {asked.remedy}"
    return None


def is_ours(kind: type) -> bool:
    """Tell whether a class is one of Tidemill's, whose annotations are all true."""
    return kind.__module__.startswith(_OURS)


def arguments_of(dataset: AbstractDataset[Any, Any]) -> dict[str, Any]:
    """Return the arguments that a dataset was made with, by name."""
    positional, by_name = vars(dataset).get("_init_call", ((), {}))
    return {**dict(zip(parameters(type(dataset)).named, positional, strict=False)), **by_name}
