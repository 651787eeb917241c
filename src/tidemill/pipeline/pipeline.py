"""Pipeline: nodes that fit together, in an order in which they can run."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from tidemill.errors import PipelineError
from tidemill.pipeline.checks import checked
from tidemill.pipeline.graph import Graph, graph_of
from tidemill.pipeline.groups import by_level, by_namespace, by_node
from tidemill.pipeline.members import Members, Row
from tidemill.pipeline.namespace import rewired
from tidemill.pipeline.node import Node
from tidemill.pipeline.select import Selection, above, below, inside, loading, named, saving, selected, tagged
from tidemill.pipeline.transcoding import base_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from tidemill.pipeline.groups import GroupedNodes
    from tidemill.pipeline.namespace import Mapped
    from tidemill.pipeline.select import Some

    Nodes: TypeAlias = Iterable["Node | Pipeline"] | "Pipeline"

_SHOWN = 10


def pipeline(
    nodes: Nodes | None = None,
    *,
    inputs: Mapped = None,
    outputs: Mapped = None,
    parameters: Mapped = None,
    tags: str | Iterable[str] | None = None,
    namespace: str | None = None,
    prefix_datasets_with_namespace: bool = True,
    pipe: Nodes | None = None,
) -> Pipeline:
    """Return a pipeline of these nodes, and of the nodes of these pipelines: the arguments are those of `Pipeline`.

    `pipe` is the older name of `nodes`.

    Raises:
        PipelineError: The nodes do not fit together, or what is mapped is not there; the message says which and why.
        TypeError: There are no nodes given, or twice.
    """
    if (nodes is None) is (pipe is None):
        raise TypeError("`pipeline` takes nodes: a list of nodes and pipelines, or a pipeline.")
    return Pipeline(
        nodes if nodes is not None else pipe,  # type: ignore[arg-type] # one of them is given
        inputs=inputs,
        outputs=outputs,
        parameters=parameters,
        tags=tags,
        namespace=namespace,
        prefix_datasets_with_namespace=prefix_datasets_with_namespace,
    )


class Pipeline:
    """Nodes that fit together, in an order in which they can run. It never changes once it is made.

    The order is the one in which they are given, except that a node which makes what an earlier one needs comes before
    it. `a + b` and `a | b` have the nodes of both, `a - b` those of `a` alone, `a & b` those that are in both.
    """

    _given: Row  # sums share what is behind it

    def __init__(
        self,
        nodes: Nodes,
        *,
        inputs: Mapped = None,
        outputs: Mapped = None,
        parameters: Mapped = None,
        tags: str | Iterable[str] | None = None,
        namespace: str | None = None,
        prefix_datasets_with_namespace: bool = True,
    ) -> None:
        """Check the nodes and put them in order.

        Args:
            nodes: Nodes and pipelines.
            inputs: Free inputs that keep their names in the namespace: one, or a set; a dict gives them new names.
            outputs: The same for what nodes of the pipeline make.
            parameters: The same for parameters, with or without `params:`.
            tags: Given to all nodes.
            namespace: Comes before the names of all nodes, and of the datasets and parameters that are not mapped.
            prefix_datasets_with_namespace: False leaves the names of datasets and parameters as they are.

        Raises:
            PipelineError: Two nodes have one name, write one dataset or confirm one; some wait for each other in a
                circle; a dataset is used both with and without transcoding; what is mapped is not there.
        """
        given = _flattened(nodes)
        if namespace or not (inputs is None and outputs is None and parameters is None):
            given = rewired(
                given,
                inputs=inputs,
                outputs=outputs,
                parameters=parameters,
                namespace=namespace or None,
                prefix=prefix_datasets_with_namespace,
            )
        if tags is not None:
            given = [each.tag(tags) for each in given]
        self.graph = checked(given)
        self._given = Row(given)

    @classmethod
    def _of(cls, given: Row, **known: Any) -> Pipeline:
        """Return a pipeline of nodes that need no checks."""
        made = cls.__new__(cls)
        vars(made).update(known, _given=given)
        return made

    @cached_property
    def graph(self) -> Graph:
        """Who needs whom, by position in `nodes`."""
        return graph_of(list(self._given))

    @property
    def nodes(self) -> list[Node]:
        """The nodes, in an order in which they can run."""
        return list(self.graph.nodes)

    @property
    def node_dependencies(self) -> dict[Node, set[Node]]:
        """Node -> the nodes that make what it needs."""
        nodes, parents = self.graph.nodes, self.graph.parents
        return {each: {nodes[place] for place in above} for each, above in zip(nodes, parents, strict=True)}

    @property
    def grouped_nodes(self) -> list[list[Node]]:
        """The nodes in groups of which each needs only those before it, as few as possible."""
        return by_level(self.graph)

    def group_nodes_by(self, group_by: str | None = "namespace") -> list[GroupedNodes]:
        """Return the nodes in groups that can be deployed one after the other, with what each waits for.

        Args:
            group_by: `namespace`, the outermost one; or None, each node for itself.

        Raises:
            PipelineError: Groups wait for each other in a circle, or `group_by` is something else.
        """
        if group_by not in {None, "namespace"}:
            raise PipelineError(f"'group_by' is {group_by!r}: nodes are grouped by 'namespace', or not at all: None.")
        return by_node(self.graph) if group_by is None else by_namespace(self.graph)

    def all_inputs(self) -> set[str]:
        """Return the names of all datasets that a node loads."""
        return {name for each in self.graph.nodes for name in each.inputs}

    def all_outputs(self) -> set[str]:
        """Return the names of all datasets that a node saves."""
        return {name for each in self.graph.nodes for name in each.outputs}

    def inputs(self) -> set[str]:
        """Return the names of the free inputs: loaded by a node, made by none."""
        made = {name for each in self.graph.nodes for name in each.writes}
        return {name for name in self.all_inputs() if base_name(name) not in made}

    def outputs(self) -> set[str]:
        """Return the names of the free outputs: saved by a node, loaded by none."""
        loaded = {name for each in self.graph.nodes for name in each.reads}
        return {name for name in self.all_outputs() if base_name(name) not in loaded}

    def datasets(self) -> set[str]:
        """Return the names of all datasets that a node loads or saves."""
        return self.all_inputs() | self.all_outputs()

    def data_sets(self) -> set[str]:
        """Return `datasets()`, by its old name."""
        return self.datasets()

    def tag(self, tags: str | Iterable[str]) -> Pipeline:
        """Return this pipeline with more tags on every node."""
        return Pipeline(self, tags=tags)

    def only_nodes(self, *node_names: str) -> Pipeline:
        """Return the nodes of these names.

        Raises:
            PipelineError: There is no node of one of the names.
        """
        return self._part(named(self.graph, node_names))

    def only_nodes_with_tags(self, *tags: str) -> Pipeline:
        """Return the nodes that have at least one of these tags."""
        return self._part(tagged(self.graph, tags))

    def only_nodes_with_namespaces(self, node_namespaces: str | Iterable[str]) -> Pipeline:
        """Return the nodes in one of these namespaces, or in one inside of it.

        Raises:
            PipelineError: No node is in one of the namespaces.
        """
        return self._part(inside(self.graph, Selection.of(node_namespaces=node_namespaces).node_namespaces))

    def only_nodes_with_namespace(self, node_namespace: str) -> Pipeline:
        """Return the nodes in this namespace, or in one inside of it.

        Raises:
            PipelineError: No node is in the namespace.
        """
        return self.only_nodes_with_namespaces([node_namespace])

    def only_nodes_with_inputs(self, *inputs: str) -> Pipeline:
        """Return the nodes that load one of these datasets. A name without transcoding means every way.

        Raises:
            PipelineError: There is no dataset of one of the names.
        """
        return self._part(loading(self.graph, inputs))

    def only_nodes_with_outputs(self, *outputs: str) -> Pipeline:
        """Return the nodes that save one of these datasets. A name without transcoding means every way.

        Raises:
            PipelineError: There is no dataset of one of the names.
        """
        return self._part(saving(self.graph, outputs))

    def from_nodes(self, *node_names: str) -> Pipeline:
        """Return the nodes of these names, and those that need what they make, directly or not.

        Raises:
            PipelineError: There is no node of one of the names.
        """
        return self._part(below(self.graph, named(self.graph, node_names)))

    def to_nodes(self, *node_names: str) -> Pipeline:
        """Return the nodes of these names, and those whose work they need, directly or not.

        Raises:
            PipelineError: There is no node of one of the names.
        """
        return self._part(above(self.graph, named(self.graph, node_names)))

    def from_inputs(self, *inputs: str) -> Pipeline:
        """Return the nodes that load one of these datasets, and those that need what they make, directly or not.

        Raises:
            PipelineError: There is no dataset of one of the names.
        """
        return self._part(below(self.graph, loading(self.graph, inputs)))

    def to_outputs(self, *outputs: str) -> Pipeline:
        """Return the nodes that save one of these datasets, and those whose work they need, directly or not.

        Raises:
            PipelineError: There is no dataset of one of the names.
        """
        return self._part(above(self.graph, saving(self.graph, outputs)))

    def filter(
        self,
        tags: Some = None,
        from_nodes: Some = None,
        to_nodes: Some = None,
        node_names: Some = None,
        from_inputs: Some = None,
        to_outputs: Some = None,
        node_namespaces: str | Iterable[str] | None = None,
    ) -> Pipeline:
        """Return the nodes that fit everything that is given: each of these is one name or several, None for all.

        Args:
            tags: As of `only_nodes_with_tags`.
            from_nodes: As of `from_nodes`.
            to_nodes: As of `to_nodes`.
            node_names: As of `only_nodes`.
            from_inputs: As of `from_inputs`.
            to_outputs: As of `to_outputs`.
            node_namespaces: As of `only_nodes_with_namespaces`.

        Raises:
            PipelineError: No node is left, or something named is not there.
        """
        return self.select(
            Selection.of(
                tags=tags,
                from_nodes=from_nodes,
                to_nodes=to_nodes,
                node_names=node_names,
                from_inputs=from_inputs,
                to_outputs=to_outputs,
                node_namespaces=node_namespaces,
            )
        )

    def select(self, selection: Selection) -> Pipeline:
        """Return the nodes that fit a selection: `filter`, its keywords in one value.

        Raises:
            PipelineError: No node is left, or something named is not there.
        """
        return self._part(selected(self.graph, selection))

    def describe(self, names_only: bool = True) -> str:
        """Return a text with the free inputs, the nodes in their order, and the free outputs."""
        lines = [each.name if names_only else str(each) for each in self.graph.nodes]
        return "\n".join(
            [
                f"inputs: {', '.join(sorted(self.inputs())) or 'none'}",
                *(f"  {number}. {line}" for number, line in enumerate(lines, 1)),
                f"outputs: {', '.join(sorted(self.outputs())) or 'none'}",
            ]
        )

    def to_json(self) -> str:
        """Return the nodes in their order as JSON: name, inputs, outputs and tags of each."""
        import json

        from tidemill.io.manifest import writer

        nodes = [
            {"name": each.name, "inputs": each.inputs, "outputs": each.outputs, "tags": sorted(each.tags)}
            for each in self.graph.nodes
        ]
        return json.dumps({"tidemill_version": writer()["tidemill"], "pipeline": nodes})

    def _part(self, places: Iterable[int]) -> Pipeline:
        """Return some of the nodes, unchecked: what fits and is in order still does when others are left out."""
        part = self.graph.part(places)
        return self._of(Row(list(part.nodes)), graph=part)

    def __add__(self, other: object) -> Pipeline:
        if not isinstance(other, Pipeline):
            return NotImplemented
        # Handed on to the sum, which grows it: so a sum of many looks at each node once. Taken out of the dictionary in
        # one step, it is never in two hands; what is added to this pipeline once more begins with a new one.
        if len(self._given) < len(other._given) and (joined := self._in_front_of(other)) is not None:
            return joined
        members = vars(self).pop("_members", None) or Members(self._given)
        members.join(other._given)
        return self._of(members.row.snapshot(), _members=members)

    def _in_front_of(self, other: Pipeline) -> Pipeline | None:
        """Return the sum of this pipeline and a larger one, which is grown; None where that does not go."""
        members = vars(other).pop("_members", None) or Members(other._given)
        if members.has_any(self._given):
            vars(other)["_members"] = members
            return None
        try:
            members.join_in_front(self._given)
        except PipelineError:
            return None  # what does not fit is told in the order in which it was given
        return self._of(members.row.snapshot(), _members=members)

    __or__ = __add__

    def __radd__(self, other: object) -> Pipeline:
        return self if other == 0 else NotImplemented  # `sum` begins with 0

    def __sub__(self, other: object) -> Pipeline:
        if not isinstance(other, Pipeline):
            return NotImplemented
        left_out = set(other.graph.nodes)
        return self._part(place for place, each in enumerate(self.graph.nodes) if each not in left_out)

    def __and__(self, other: object) -> Pipeline:
        if not isinstance(other, Pipeline):
            return NotImplemented
        kept = set(other.graph.nodes)
        return self._part(place for place, each in enumerate(self.graph.nodes) if each in kept)

    def __getstate__(self) -> dict[str, Any]:
        return {"_given": Row(list(self._given))}

    def __repr__(self) -> str:
        nodes = self.graph.nodes
        shown = [repr(each) for each in nodes[:_SHOWN]]
        more = [f"and {len(nodes) - _SHOWN} more"] if len(nodes) > _SHOWN else []
        return "Pipeline([" + "".join(f"\n    {line}," for line in shown + more) + ("\n])" if shown else "])")

    def _repr_html_(self) -> str:
        from tidemill.io.html import counted, table
        from tidemill.io.show import listed

        nodes = self.graph.nodes
        rows = ((each.name, listed(each.inputs), listed(each.outputs), ", ".join(sorted(each.tags))) for each in nodes)
        return table(counted(len(nodes), "node"), ("node", "inputs", "outputs", "tags"), rows, len(nodes))


def _flattened(nodes: Nodes) -> list[Node]:
    if isinstance(nodes, Pipeline):
        return list(nodes._given)  # noqa: SLF001 - a Pipeline
    if isinstance(nodes, (Node, str)) or not hasattr(nodes, "__iter__"):
        raise PipelineError(
            f"A pipeline is made of a list of nodes and pipelines, not of {nodes!r}. Write `Pipeline([...])`."
        )
    given: list[Node] = []
    for each in nodes:
        if isinstance(each, Node):
            given.append(each)
        elif isinstance(each, Pipeline):
            given.extend(_flattened(each))
        else:
            raise PipelineError(f"A pipeline is made of nodes and pipelines, and {each!r} is neither. Use `node(...)`.")
    return given
