"""Pipeline: nodes that fit together, in an order in which they can run."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tidemill.errors import PipelineError
from tidemill.names import did_you_mean
from tidemill.pipeline.graph import Graph, graph_of
from tidemill.pipeline.node import Node
from tidemill.pipeline.transcoding import base_name, check_unmixed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeAlias

    Nodes: TypeAlias = Iterable["Node | Pipeline"] | "Pipeline"

_SHOWN = 10


def pipeline(nodes: Nodes, *, tags: str | Iterable[str] | None = None) -> Pipeline:
    """Return a pipeline of these nodes, and of the nodes of these pipelines.

    Raises:
        PipelineError: The nodes do not fit together; the message says which and why.
    """
    return Pipeline(nodes, tags=tags)


class Pipeline:
    """Nodes that fit together, in an order in which they can run. It never changes once it is made.

    The order is the one in which they are given, except that a node which makes what an earlier one needs comes before
    it. `a + b` and `a | b` have the nodes of both, `a - b` those of `a` alone, `a & b` those that are in both.
    """

    def __init__(self, nodes: Nodes, *, tags: str | Iterable[str] | None = None) -> None:
        """Check the nodes and put them in order.

        Args:
            nodes: Nodes and pipelines.
            tags: Given to all of them.

        Raises:
            PipelineError: Two nodes have one name, write one dataset or confirm one; some wait for each other in a
                circle; a dataset is used both with and without transcoding.
        """
        given = _flattened(nodes)
        if tags is not None:
            given = [each.tag(tags) for each in given]
        _check_names(given)
        _check_confirms(given)
        self.graph = graph_of(given)
        self._nodes = self.graph.nodes
        check_unmixed(self.datasets())

    @cached_property
    def graph(self) -> Graph:
        """Who needs whom, by position in `nodes`."""
        return graph_of(self._nodes)

    @property
    def nodes(self) -> list[Node]:
        """The nodes, in an order in which they can run."""
        return list(self._nodes)

    def all_inputs(self) -> set[str]:
        """Return the names of all datasets that a node loads."""
        return {name for each in self._nodes for name in each.inputs}

    def all_outputs(self) -> set[str]:
        """Return the names of all datasets that a node saves."""
        return {name for each in self._nodes for name in each.outputs}

    def inputs(self) -> set[str]:
        """Return the names of the free inputs: loaded by a node, made by none."""
        made = {base_name(name) for name in self.all_outputs()}
        return {name for name in self.all_inputs() if base_name(name) not in made}

    def outputs(self) -> set[str]:
        """Return the names of the free outputs: saved by a node, loaded by none."""
        loaded = {base_name(name) for name in self.all_inputs()}
        return {name for name in self.all_outputs() if base_name(name) not in loaded}

    def datasets(self) -> set[str]:
        """Return the names of all datasets that a node loads or saves."""
        return self.all_inputs() | self.all_outputs()

    def data_sets(self) -> set[str]:
        """Return `datasets()`, by its old name."""
        return self.datasets()

    def only_nodes(self, *names: str) -> Pipeline:
        """Return the nodes of these names.

        Raises:
            PipelineError: There is no node of one of the names.
        """
        return self._part(self._positions(names))

    def only_nodes_with_tags(self, *tags: str) -> Pipeline:
        """Return the nodes that have at least one of these tags."""
        return self._where(lambda each: not each.tags.isdisjoint(tags))

    def from_nodes(self, *names: str) -> Pipeline:
        """Return the nodes of these names, and those that need what they make, directly or not.

        Raises:
            PipelineError: There is no node of one of the names.
        """
        return self._part(self.graph.reachable(self._positions(names), self.graph.children))

    def to_nodes(self, *names: str) -> Pipeline:
        """Return the nodes of these names, and those whose work they need, directly or not.

        Raises:
            PipelineError: There is no node of one of the names.
        """
        return self._part(self.graph.reachable(self._positions(names), self.graph.parents))

    def filter(
        self,
        *,
        tags: Iterable[str] | None = None,
        from_nodes: Iterable[str] | None = None,
        to_nodes: Iterable[str] | None = None,
        node_names: Iterable[str] | None = None,
    ) -> Pipeline:
        """Return the nodes that every given selection has.

        Raises:
            PipelineError: No node is left, or there is no node of one of the names.
        """
        chosen = self
        if tags is not None:
            chosen &= self.only_nodes_with_tags(*tags)
        if from_nodes is not None:
            chosen &= self.from_nodes(*from_nodes)
        if to_nodes is not None:
            chosen &= self.to_nodes(*to_nodes)
        if node_names is not None:
            chosen &= self.only_nodes(*node_names)
        if not chosen.nodes:
            raise PipelineError("No node is left: no single one fits all that was asked for. Ask for less at once.")
        return chosen

    def describe(self, names_only: bool = True) -> str:
        """Return a text with the free inputs, the nodes in their order, and the free outputs."""
        lines = [each.name if names_only else str(each) for each in self._nodes]
        return "\n".join(
            [
                f"inputs: {', '.join(sorted(self.inputs())) or 'none'}",
                *(f"  {number}. {line}" for number, line in enumerate(lines, 1)),
                f"outputs: {', '.join(sorted(self.outputs())) or 'none'}",
            ]
        )

    def _positions(self, names: Sequence[str]) -> list[int]:
        place = {each.name: position for position, each in enumerate(self._nodes)}
        unknown = [name for name in names if name not in place]
        if unknown:
            told = "\n".join(f"  '{name}'{did_you_mean(name, place)}" for name in unknown)
            raise PipelineError(f"The pipeline has no node of this name:\n{told}")
        return [place[name] for name in names]

    def _where(self, wanted: Callable[[Node], bool]) -> Pipeline:
        return self._part(position for position, each in enumerate(self._nodes) if wanted(each))

    def _part(self, positions: Iterable[int]) -> Pipeline:
        """Return some of the nodes, unchecked: what fits and is in order still does when others are left out."""
        part = Pipeline.__new__(Pipeline)
        part._nodes = tuple(self._nodes[position] for position in sorted(set(positions)))  # noqa: SLF001
        return part

    def __add__(self, other: object) -> Pipeline:
        if not isinstance(other, Pipeline):
            return NotImplemented
        return Pipeline(dict.fromkeys([*self._nodes, *other._nodes]))

    __or__ = __add__

    def __radd__(self, other: object) -> Pipeline:
        return self if other == 0 else NotImplemented  # `sum` begins with 0

    def __sub__(self, other: object) -> Pipeline:
        if not isinstance(other, Pipeline):
            return NotImplemented
        left_out = set(other._nodes)
        return self._where(lambda each: each not in left_out)

    def __and__(self, other: object) -> Pipeline:
        if not isinstance(other, Pipeline):
            return NotImplemented
        kept = set(other._nodes)
        return self._where(lambda each: each in kept)

    def __repr__(self) -> str:
        shown = [repr(each) for each in self._nodes[:_SHOWN]]
        more = [f"and {len(self._nodes) - _SHOWN} more"] if len(self._nodes) > _SHOWN else []
        return "Pipeline([" + "".join(f"\n    {line}," for line in shown + more) + ("\n])" if shown else "])")


def _flattened(nodes: Nodes) -> list[Node]:
    if isinstance(nodes, Pipeline):
        return nodes.nodes
    if isinstance(nodes, (Node, str)) or not hasattr(nodes, "__iter__"):
        raise PipelineError(
            f"A pipeline is made of a list of nodes and pipelines, not of {nodes!r}. Write `Pipeline([...])`."
        )
    given: list[Node] = []
    for each in nodes:
        if isinstance(each, Node):
            given.append(each)
        elif isinstance(each, Pipeline):
            given.extend(each.nodes)
        else:
            raise PipelineError(f"A pipeline is made of nodes and pipelines, and {each!r} is neither. Use `node(...)`.")
    return given


def _check_names(nodes: Sequence[Node]) -> None:
    by_name: dict[str, list[Node]] = {}
    for each in nodes:
        by_name.setdefault(each.name, []).append(each)
    clashes = {name: same for name, same in by_name.items() if len(same) > 1}
    if clashes:
        told = "\n".join(f"  '{name}', {len(same)} times" for name, same in list(clashes.items())[:_SHOWN])
        raise PipelineError(
            f"Nodes of one pipeline have the same name:\n{told}\n"
            "Give each a `name` of its own, or leave out the repeated ones; pipelines that overlap are joined by `+`."
        )


def _check_confirms(nodes: Sequence[Node]) -> None:
    confirmed: dict[str, list[str]] = {}
    for each in nodes:
        for base in {base_name(name) for name in each.confirms}:
            confirmed.setdefault(base, []).append(f"'{each.name}'")
    clashes = {base: names for base, names in confirmed.items() if len(names) > 1}
    if clashes:
        told = "\n".join(f"  '{base}' by {' and '.join(names[:_SHOWN])}" for base, names in sorted(clashes.items()))
        raise PipelineError(f"A dataset is confirmed by more than one node:\n{told}\nLet the last of them confirm it.")
