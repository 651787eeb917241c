"""Schedule: counters that know which nodes may run now and which datasets nobody needs any more."""

from __future__ import annotations

import heapq
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tidemill.pipeline.pipeline import Pipeline


class Schedule:
    """The progress of one run, by the position of nodes in the pipeline: true while something is left to do.

    Of several nodes that may run, the first in the pipeline's order is taken first. A dataset may be released once
    every node that loads, saves or confirms it is done. Kept are the free outputs, and the free inputs that no node
    confirms: they are the user's. A confirmed input is released, so that the next run sees what came in the meantime.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        graph = pipeline.graph
        self._graph = graph
        self._children = graph.children
        self._waiting_for = [len(parents) for parents in graph.parents]
        self._ready = [position for position, count in enumerate(self._waiting_for) if not count]  # sorted: a heap
        self._left = set(range(len(graph.nodes)))
        self._touched = [tuple(dict.fromkeys((*node.inputs, *node.outputs, *node.confirms))) for node in graph.nodes]
        self._users = Counter(name for names in self._touched for name in names)
        confirmed = {name for node in graph.nodes for name in node.confirms}
        self._kept = pipeline.outputs() | (pipeline.inputs() - confirmed)

    def __bool__(self) -> bool:
        return bool(self._left)

    def take(self) -> int | None:
        """Return a node that may run now, each once; None while all that is left waits for others."""
        return heapq.heappop(self._ready) if self._ready else None

    def done(self, position: int) -> list[str]:
        """Note that a node is done, and return the datasets that may be released now."""
        self._left.discard(position)
        for child in self._children[position]:
            self._waiting_for[child] -= 1
            if not self._waiting_for[child]:
                heapq.heappush(self._ready, child)
        return self._without(position)

    def failed(self, position: int) -> tuple[list[int], list[str]]:
        """Note that a node failed, and return the nodes that cannot run for that, and the datasets to be released."""
        ended = self._graph.reachable([position], self._children) & self._left
        self._left -= ended
        released = [name for each in sorted(ended) for name in self._without(each)]
        return sorted(ended - {position}), released

    def _without(self, position: int) -> list[str]:
        released = []
        for name in self._touched[position]:
            self._users[name] -= 1
            if not self._users[name] and name not in self._kept:
                released.append(name)
        return released
