"""Groups: nodes that may run together, or that are deployed together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tidemill.errors import PipelineError
from tidemill.pipeline.graph import ordered

if TYPE_CHECKING:
    from tidemill.pipeline.graph import Graph
    from tidemill.pipeline.node import Node


@dataclass(frozen=True)
class GroupedNodes:
    """Nodes that are deployed as one: all of an outermost namespace, or one that is in none."""

    name: str
    type: Literal["namespace", "nodes"]
    nodes: list[str]
    dependencies: list[str]


def by_level(graph: Graph) -> list[list[Node]]:
    """Return groups of which each needs only those before it, as few as possible."""
    levels: list[int] = []
    groups: list[list[Node]] = []
    for node, parents in zip(graph.nodes, graph.parents, strict=True):
        level = max((levels[parent] + 1 for parent in parents), default=0)
        levels.append(level)
        if level == len(groups):
            groups.append([])
        groups[level].append(node)
    return groups


def by_node(graph: Graph) -> list[GroupedNodes]:
    """Return each node as a group of its own."""
    return _grouped(graph, [("nodes", node.name) for node in graph.nodes])


def by_namespace(graph: Graph) -> list[GroupedNodes]:
    """Return the nodes by their outermost namespace, in an order in which the groups can run.

    Raises:
        PipelineError: Groups wait for each other in a circle.
    """
    return _grouped(
        graph,
        [
            ("namespace", node.namespace.partition(".")[0]) if node.namespace else ("nodes", node.name)
            for node in graph.nodes
        ],
    )


def _grouped(graph: Graph, keys: list[tuple[Literal["namespace", "nodes"], str]]) -> list[GroupedNodes]:
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    members: list[list[str]] = [[] for _ in places]
    needs: list[dict[int, None]] = [{} for _ in places]
    for node, key, parents in zip(graph.nodes, keys, graph.parents, strict=True):
        place = places[key]
        members[place].append(node.name)
        needs[place].update((places[keys[parent]], None) for parent in parents if keys[parent] != key)
    names = [name for _, name in places]
    order, circle = ordered([tuple(some) for some in needs])
    if circle:
        drawn = " → ".join(f"'{names[place]}'" for place in [*circle, circle[0]])
        raise PipelineError(
            f"Groups of nodes wait for each other in a circle: {drawn}.\n"
            "Take what comes between nodes of a namespace into it, or split the namespace."
        )
    groups = list(places)
    return [
        GroupedNodes(groups[place][1], groups[place][0], members[place], [names[need] for need in needs[place]])
        for place in order
    ]
