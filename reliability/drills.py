"""The list of drills: what each shows, what is promised, and how it is asked for."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

MODULES = ("saves", "writers", "increments", "runs", "projects", "surfaces")


@dataclass(frozen=True)
class Drill:
    """One row: outcomes are counted by name, and only those promised may come out."""

    name: str
    line: str
    promised: frozenset[str]
    act: Callable[[bool], Counter[str]]
    needs_s3: bool = False
    here_only: bool = False


KNOWN: dict[str, Drill] = {}


def drill(line: str, *promised: str, **options: Any) -> Callable[[Any], Any]:
    """Enter a function into the list: it is told whether to be quick, and returns how often what came out."""

    def enter(act: Callable[[bool], Counter[str]]) -> Callable[[bool], Counter[str]]:
        enter_as(f"{act.__module__}.{act.__name__}", line, act, *promised, **options)
        return act

    return enter


def enter_as(name: str, line: str, act: Callable[[bool], Counter[str]], *promised: str, **options: Any) -> None:
    """Enter what has no name of its own."""
    KNOWN[name] = Drill(name, line, frozenset(promised), act, **options)


def every() -> dict[str, Drill]:
    """Return all drills, in the order of the page."""
    for module in MODULES:
        importlib.import_module(module)
    return KNOWN


def is_kept(drill: Drill, outcomes: Counter[str]) -> bool:
    """Tell whether something came out, and nothing but what is promised."""
    return sum(outcomes.values()) > 0 and all(each in drill.promised for each, count in outcomes.items() if count)
