"""Pipelines of many nodes: built, parts of them chosen, many of them added."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from measure import Limit, Row, in_turns

from tidemill.pipeline import Pipeline, node, pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from measure import Bench

    from tidemill.pipeline import Node

SELECTION = 0.05


def building(bench: Bench) -> Iterator[Row]:
    """From functions to a pipeline; four times the nodes must take four times the time."""
    count = bench.size(10_000, 1_000)
    for shape in (_chain, _wide, _layered):
        floor, quarter, ours = in_turns(
            lambda: [_Wired(number) for number in range(count)],
            lambda shape=shape: Pipeline(shape(count // 4)),
            lambda shape=shape: Pipeline(shape(count)),
            repeat=3,
        )
        name = shape.__name__.strip("_")
        line, peer = f"a {name} pipeline of {count:,} nodes, built", bench.peer("building", name, count)
        yield Row(line, "plain objects", floor, ours, Limit(most=0.5), peer=peer)
        yield Row("  beside four of a quarter", "four quarters", 4 * quarter, ours, Limit(times=2))


def selecting(bench: Bench) -> Iterator[Row]:
    """Every selection, on the chain; the slowest is shown."""
    whole = pipeline(_chain(bench.size(10_000, 1_000)), namespace="x.y", inputs={"d0"})
    first, last = whole.nodes[0], whole.nodes[-1]
    ways: dict[str, Callable[[], Pipeline]] = {
        "only_nodes": lambda: whole.only_nodes(*[each.name for each in whole.nodes[::2]]),
        "only_nodes_with_tags": lambda: whole.only_nodes_with_tags("t1", "t2"),
        "only_nodes_with_namespaces": lambda: whole.only_nodes_with_namespaces(["x"]),
        "only_nodes_with_inputs": lambda: whole.only_nodes_with_inputs(first.inputs[0]),
        "only_nodes_with_outputs": lambda: whole.only_nodes_with_outputs(last.outputs[0]),
        "from_nodes": lambda: whole.from_nodes(first.name),
        "to_nodes": lambda: whole.to_nodes(last.name),
        "from_inputs": lambda: whole.from_inputs(first.inputs[0]),
        "to_outputs": lambda: whole.to_outputs(last.outputs[0]),
        "filter": lambda: whole.filter(to_nodes=[last.name], to_outputs=[last.outputs[0]], node_namespaces=["x.y"]),
    }
    floor, *took = in_turns(lambda: [each.name for each in whole.nodes], *ways.values())
    slowest = max(took)
    line = f"the slowest selection of {len(whole.nodes):,} nodes ({[*ways][took.index(slowest)]})"
    yield Row(line, "their names", floor, slowest, Limit(most=SELECTION))


def adding(bench: Bench) -> Iterator[Row]:
    """A hundred pipelines, one after the other."""
    count = bench.size(10_000, 1_000)
    nodes = _chain(count)
    parts = [Pipeline(nodes[begin : begin + count // 100]) for begin in range(0, count, count // 100)]
    floor, ours, in_front = in_turns(
        lambda: Pipeline(nodes),
        lambda: sum(parts).nodes,
        lambda: functools.reduce(lambda after, before: before + after, reversed(parts)).nodes,
        repeat=3,
    )
    line, peer = f"a sum of 100 pipelines, {count:,} nodes", bench.peer("adding", count)
    yield Row(line, "one constructor call", floor, ours, Limit(times=5), peer=peer)
    yield Row("  each in front of those after it", "one constructor call", floor, in_front, Limit(times=5))


def _take(*values: object) -> object:
    return values


class _Wired:
    def __init__(self, number: int) -> None:
        self.function, self.inputs, self.outputs = _take, [f"d{number}"], [f"d{number + 1}"]
        self.name, self.tags, self.namespace, self.confirms = f"n{number}", {f"t{number % 7}"}, None, ()


def _chain(count: int) -> list[Node]:
    return [node(_take, f"d{each}", f"d{each + 1}", name=f"n{each}", tags=f"t{each % 7}") for each in range(count)]


def _wide(count: int) -> list[Node]:
    return [node(_take, "d0", f"e{each}", name=f"n{each}", tags=f"t{each % 7}") for each in range(count)]


def _layered(count: int) -> list[Node]:
    def before(each: int) -> list[str]:
        return [f"d{each // 100}_{(each + near) % 100}" for near in range(3)]

    return [node(_take, before(each), f"d{each // 100 + 1}_{each % 100}", name=f"n{each}") for each in range(count)]
