"""The graph behind a pipeline: who needs whom, a stable order, and the circle or clash that forbids one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidemill.errors import PipelineError
from tidemill.pipeline.transcoding import base_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tidemill.pipeline.node import Node

_NEW, _OPEN, _DONE = range(3)
_SHOWN = 5


@dataclass(frozen=True)
class Graph:
    """Nodes in an order in which they can run, and their links, by position in that order."""

    nodes: tuple[Node, ...]
    parents: tuple[tuple[int, ...], ...]
    children: tuple[tuple[int, ...], ...]

    def reachable(self, starts: Iterable[int], links: Sequence[Sequence[int]]) -> set[int]:
        """Return the starts and all that the links lead to from there."""
        reached = set(starts)
        waiting = list(reached)
        while waiting:
            new = [position for position in links[waiting.pop()] if position not in reached]
            reached.update(new)
            waiting.extend(new)
        return reached

    def part(self, places: Iterable[int]) -> Graph:
        """Return the graph of some of the nodes, each once: what is in order still is when others are left out."""
        kept = sorted(places)
        if len(kept) == len(self.nodes):
            return self
        place_of = {place: index for index, place in enumerate(kept)}
        parents, children = (
            tuple([tuple([place_of[end] for end in links[place] if end in place_of]) for place in kept])
            for links in (self.parents, self.children)
        )
        return Graph(tuple([self.nodes[place] for place in kept]), parents, children)


def graph_of(nodes: Sequence[Node]) -> Graph:
    """Return the graph of these nodes, ordered so that each comes after those it needs.

    The order is the given one where that is possible; otherwise a node comes just before the first that needs it.

    Raises:
        PipelineError: Two nodes write one dataset, or nodes wait for each other in a circle.
    """
    makers = _makers(nodes)
    needs = [_parents(node, makers) for node in nodes]
    order, circle = ordered(needs)
    if circle:
        raise PipelineError(_drawn([nodes[index] for index in circle]))
    place = [0] * len(order)
    for position, index in enumerate(order):
        place[index] = position
    parents = tuple(tuple(place[need] for need in needs[index]) for index in order)
    children: list[list[int]] = [[] for _ in order]
    for position, above in enumerate(parents):
        for parent in above:
            children[parent].append(position)
    return Graph(tuple(nodes[index] for index in order), parents, tuple(map(tuple, children)))


def _makers(nodes: Sequence[Node]) -> dict[str, int]:
    makers: dict[str, int] = {}
    clashes: dict[str, list[int]] = {}
    for index, node in enumerate(nodes):
        for base in node.writes:
            first = makers.setdefault(base, index)
            if first != index:
                clashes.setdefault(base, [first]).append(index)
    if clashes:
        raise PipelineError(_told_clashes(clashes, nodes))
    return makers


def _parents(node: Node, makers: dict[str, int]) -> tuple[int, ...]:
    found = [makers[base] for base in node.reads if base in makers]
    return tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))


def ordered(needs: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """Return an order in which each comes after those it needs, or one circle in which each is needed by the next.

    Args:
        needs: For each, by position, the positions of those it needs.
    """
    # Depth first from each in turn, without recursion: a chain of 10,000 is nothing unusual.
    state = bytearray(len(needs))
    order: list[int] = []
    for root in range(len(needs)):
        if state[root] == _DONE:
            continue
        path, left = [root], [iter(needs[root])]
        state[root] = _OPEN
        while path:
            for need in left[-1]:
                if state[need] == _NEW:
                    state[need] = _OPEN
                    path.append(need)
                    left.append(iter(needs[need]))
                    break
                if state[need] == _OPEN:
                    circle = path[path.index(need) :][::-1]
                    first = circle.index(min(circle))
                    return [], circle[first:] + circle[:first]
            else:
                left.pop()
                state[path[-1]] = _DONE
                order.append(path.pop())
    return order, []


def _told_clashes(clashes: dict[str, list[int]], nodes: Sequence[Node]) -> str:
    told = []
    for base, writers in sorted(clashes.items())[:_SHOWN]:
        names = " and ".join(f"'{nodes[index].name}'" for index in writers[:_SHOWN])
        told.append(f"  '{base}' by {names}" + (f" and {len(writers) - _SHOWN} more" if len(writers) > _SHOWN else ""))
    if len(clashes) > _SHOWN:
        told.append(f"  and {len(clashes) - _SHOWN} more")
    return "\n".join(
        ["A dataset is written by more than one node:", *told, "Let each node write under a name of its own."]
    )


def _drawn(circle: Sequence[Node]) -> str:
    """Draw nodes of which each makes something for the next, and the last for the first."""
    drawn = []
    for each, after in zip(circle, [*circle[1:], circle[0]], strict=True):
        taken = set(after.reads)
        made = ", ".join(f"'{name}'" for name in each.outputs if base_name(name) in taken)
        drawn += [f"  │   {each.name}", f"  │     ↓ {made}"]
    drawn[0] = drawn[0].replace("│  ", "╭─▶", 1)
    drawn[-1] = drawn[-1].replace("│     ↓", "╰─────╯", 1)
    if len(circle) > 2 * _SHOWN:  # a node takes two lines
        drawn[2 * _SHOWN : -2 * _SHOWN] = [f"  │   ... {len(circle) - 2 * _SHOWN} more ..."]
    return "\n".join(
        [
            f"{len(circle)} nodes wait for each other in a circle:",
            *drawn,
            "Let one of them write under another name, or leave it out.",
        ]
    )
