"""Members: nodes to which more are added, each checked once against what is there, however often more come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.pipeline.checks import checked
from tidemill.pipeline.graph import graph_of
from tidemill.pipeline.transcoding import SEPARATOR, base_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tidemill.pipeline.node import Node


class Members:
    """The nodes of a sum of pipelines, and who has, writes, reads and confirms what.

    With it `sum(pipelines)` takes one look at each node. Once `join` has raised, it is of no further use.
    """

    def __init__(self, nodes: Iterable[Node]) -> None:
        """Begin with nodes that fit together."""
        self.nodes: list[Node] = []
        self._names: dict[str, int] = {}
        self._makers: dict[str, int] = {}
        self._takers: dict[str, list[int]] = {}
        self._confirmed: set[str] = set()
        self._plain: set[str] = set()
        self._coded: set[str] = set()
        for each in nodes:
            self._add(each)

    def join(self, nodes: Iterable[Node]) -> None:
        """Add nodes that fit together, except those that are here already.

        Raises:
            PipelineError: They do not fit to those that are here.
        """
        start = len(self.nodes)
        fits = True
        for each in nodes:
            place = self._names.get(each.name)
            if place is None or self.nodes[place] != each:
                fits &= self._add(each)
        if not fits:
            checked(self.nodes)  # tells what does not fit, all of it
        self._check_circles(start)

    def _add(self, node: Node) -> bool:
        """Add a node, and tell whether it fits."""
        place = len(self.nodes)
        self.nodes.append(node)
        fits = self._names.setdefault(node.name, place) == place
        for base in node.writes:
            fits &= self._makers.setdefault(base, place) == place
        for base in node.reads:
            self._takers.setdefault(base, []).append(place)
        for base in {base_name(name) for name in node.confirms}:
            fits &= base not in self._confirmed
            self._confirmed.add(base)
        for name in (*node.inputs, *node.outputs):
            if SEPARATOR in name:
                self._coded.add(base_name(name))
                fits &= base_name(name) not in self._plain
            else:
                self._plain.add(name)
                fits &= name not in self._coded
        return fits

    def _check_circles(self, start: int) -> None:
        """Refuse circles through the nodes from `start` on: each leaves them for earlier ones, and comes back."""
        new = self.nodes[start:]
        left = {taker for each in new for base in each.writes for taker in self._takers.get(base, ()) if taker < start}
        if not left or not any(self._makers.get(base, start) < start for each in new for base in each.reads):
            return
        reached, waiting = set(left), list(left)
        while waiting:
            for base in self.nodes[waiting.pop()].writes:
                further = [taker for taker in self._takers.get(base, ()) if taker not in reached]
                reached.update(further)
                waiting.extend(further)
        if max(reached) >= start:
            graph_of([self.nodes[place] for place in sorted(reached)])
