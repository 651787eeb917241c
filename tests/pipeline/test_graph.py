from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemill.errors import PipelineError
from tidemill.pipeline import Pipeline, node
from tidemill.pipeline.graph import graph_of


def take(*values):
    return values


def wired(number, needs, *, makes=None):
    return node(take, [f"d{need}" for need in needs], makes or f"d{number}", name=f"n{number}")


@st.composite
def acyclic(draw):
    """Nodes of which each needs some of those before it."""
    size = draw(st.integers(1, 12))
    return [wired(number, draw(st.sets(st.integers(0, number - 1))) if number else ()) for number in range(size)]


@st.composite
def circular(draw):
    """The same, with a circle through some of them, in any order."""
    nodes = draw(acyclic())
    ring = draw(st.lists(st.sampled_from(range(len(nodes))), min_size=2, unique=True)) if len(nodes) > 1 else []
    for position, number in enumerate(ring):
        needs = {*(int(name[1:]) for name in nodes[number].inputs), ring[position - 1]}
        nodes[number] = wired(number, needs)
    return draw(st.permutations(nodes)) if ring else []


def is_in_order(nodes):
    makers = {name: position for position, each in enumerate(nodes) for name in each.outputs}
    return all(makers.get(name, -1) < position for position, each in enumerate(nodes) for name in each.inputs)


@given(acyclic().flatmap(st.permutations))
def test_every_node_comes_after_those_it_needs(nodes):
    ordered = graph_of(nodes).nodes

    assert sorted(ordered) == sorted(nodes)
    assert is_in_order(ordered)


@given(acyclic())
def test_an_order_that_is_possible_is_kept(nodes):
    assert list(graph_of(nodes).nodes) == nodes


@given(acyclic().flatmap(st.permutations))
def test_ordering_twice_changes_nothing(nodes):
    ordered = graph_of(nodes)

    assert graph_of(ordered.nodes) == ordered


@given(acyclic().flatmap(st.permutations))
def test_links_lead_both_ways_and_say_who_needs_whom(nodes):
    graph = graph_of(nodes)
    needed = {
        (parent, child)
        for child, below in enumerate(graph.nodes)
        for parent, above in enumerate(graph.nodes)
        if {*below.inputs} & {*above.outputs}
    }

    assert {(parent, child) for child, parents in enumerate(graph.parents) for parent in parents} == needed
    assert {(parent, child) for parent, children in enumerate(graph.children) for child in children} == needed


@given(acyclic().flatmap(st.permutations), st.data())
def test_reachable_is_what_following_the_links_again_and_again_finds(nodes, data):
    graph = graph_of(nodes)
    starts = data.draw(st.sets(st.sampled_from(range(len(nodes)))))
    for links in (graph.parents, graph.children):
        found = set(starts)
        for _ in nodes:
            found |= {position for start in found for position in links[start]}

        assert graph.reachable(starts, links) == found


@given(circular())
def test_a_circle_is_found_and_what_is_drawn_is_one(nodes):
    if not nodes:
        return
    with pytest.raises(PipelineError, match="wait for each other in a circle") as caught:
        graph_of(nodes)

    by_name = {each.name: each for each in nodes}
    drawn = re.findall(r"^  [│╭]\S*\s+(n\d+)$", str(caught.value), re.MULTILINE)
    passed = re.findall(r"(?:↓|╯) '(d\d+)'", str(caught.value))
    assert f"{len(drawn)} nodes" in str(caught.value) or len(drawn) == 10
    if "more ..." not in str(caught.value):
        assert all(
            name in by_name[above].outputs and name in by_name[below].inputs
            for above, name, below in zip(drawn, passed, [*drawn[1:], drawn[0]], strict=True)
        )


def test_how_a_circle_is_drawn():
    nodes = [
        node(take, "raw", "cars", name="read"),
        node(take, ["cars", "score"], ["train", "test"], name="split"),
        node(take, "train", "model@pickle", name="fit"),
        node(take, ["model@bytes", "test"], "score", name="rate"),
    ]
    with pytest.raises(PipelineError) as caught:
        Pipeline(nodes)

    assert str(caught.value) == (
        "3 nodes wait for each other in a circle:\n"
        "  ╭─▶ split\n"
        "  │     ↓ 'train'\n"
        "  │   fit\n"
        "  │     ↓ 'model@pickle'\n"
        "  │   rate\n"
        "  ╰─────╯ 'score'\n"
        "Let one of them write under another name, or leave it out."
    )


def test_a_long_circle_is_cut_in_the_middle():
    with pytest.raises(PipelineError, match=r"(?s)^1000 nodes wait .*990 more \.\.\.") as caught:
        graph_of([wired(number, [(number - 1) % 1000]) for number in range(1000)])
    assert len(str(caught.value).splitlines()) < 30


def test_every_dataset_with_two_writers_is_named_with_them():
    nodes = [
        node(take, "x", ["a", "b"], name="first"),
        node(take, "x", ["b@csv", "c"], name="second"),
        node(take, "x", "c", name="third"),
        node(take, "x", "c", name="fourth"),
    ]
    with pytest.raises(PipelineError) as caught:
        graph_of(nodes)

    assert "'b' by 'first' and 'second'" in str(caught.value)
    assert "'c' by 'second' and 'third' and 'fourth'" in str(caught.value)
    assert "'a'" not in str(caught.value)


def test_many_clashes_are_cut():
    nodes = [wired(number, [], makes=[f"d{each}" for each in range(100)]) for number in range(100)]
    nodes = [node(take, "x", each.outputs, name=each.name) for each in nodes]
    with pytest.raises(PipelineError, match=r"(?m)^  and 95 more$") as caught:
        graph_of(nodes)

    assert len(str(caught.value)) < 1000


def test_a_chain_is_ordered_without_recursion():
    nodes = [wired(number, [number - 1]) for number in range(1, 5001)]

    assert list(graph_of(nodes[::-1]).nodes) == nodes
