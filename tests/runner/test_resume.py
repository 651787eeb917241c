from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidemill.catalog import DataCatalog
from tidemill.io import LambdaDataset, MemoryDataset
from tidemill.pipeline import Pipeline, node
from tidemill.runner.resume import advice, is_kept, only_missing, starts


def take(*values):
    return values


def kept():
    return LambdaDataset(lambda: 1, lambda _: None, lambda: True)


@st.composite
def failures(draw):
    """A pipeline, which of its datasets are kept, and which nodes are done: of each done one, all it needs is."""
    size = draw(st.integers(1, 12))
    nodes = []
    for number in range(size):
        known = ["raw", *(f"d{each}" for each in range(number))]
        nodes.append(
            node(take, sorted(draw(st.sets(st.sampled_from(known), max_size=3))), f"d{number}", name=f"n{number}")
        )
    pipeline = Pipeline(nodes)
    kept_names = draw(st.sets(st.sampled_from([f"d{number}" for number in range(size)])))
    done = set()
    for position, parents in enumerate(pipeline.graph.parents):
        if done.issuperset(parents) and draw(st.booleans()):
            done.add(position)
    return pipeline, kept_names, set(range(size)) - done


def can_run(pipeline, positions, there):
    """Tell whether these nodes, run in order, find all their inputs."""
    there = {*there, "raw"}
    for position, each in enumerate(pipeline.nodes):
        if position in positions:
            if not there.issuperset(each.inputs):
                return False
            there.update(each.outputs)
    return True


@given(failures())
def test_a_rerun_from_these_nodes_does_all_that_is_left_and_finds_its_inputs(failure):
    pipeline, kept_names, left = failure
    chosen = starts(pipeline, left, lambda name: name in kept_names)

    again = pipeline.graph.reachable(chosen, pipeline.graph.children)
    made = {
        name
        for position, each in enumerate(pipeline.nodes)
        if position not in left
        for name in each.outputs
        if name in kept_names
    }
    assert left <= again
    assert can_run(pipeline, again, made)
    for each in chosen:  # none of them comes with another
        others = pipeline.graph.reachable([other for other in chosen if other != each], pipeline.graph.children)
        assert each not in others


@given(failures())
def test_nothing_is_run_again_without_need(failure):
    pipeline, kept_names, left = failure
    again = pipeline.graph.reachable(starts(pipeline, left, lambda name: name in kept_names), pipeline.graph.children)
    if kept_names >= pipeline.all_outputs():
        assert again == pipeline.graph.reachable(left, pipeline.graph.children)


@given(failures())
def test_only_what_is_missing_finds_its_inputs(failure):
    pipeline, kept_names, left = failure
    made = {name for position, each in enumerate(pipeline.nodes) if position not in left for name in each.outputs}
    catalog = DataCatalog(
        {"raw": 1, **{name: LambdaDataset(None, None, lambda name=name: name in made) for name in kept_names}}
    )
    chosen = {pipeline.nodes.index(each) for each in only_missing(pipeline, catalog).nodes}

    assert can_run(pipeline, chosen, kept_names & made)
    assert {position for position, each in enumerate(pipeline.nodes) if {*each.outputs} & (kept_names - made)} <= chosen


def test_what_is_in_memory_is_not_kept():
    is_there = is_kept(DataCatalog({"memory": MemoryDataset(1), "kept": kept()}))

    assert (is_there("memory"), is_there("kept"), is_there("nowhere")) == (False, True, False)


def test_the_command_quotes_what_a_shell_would_take_apart():
    pipeline = Pipeline([node(take, "raw", "a", name="n1"), node(take, "a", "$b"), node(take, "a", "c", name="n3")])

    told = advice(pipeline, DataCatalog({"raw": 1, "a": kept()}), [1, 2])
    assert told == "To go on from here: tidemill run --from-nodes 'take([a]) -> [$b],n3'"


def test_there_is_nothing_to_say_when_all_must_run_again():
    pipeline = Pipeline([node(take, "raw", "a"), node(take, "a", "b")])

    assert advice(pipeline, DataCatalog({"raw": 1}), [1]) is None


def test_what_lives_in_memory_is_not_missed_unless_another_node_needs_it():
    nodes = [node(take, "raw", "a", name="n0"), node(take, "raw", "b", name="n1"), node(take, "b", "c", name="n2")]
    nodes.append(node(take, "a", None, name="n3"))
    catalog = DataCatalog({"raw": 1, "a": kept(), "c": LambdaDataset(None, None, lambda: False)})

    assert only_missing(Pipeline(nodes), catalog).nodes == nodes[1:]
    catalog["c"] = kept()
    assert only_missing(Pipeline(nodes), catalog).nodes == nodes[3:]
