"""Members: nodes to which more are added, each checked once against what is there, however often more come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.pipeline.checks import checked
from tidemill.pipeline.graph import graph_of
from tidemill.pipeline.transcoding import SEPARATOR, base_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tidemill.pipeline.node import Node


class Row:
    """Nodes in the order they were given. Sums share the two lists behind it: they grow at front and end."""

    __slots__ = ("_after", "_before", "_count_after", "_count_before")

    def __init__(self, nodes: list[Node]) -> None:
        """Hold these."""
        self._before: list[Node] = []  # from the middle outwards
        self._after = nodes
        self._count_before, self._count_after = 0, len(nodes)

    def __len__(self) -> int:
        return self._count_before + self._count_after

    def __iter__(self) -> Iterator[Node]:
        yield from reversed(self._before[: self._count_before])
        yield from self._after[: self._count_after]

    def snapshot(self) -> Row:
        """Return the row as it is now, whatever is added to this one."""
        row = Row(self._after)
        row._before, row._count_before, row._count_after = self._before, self._count_before, self._count_after
        return row

    # For the one who grows it: places in the list at the end are counted from 0, in the one at the front from -1 down.

    def __getitem__(self, place: int) -> Node:
        return self._after[place] if place >= 0 else self._before[-1 - place]

    def add(self, node: Node, *, in_front: bool) -> int:
        """Add a node at one end, and return its place."""
        if in_front:
            self._before.append(node)
            self._count_before += 1
            return -self._count_before
        self._after.append(node)
        self._count_after += 1
        return self._count_after - 1


class Members:
    """The nodes of a sum of pipelines, and who has, writes, reads and confirms what.

    With it `sum(pipelines)` takes one look at each node. Once `join` has raised, it is of no further use.
    """

    def __init__(self, nodes: Iterable[Node]) -> None:
        """Begin with nodes that fit together."""
        self.row = Row([])
        self._names: dict[str, int] = {}
        self._makers: dict[str, int] = {}
        self._takers: dict[str, list[int]] = {}
        self._confirmed: set[str] = set()
        self._plain: set[str] = set()
        self._coded: set[str] = set()
        for each in nodes:
            self._add(each)

    def has_any(self, nodes: Iterable[Node]) -> bool:
        """Tell whether a node of one of these names is here."""
        return any(each.name in self._names for each in nodes)

    def join(self, nodes: Iterable[Node]) -> None:
        """Add nodes that fit together after those that are here, except those that are here already.

        Raises:
            PipelineError: They do not fit to those that are here.
        """
        new: set[int] = set()
        fits = True
        for each in nodes:
            place = self._names.get(each.name)
            if place is None or self.row[place] != each:
                fits &= self._add(each, new)
        if not fits:
            checked(list(self.row))  # tells what does not fit, all of it
        self._check_circles(new)

    def join_in_front(self, nodes: Iterable[Node]) -> None:
        """Add nodes that fit together before those that are here; none of them is here.

        Raises:
            PipelineError: They do not fit to those that are here.
        """
        new: set[int] = set()
        fits = True
        for each in reversed([*nodes]):
            fits &= self._add(each, new, in_front=True)
        if not fits:
            checked(list(self.row))
        self._check_circles(new)

    def _add(self, node: Node, new: set[int] | None = None, *, in_front: bool = False) -> bool:
        """Add a node, and tell whether it fits."""
        place = self.row.add(node, in_front=in_front)
        if new is not None:
            new.add(place)
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

    def _check_circles(self, new: set[int]) -> None:
        """Refuse circles through the new nodes: each leaves them for others, and comes back."""
        left = {
            taker
            for place in new
            for base in self.row[place].writes
            for taker in self._takers.get(base, ())
            if taker not in new
        }
        if not left or not any(
            maker not in new
            for place in new
            for base in self.row[place].reads
            if (maker := self._makers.get(base)) is not None
        ):
            return
        reached, waiting = set(left), list(left)
        while waiting:
            for base in self.row[waiting.pop()].writes:
                further = [taker for taker in self._takers.get(base, ()) if taker not in reached]
                reached.update(further)
                waiting.extend(further)
        if not reached.isdisjoint(new):
            graph_of([self.row[place] for place in sorted(reached)])
