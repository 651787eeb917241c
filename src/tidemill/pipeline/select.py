"""Selection: which part of a pipeline is wanted, and which nodes of a graph that means."""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from tidemill.errors import PipelineError
from tidemill.names import did_you_mean
from tidemill.pipeline.transcoding import SEPARATOR, base_name
from tidemill.pipeline.wiring import prefixes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from tidemill.pipeline.graph import Graph
    from tidemill.pipeline.node import Node

#: A name, or several.
Some: TypeAlias = "str | Iterable[str] | None"

_SHOWN, _HINTS = 10, 3


@dataclass(frozen=True, slots=True)
class Selection:
    """The nodes that fit everything given here: what `filter`, sessions and the command line speak.

    What is left empty leaves nothing out. `Selection.of` makes one of what users type.
    """

    #: Nodes with at least one of these tags.
    tags: frozenset[str] = frozenset()
    #: These nodes, and all that need what they make, directly or not.
    from_nodes: tuple[str, ...] = ()
    #: These nodes, and all whose work they need.
    to_nodes: tuple[str, ...] = ()
    #: Only these nodes.
    node_names: tuple[str, ...] = ()
    #: Nodes that load one of these datasets, and all that need what those make.
    from_inputs: tuple[str, ...] = ()
    #: Nodes that save one of these datasets, and all whose work those need.
    to_outputs: tuple[str, ...] = ()
    #: Nodes in one of these namespaces, or in one inside of it.
    node_namespaces: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        *,
        tags: Some = None,
        from_nodes: Some = None,
        to_nodes: Some = None,
        node_names: Some = None,
        from_inputs: Some = None,
        to_outputs: Some = None,
        node_namespaces: Some = None,
    ) -> Selection:
        """Return the selection that these mean, each a field of that name: one name or several, None or none for all.

        Raises:
            PipelineError: Something is no name.
        """
        return cls(
            tags=frozenset(_names_in("tags", tags)),
            from_nodes=_names_in("from_nodes", from_nodes),
            to_nodes=_names_in("to_nodes", to_nodes),
            node_names=_names_in("node_names", node_names),
            from_inputs=_names_in("from_inputs", from_inputs),
            to_outputs=_names_in("to_outputs", to_outputs),
            node_namespaces=_names_in("node_namespaces", node_namespaces),
        )

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))


def _names_in(what: str, given: Any) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else () if given is None else given
    if not hasattr(names, "__iter__"):
        raise PipelineError(f"'{what}' is {given!r}: give a name or a list of names.")
    found = tuple(dict.fromkeys(names))
    for name in found:
        if not isinstance(name, str):
            raise PipelineError(f"'{what}' has {name!r} in it: give names.")
    return found


def selected(graph: Graph, selection: Selection) -> set[int]:
    """Return the positions of the nodes that a selection leaves, at least one.

    Raises:
        PipelineError: None is left, or something named is not there.
    """
    found = {
        each.name: _CRITERIA[each.name](graph, names)
        for each in fields(selection)
        if (names := getattr(selection, each.name))
    }
    left = set.intersection(*found.values()) if found else set(range(len(graph.nodes)))
    if not left:
        raise PipelineError(_told_empty(graph, selection, found))
    return left


def named(graph: Graph, names: Iterable[str]) -> set[int]:
    """Return the nodes of these names.

    Raises:
        PipelineError: There is no node of one of the names.
    """
    places = {each.name: place for place, each in enumerate(graph.nodes)}
    unknown = [name for name in names if name not in places]
    if unknown:
        _refuse(unknown, "node of this name", lambda name: _near_node(name, places))
    return {places[name] for name in names}


def tagged(graph: Graph, tags: Iterable[str]) -> set[int]:
    """Return the nodes that have at least one of these tags."""
    wanted = frozenset(tags)
    return {place for place, each in enumerate(graph.nodes) if not wanted.isdisjoint(each.tags)}


def inside(graph: Graph, namespaces: Iterable[str]) -> set[int]:
    """Return the nodes in one of these namespaces, or in one inside of it.

    Raises:
        PipelineError: No node is in one of the namespaces.
    """
    wanted = set(namespaces)
    prefixes = {namespace: prefixes_of(namespace) for namespace in {each.namespace for each in graph.nodes}}
    known = {prefix for some in prefixes.values() for prefix in some}
    unknown = [name for name in namespaces if name not in known]
    if unknown:
        _refuse(unknown, "namespace of this name", lambda name: _near(name, sorted(known)))
    fit = {namespace for namespace, some in prefixes.items() if not wanted.isdisjoint(some)}
    return {place for place, each in enumerate(graph.nodes) if each.namespace in fit}


def loading(graph: Graph, names: Collection[str]) -> set[int]:
    """Return the nodes that load one of these datasets. A name without transcoding means every way.

    Raises:
        PipelineError: There is no dataset of one of the names.
    """
    return _using(graph, frozenset(names), attrgetter("reads"), attrgetter("inputs"))


def saving(graph: Graph, names: Collection[str]) -> set[int]:
    """Return the nodes that save one of these datasets. A name without transcoding means every way.

    Raises:
        PipelineError: There is no dataset of one of the names.
    """
    return _using(graph, frozenset(names), attrgetter("writes"), attrgetter("outputs"))


def below(graph: Graph, places: Iterable[int]) -> set[int]:
    """Return these nodes, and all that need what they make, directly or not."""
    return graph.reachable(places, graph.children)


def above(graph: Graph, places: Iterable[int]) -> set[int]:
    """Return these nodes, and all whose work they need, directly or not."""
    return graph.reachable(places, graph.parents)


_CRITERIA: dict[str, Callable[[Graph, Any], set[int]]] = {
    "tags": tagged,
    "from_nodes": lambda graph, names: below(graph, named(graph, names)),
    "to_nodes": lambda graph, names: above(graph, named(graph, names)),
    "node_names": named,
    "from_inputs": lambda graph, names: below(graph, loading(graph, names)),
    "to_outputs": lambda graph, names: above(graph, saving(graph, names)),
    "node_namespaces": inside,
}


def _using(
    graph: Graph,
    wanted: frozenset[str],
    bases_of: Callable[[Node], Iterable[str]],
    names_of: Callable[[Node], Iterable[str]],
) -> set[int]:
    coded = any(SEPARATOR in name for name in wanted)
    found: set[str] = set()
    places = set()
    for place, each in enumerate(graph.nodes):
        if not wanted.isdisjoint(bases_of(each)):
            found.update(bases_of(each))
            places.add(place)
        if coded and not wanted.isdisjoint(names_of(each)):
            found.update(names_of(each))
            places.add(place)
    if not wanted <= found:
        _check_datasets(graph, sorted(wanted - found))
    return places


def _check_datasets(graph: Graph, names: Iterable[str]) -> None:
    known = dict.fromkeys(name for each in graph.nodes for name in (*each.inputs, *each.outputs))
    bases = set(map(base_name, known))
    unknown = [name for name in names if name not in known and name not in bases]
    if unknown:
        _refuse(unknown, "dataset of this name", lambda name: _near(name, known))


def _near_node(name: str, known: Collection[str]) -> str:
    # Of nodes without a name of their own, people say the function: `clean` for `clean([raw]) -> [table]`.
    inner = [each for each in known if each.endswith(f".{name}") or each.startswith(f"{name}(")][:_HINTS]
    if inner:
        return f". Did you mean {' or '.join(map(repr, inner))}?"
    return _near(name, known)


def _near(name: str, known: Collection[str]) -> str:
    return did_you_mean(name, list(known)) or _there_are(known)


def _there_are(known: Collection[str]) -> str:
    names = list(known)
    if not names:
        return ""
    more = f" and {len(names) - _HINTS} more" if len(names) > _HINTS else ""
    return f". There {'is' if len(names) == 1 else 'are'} {', '.join(map(repr, names[:_HINTS]))}{more}."


def _refuse(unknown: list[str], what: str, near: Callable[[str], str]) -> None:
    told = [f"  '{name}'{near(name)}" for name in unknown[:_SHOWN]]
    if len(unknown) > _SHOWN:
        told.append(f"  and {len(unknown) - _SHOWN} more")
    raise PipelineError("\n".join([f"The pipeline has no {what}:", *told]))


def _told_empty(graph: Graph, selection: Selection, found: dict[str, set[int]]) -> str:
    if not graph.nodes:
        return "No node is left: the pipeline has none."
    told = []
    for what, places in found.items():
        names = ", ".join(f"'{name}'" for name in sorted(getattr(selection, what))[:_SHOWN])
        hint = ""
        if what == "tags" and not places:
            tags = sorted({tag for each in graph.nodes for tag in each.tags})
            hint = "".join(did_you_mean(name, tags) for name in sorted(selection.tags)[:_HINTS]) or _there_are(tags)
        told.append(f"  {what} {names}: {len(places)} of {len(graph.nodes)} nodes{hint}")
    return "\n".join(["No node is left, none fits all that was asked for:", *told])
