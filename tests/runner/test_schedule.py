from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidemill.pipeline import Pipeline, node
from tidemill.runner.schedule import Schedule


def take(*values):
    return values


@st.composite
def pipelines(draw):
    """Nodes that need some datasets of those before them or of the user's; each dataset is confirmed at most once."""
    size = draw(st.integers(1, 10))
    sources = ["raw0", "raw1"]
    free_to_confirm = set(draw(st.sets(st.sampled_from([*sources, *(f"d{each}" for each in range(size))]))))
    nodes = []
    for number in range(size):
        known = [*sources, *(f"d{each}" for each in range(number))]
        needs = sorted(draw(st.sets(st.sampled_from(known), max_size=3)))
        confirms = sorted(draw(st.sets(st.sampled_from(sorted(free_to_confirm))))) if free_to_confirm else []
        free_to_confirm -= set(confirms)
        nodes.append(node(take, needs, f"d{number}", name=f"n{number}", confirms=confirms))
    return Pipeline(draw(st.permutations(nodes)))


def releasable(pipeline):
    confirmed = {name for each in pipeline.nodes for name in each.confirms}
    return (pipeline.datasets() | confirmed) - pipeline.outputs() - (pipeline.inputs() - confirmed)


@given(pipelines(), st.data())
def test_whatever_finishes_first_nodes_wait_for_those_they_need_and_datasets_for_all_their_users(pipeline, data):
    nodes, schedule = pipeline.nodes, Schedule(pipeline)
    makers = {name: position for position, each in enumerate(nodes) for name in each.outputs}
    running, done, released = [], [], []
    while schedule:
        while data.draw(st.booleans(), "take another") or not running:
            position = schedule.take()
            if position is None:
                break
            assert {makers[name] for name in nodes[position].inputs if name in makers} <= set(done)
            running.append(position)
        finished = running.pop(data.draw(st.integers(0, len(running) - 1), "finished"))
        done.append(finished)
        now = schedule.done(finished)
        for name in now:
            users = {
                position for position, each in enumerate(nodes) if name in [*each.inputs, *each.outputs, *each.confirms]
            }
            assert users <= set(done)
            assert finished in users
        released += now

    assert sorted(done) == list(range(len(nodes)))
    assert schedule.take() is None
    assert sorted(released) == sorted(releasable(pipeline))


@given(pipelines())
def test_one_at_a_time_is_the_order_of_the_pipeline(pipeline):
    schedule = Schedule(pipeline)
    order = []
    while schedule:
        order.append(schedule.take())
        schedule.done(order[-1])

    assert order == list(range(len(pipeline.nodes)))


def test_an_empty_pipeline_is_done():
    assert not Schedule(Pipeline([]))


def test_the_way_of_a_dataset_that_nobody_reads_is_released_when_it_is_written():
    schedule = Schedule(Pipeline([node(take, "raw", "cars@pandas"), node(take, "cars@spark", "score")]))

    assert schedule.done(schedule.take()) == ["cars@pandas"]
    assert schedule.done(schedule.take()) == ["cars@spark"]


def test_a_dataset_waits_for_the_node_that_confirms_it():
    nodes = [
        node(take, "parts", "table", name="process"),
        node(take, "table", None, name="check", confirms="parts"),
        node(take, ["parts", "table"], "more", name="again"),
    ]
    schedule = Schedule(Pipeline(nodes))
    released = {}
    while schedule:
        position = schedule.take()
        released[nodes[position].name] = set(schedule.done(position))

    assert released == {"process": set(), "check": set(), "again": {"parts", "table"}}


@given(pipelines(), st.data())
def test_after_failures_all_that_needs_them_is_left_out_and_the_rest_runs(pipeline, data):
    nodes, schedule = pipeline.nodes, Schedule(pipeline)
    failing = data.draw(st.sets(st.integers(0, len(nodes) - 1)), "failing")
    done, failed, skipped, released = [], [], [], []
    while schedule:
        position = schedule.take()
        if position in failing:
            more, now = schedule.failed(position)
            failed.append(position)
            skipped += more
        else:
            now = schedule.done(position)
            done.append(position)
        released += now

    assert sorted([*done, *failed, *skipped]) == list(range(len(nodes)))
    graph = pipeline.graph
    assert set(skipped) | set(failed) == graph.reachable(failed, graph.children)
    assert sorted(released) == sorted(releasable(pipeline))
    assert schedule.take() is None
