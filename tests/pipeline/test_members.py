"""Sums of pipelines: whatever is added in whatever order, the same as one pipeline of all nodes, or the same error."""

from __future__ import annotations

import functools
import itertools
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pipeline.graphs import names, take, wirings

from tidemill.errors import PipelineError
from tidemill.pipeline import Pipeline, node


@st.composite
def parts(draw):
    """Some pipelines, cut from one or not: they may share nodes, clash, or close a circle."""
    nodes = list(draw(wirings()))
    if draw(st.booleans()):
        nodes.append(
            node(take, draw(st.sampled_from(["d0", "d5"])), draw(st.sampled_from(["d1", "raw", "d9"])), name="x")
        )
    if draw(st.booleans()):
        nodes.append(node(take, draw(st.sampled_from(["d1@csv", "rare"])), "more", name="n1", confirms="d3"))
    cut = []
    for _ in range(draw(st.integers(1, 4))):
        try:
            cut.append(Pipeline(draw(st.lists(st.sampled_from(nodes), unique=True))))
        except PipelineError:
            continue
    return cut


def result(make):
    try:
        return make().graph
    except PipelineError as error:
        return str(error)


@given(parts())
def test_a_sum_is_the_pipeline_of_all_its_nodes_or_its_error(cut):
    every = list(dict.fromkeys(each for part in cut for each in part._given))
    summed, at_once = result(lambda: sum(cut, Pipeline([]))), result(lambda: Pipeline(every))

    if isinstance(at_once, str):
        assert isinstance(summed, str)  # of the part with which it began to go wrong
    else:
        assert summed == at_once


@given(parts(), st.data())
def test_a_sum_does_not_depend_on_what_its_parts_were_used_for_before(cut, data):
    def used(some):
        """Add to them, look at them, pickle them, in any order; fail or not."""
        for each in some:
            for use in data.draw(st.lists(st.sampled_from(["add", "nodes", "both"]), max_size=2)):
                if use != "add":
                    assert len(each.nodes) == len(each._given)
                if use != "nodes":
                    result(lambda each=each: each + data.draw(st.sampled_from(cut)))
        return some

    expected = result(lambda: functools.reduce(lambda left, right: left + right, cut, Pipeline([])))
    steps = [Pipeline([])]
    try:
        for each in used(cut):
            steps.append(steps[-1] + each)
            used(steps)
    except PipelineError:
        assert isinstance(expected, str)
        return

    assert steps[-1].graph == expected
    assert pickle.loads(pickle.dumps(steps[-1])).graph == expected
    for before, after in itertools.pairwise(steps):
        assert set(before.nodes) <= set(after.nodes)


@given(parts(), st.data())
def test_a_sum_does_not_depend_on_which_two_are_added_first(cut, data):
    """Added from the end, each in front of the sum of those after it, or in any other order."""
    expected = result(lambda: functools.reduce(lambda left, right: left + right, cut, Pipeline([])))
    sums = [Pipeline([]), *cut]
    try:
        while len(sums) > 1:
            place = data.draw(st.integers(0, len(sums) - 2))
            together = sums[place] + sums[place + 1]
            if data.draw(st.booleans()):
                together.nodes  # noqa: B018 - looked at, which keeps its graph
            sums[place : place + 2] = [together]
    except PipelineError:
        assert isinstance(expected, str)
        return
    assert sums[0].graph == expected
    assert pickle.loads(pickle.dumps(sums[0])).graph == expected


@given(wirings(most=12), st.data())
def test_a_pipeline_cut_in_pieces_and_put_together_again_is_itself(nodes, data):
    """In whatever order neighbours are added: pieces in front of larger ones, too."""
    sums, rest = [], list(nodes)
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        sums.append(Pipeline(rest[:size]))
        rest = rest[size:]
    while len(sums) > 1:
        place = data.draw(st.integers(0, len(sums) - 2))
        sums[place : place + 2] = [sums[place] + sums[place + 1]]
    assert sums[0].graph == Pipeline(nodes).graph


A, B, C = (node(take, one, two, name=one) for one, two in ("ab", "bc", "cd"))


class TestAdding:
    def test_a_pipeline_stays_what_it_is_when_it_is_added_to(self):
        first = Pipeline([A]) + Pipeline([B])
        second, third = first + Pipeline([C]), first + Pipeline([node(take, "x", "y", name="other")])

        assert names(first) == ["a", "b"]
        assert names(second) == ["a", "b", "c"]
        assert names(third) == ["a", "b", "other"]
        assert first.outputs() == {"c"}
        assert pickle.loads(pickle.dumps(first)).nodes == first.nodes

    def test_a_pipeline_stays_what_it_is_when_others_are_put_in_front_of_it(self):
        last = Pipeline([B]) + Pipeline([C])
        second, third = Pipeline([A]) + last, Pipeline([node(take, "x", "y", name="other")]) + last
        fourth = last + Pipeline([A])

        assert names(last) == ["b", "c"]
        assert names(second) == ["a", "b", "c"]
        assert names(third) == ["other", "b", "c"]
        assert names(fourth) == ["a", "b", "c"]  # it makes what `b` needs

    def test_the_first_of_two_equal_nodes_stays(self):
        tagged = Pipeline([A.tag("t")])
        assert (tagged + (Pipeline([A]) + Pipeline([B]))).nodes[0].tags == {"t"}
        assert ((Pipeline([A]) + Pipeline([B])) + tagged).nodes[0].tags == set()

    def test_a_pipeline_stays_what_it_is_when_adding_fails(self):
        first = Pipeline([A]) + Pipeline([B])
        for _ in range(2):
            with pytest.raises(PipelineError, match="wait for each other in a circle"):
                first + Pipeline([node(take, "c", "a", name="back")])
            with pytest.raises(PipelineError, match="wait for each other in a circle"):
                Pipeline([node(take, "c", "a", name="back")]) + first

        assert names(first) == ["a", "b"]
        assert names(first + Pipeline([C])) == ["a", "b", "c"]

    @pytest.mark.parametrize(
        ("extra", "message"),
        [
            (node(take, "x", "y", name="a"), "'a', 2 times"),
            (node(take, "x", "b", name="n"), "'b' by 'a' and 'n'"),
            (node(take, "x", "c@csv", name="n"), "'c' by 'b' and 'n'"),
            (node(take, "b@csv", "y", name="n"), "'b' beside 'b@csv'"),
            (node(take, "coded", "y", name="n"), "'coded' beside 'coded@csv'"),
            (node(take, "x", "y", name="n", confirms="parts"), "'parts' by 'confirming' and 'n'"),
        ],
    )
    def test_what_does_not_fit_is_told(self, extra, message):
        confirming = node(take, "coded@csv", "z", name="confirming", confirms="parts")
        with pytest.raises(PipelineError, match=message):
            Pipeline([A]) + Pipeline([B, confirming]) + Pipeline([extra])
        with pytest.raises(PipelineError, match=message if "and" not in message else "by 'n' and"):
            Pipeline([extra]) + (Pipeline([A]) + Pipeline([B, confirming]))

    def test_nodes_that_are_put_in_front_keep_their_order(self):
        front = [node(take, f"x{number}", f"y{number}", name=f"n{number}") for number in range(3)]
        back = [node(take, f"v{number}", f"w{number}", name=f"m{number}") for number in range(4)]
        assert (Pipeline(front) + Pipeline(back)).nodes == front + back

    def test_a_circle_through_several_pipelines_is_drawn(self):
        nodes = [node(take, f"d{number}", f"d{(number + 1) % 5}", name=f"n{number}") for number in range(5)]
        with pytest.raises(PipelineError, match="(?s)^5 nodes wait .*╭─▶ n.*╰─────╯ 'd") as caught:
            sum(Pipeline([nodes[place]]) for place in (3, 0, 2, 4, 1))
        assert all(each.name in str(caught.value) for each in nodes)

    def test_threads_may_add_to_one_pipeline(self):
        start = Pipeline([A]) + Pipeline([B])
        extra = [Pipeline([node(take, "c", f"d{number}", name=f"n{number}")]) for number in range(200)]
        with ThreadPoolExecutor(8) as pool:
            sums = list(pool.map(lambda each: start + each, extra))

        assert [names(each) for each in sums] == [["a", "b", f"n{number}"] for number in range(200)]
        assert names(start) == ["a", "b"]
