"""Which names pipelines use, and which of a catalog's definitions they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tidemill.catalog.parameters import is_parameter
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tidemill.catalog.patterns import Patterns


class Uses(NamedTuple):
    """The names that one pipeline uses, without parameters: all of them, and those it needs from outside."""

    names: frozenset[str]
    needs: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str], needs: Iterable[str]) -> Uses:
        """Return them without parameters."""
        return cls(*(frozenset(each for each in group if not is_parameter(each)) for group in (names, needs)))


class Origins(NamedTuple):
    """Where the names that a pipeline uses come from, each list in order."""

    defined: list[str]
    factories: dict[str, list[str]]
    memory: list[str]
    unused: list[str]


def origins(names: Iterable[str], defined: Iterable[str], patterns: Patterns) -> Origins:
    """Return where names come from: a definition, a pattern, or nowhere: such data stays in memory."""
    known, used = set(defined), set(names)
    factories: dict[str, list[str]] = {}
    memory = []
    for name in sorted(used - known):
        pattern = patterns.match(name)
        if pattern is None:
            memory.append(name)
        else:
            factories.setdefault(pattern, []).append(name)
    unused = sorted(each for each in known - used if not is_parameter(each))
    return Origins(sorted(used & known), factories, memory, unused)


class Lacking(NamedTuple):
    """A name that pipelines need from outside and nobody defines, and what to say about it.

    Attributes:
        name: The name.
        message: A sentence or two.
        made: Whether another pipeline makes it: then together they run.
    """

    name: str
    message: str
    made: bool


def given(uses: Mapping[str, Uses]) -> set[str]:
    """Return the names that pipelines need and none of them makes."""
    return {name for each in uses.values() for name in each.needs} - {
        name for each in uses.values() for name in each.names - each.needs
    }


def undefined(uses: Mapping[str, Uses], defined: Iterable[str], patterns: Patterns) -> Iterator[Lacking]:
    """Yield each name that pipelines need from outside and nobody defines."""
    known, raw = set(defined), given(uses)
    needed: dict[str, list[str]] = {}
    for pipeline, each in uses.items():
        for name in each.needs - known:
            if patterns.match(name) is None:
                needed.setdefault(name, []).append(pipeline)
    for name, pipelines in sorted(needed.items()):
        named = [each for each in pipelines if each != "__default__"] or pipelines
        who = f"the pipeline '{named[0]}' needs it" + (f", and {len(named) - 1} more" if len(named) > 1 else "")
        if name not in raw:
            why = "another pipeline makes it and keeps it in memory. Define it, so that they run one after the other."
            yield Lacking(name, f"'{name}': {who}, and {why}", made=True)
            continue
        near = did_you_mean(name, sorted(known)) or ". Define it, or correct the name in the node."
        yield Lacking(name, f"'{name}': {who}, and neither the catalog nor a node makes it{near}", made=False)
