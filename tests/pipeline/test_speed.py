"""10,000 nodes are nothing unusual: CPU seconds, the best of a few runs, with room for a busy machine."""

from __future__ import annotations

import random
import time

import pytest
from tests.pipeline.graphs import take

from tidemill.pipeline import Pipeline, node, pipeline

COUNT = 10_000


def chain(count):
    return [node(take, f"d{place}", f"d{place + 1}", name=f"n{place}", tags=f"t{place % 7}") for place in range(count)]


def wide(count):
    return [node(take, "d0", f"e{place}", name=f"n{place}", tags=f"t{place % 7}") for place in range(count)]


def layered(count):
    return [
        node(
            take,
            [f"d{place // 100}_{(place + near) % 100}" for near in range(3)],
            f"d{place // 100 + 1}_{place % 100}",
            name=f"n{place}",
            tags=f"t{place % 7}",
        )
        for place in range(count)
    ]


def seconds(work, runs=4):
    """Return the CPU time of the fastest run."""
    took = []
    for _ in range(runs):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return min(took)


@pytest.mark.parametrize("shape", [chain, wide, layered])
def test_a_pipeline_is_built_from_nothing_in_linear_time(shape):
    whole = seconds(lambda: Pipeline(shape(COUNT)))

    assert whole < 0.5  # 0.12 s where this was written
    assert whole < 8 * seconds(lambda: Pipeline(shape(COUNT // 4)))


@pytest.mark.parametrize("shape", [chain, wide, layered])
def test_nodes_in_no_order_are_put_in_one(shape):
    nodes = shape(COUNT)
    random.Random(1).shuffle(nodes)  # noqa: S311 - any order will do

    assert seconds(lambda: Pipeline(nodes)) < 0.5  # 0.06 s


@pytest.mark.parametrize("shape", [chain, wide, layered])
def test_any_selection_is_made_in_50_ms(shape):
    whole = pipeline(shape(COUNT), namespace="x.y", inputs={"d0"} if shape is not layered else None)
    first, last = whole.nodes[0], whole.nodes[-1]
    for select in [
        lambda: whole.only_nodes(*[each.name for each in whole.nodes[::2]]),
        lambda: whole.only_nodes_with_tags("t1", "t2"),
        lambda: whole.only_nodes_with_namespaces(["x"]),
        lambda: whole.only_nodes_with_inputs(first.inputs[0]),
        lambda: whole.only_nodes_with_outputs(last.outputs[0]),
        lambda: whole.from_nodes(first.name),
        lambda: whole.to_nodes(last.name),
        lambda: whole.from_inputs(first.inputs[0]),
        lambda: whole.to_outputs(last.outputs[0]),
        lambda: whole.filter(to_nodes=[last.name], to_outputs=[last.outputs[0]], node_namespaces=["x.y"]),
    ]:
        assert seconds(select, 10) < 0.05  # 0.002 to 0.02 s


@pytest.mark.parametrize("order", ["forwards", "backwards", "any"])
@pytest.mark.parametrize("size", [10, 100])
def test_a_sum_of_many_pipelines_takes_one_look_at_each_node(order, size):
    nodes = chain(COUNT)
    parts = [Pipeline(nodes[start : start + size]) for start in range(0, COUNT, size)]
    if order == "backwards":
        parts.reverse()
    elif order == "any":
        random.Random(1).shuffle(parts)  # noqa: S311

    assert seconds(lambda: sum(parts).nodes) < 0.5  # 0.05 to 0.08 s
    assert sum(parts).graph.nodes == tuple(nodes)


def test_a_pipeline_goes_into_a_namespace_in_linear_time():
    whole = Pipeline(chain(COUNT))

    assert seconds(lambda: pipeline(whole, namespace="x")) < 0.5  # 0.15 s
