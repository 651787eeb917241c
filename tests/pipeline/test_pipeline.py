from __future__ import annotations

import copy
import inspect
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tidemill
from tidemill.errors import PipelineError
from tidemill.pipeline import Pipeline, node, pipeline


def take(*values):
    return values


READ = node(take, "raw", "cars", name="read", tags="io")
SPLIT = node(take, ["cars", "params:share"], ["train", "test"], name="split", tags=["prepare", "fast"])
FIT = node(take, ["train", "parameters"], "model", name="fit", tags="slow")
RATE = node(take, ["model", "test"], "score", name="rate", tags="fast")
PLOT = node(take, "cars", None, name="plot", tags="io")
ALL = [READ, SPLIT, FIT, RATE, PLOT]
CARS = Pipeline(ALL)


def names(some):
    return [each.name for each in some.nodes]


SOME = st.lists(st.sampled_from(ALL), unique=True).map(Pipeline)


class TestMaking:
    def test_nodes_keep_their_order_where_it_is_possible(self):
        assert CARS.nodes == ALL
        assert names(Pipeline([RATE, FIT, PLOT, SPLIT, READ])) == ["read", "split", "fit", "rate", "plot"]

    def test_pipelines_nodes_and_generators_are_taken(self):
        parts = Pipeline([Pipeline([READ, SPLIT]), FIT, Pipeline([]), Pipeline(each for each in [RATE, PLOT])])

        assert parts.nodes == pipeline(CARS).nodes == CARS.nodes

    def test_tags_go_to_every_node(self):
        tagged = Pipeline([READ, PLOT], tags=["more", "io"])

        assert [each.tags for each in tagged.nodes] == [{"io", "more"}] * 2
        assert READ.tags == {"io"}
        assert pipeline(tagged, tags="one").nodes[0].tags == {"io", "more", "one"}

    def test_a_pipeline_can_be_tagged(self):
        tagged = CARS.tag(["more"])

        assert all("more" in each.tags for each in tagged.nodes)
        assert tagged.nodes == CARS.nodes
        assert "more" not in CARS.nodes[0].tags

    def test_the_room_takes_what_the_function_takes(self):
        assert tidemill.pipeline([READ], namespace="x", inputs="raw").inputs() == {"raw"}

    def test_the_function_takes_what_the_class_takes(self):
        ours, theirs = (dict(inspect.signature(each).parameters) for each in (pipeline, Pipeline))
        assert ours.pop("pipe").default is None  # the older name of the first, which can so be left out
        assert (ours.pop("nodes").kind, next(iter(theirs))) == (theirs.pop("nodes").kind, "nodes")
        assert [*ours.values()] == [*theirs.values()]

    @pytest.mark.parametrize("given", [None, READ, "read", 3])
    def test_what_is_no_list_of_nodes_is_refused(self, given):
        with pytest.raises(
            PipelineError, match=r"made of a list of nodes and pipelines, not of .* `Pipeline\(\[...\]\)`"
        ):
            Pipeline(given)

    @pytest.mark.parametrize("given", [None, take, "read", [READ]])
    def test_what_is_neither_node_nor_pipeline_is_refused(self, given):
        with pytest.raises(PipelineError, match="is neither"):
            Pipeline([READ, given])

    def test_two_nodes_of_one_name_are_refused(self):
        with pytest.raises(PipelineError, match="'read', 3 times"):
            Pipeline([READ, node(take, "a", "b", name="read"), SPLIT, READ])

    def test_one_dataset_confirmed_twice_is_refused_with_the_nodes(self):
        nodes = [
            node(take, "parts", "a", name="first", confirms="parts"),
            node(take, "a", "b", name="second", confirms=["parts", "others"]),
        ]
        with pytest.raises(PipelineError, match="confirmed by more than one node") as caught:
            Pipeline(nodes)
        assert "'parts' by 'first' and 'second'" in str(caught.value)
        assert "others" not in str(caught.value)

    def test_a_dataset_with_and_without_transcoding_is_refused(self):
        with pytest.raises(PipelineError, match="'cars' beside 'cars@csv'"):
            Pipeline([READ, node(take, "cars@csv", "x")])

    def test_it_pickles(self):
        again = pickle.loads(pickle.dumps(CARS))

        assert (again.nodes, again.graph) == (CARS.nodes, CARS.graph)
        assert copy.copy(CARS).graph == copy.deepcopy(CARS).graph == CARS.graph


class TestDatasets:
    def test_free_inputs_and_outputs(self):
        assert CARS.inputs() == {"raw", "params:share", "parameters"}
        assert CARS.outputs() == {"score"}

    def test_all_of_them(self):
        made = {"cars", "train", "test", "model", "score"}

        assert CARS.all_outputs() == made
        assert CARS.all_inputs() == {"raw", "params:share", "parameters", "cars", "train", "test", "model"}
        assert CARS.datasets() == CARS.data_sets() == CARS.all_inputs() | made

    def test_an_empty_pipeline_has_none(self):
        assert Pipeline([]).inputs() == Pipeline([]).outputs() == Pipeline([]).datasets() == set()

    def test_transcoding_links_what_is_read_to_what_is_written(self):
        coded = Pipeline([node(take, "cars@spark", "score"), node(take, "raw@csv", "cars@pandas", name="read")])

        assert coded.inputs() == {"raw@csv"}
        assert coded.outputs() == {"score"}
        assert coded.datasets() == {"raw@csv", "cars@pandas", "cars@spark", "score"}
        assert names(coded) == ["read", "take([cars@spark]) -> [score]"]


class TestAlgebra:
    def test_pipelines_add_up(self):
        assert names(Pipeline([FIT, RATE]) + Pipeline([READ, SPLIT])) == ["read", "split", "fit", "rate"]
        assert sum(Pipeline([each]) for each in ALL).nodes == ALL

    def test_what_does_not_fit_is_refused_when_it_is_added(self):
        with pytest.raises(PipelineError, match="'cars' by 'read' and 'again'"):
            CARS + Pipeline([node(take, "a", "cars", name="again")])

    @pytest.mark.parametrize("other", [1, READ, [READ], None, "read"])
    def test_other_things_do_not_add_up(self, other):
        for join in (lambda: CARS + other, lambda: CARS | other, lambda: CARS - other, lambda: CARS & other):
            with pytest.raises(TypeError):
                join()

    @given(SOME, SOME, SOME)
    def test_it_is_the_algebra_of_sets(self, one, two, three):
        def same(left, right):
            return set(left.nodes) == set(right.nodes) and len(left.nodes) == len(right.nodes)

        assert same(one + two, one | two)
        assert same(one + two, two + one)
        assert same((one + two) + three, one + (two + three))
        assert same(one & (two | three), (one & two) | (one & three))
        assert same(one - (two | three), (one - two) & (one - three))
        assert same((one - two) | (one & two), one)
        assert same(one + one, one)


class TestSelecting:
    def test_by_name(self):
        assert names(CARS.only_nodes("fit", "read")) == ["read", "fit"]

    def test_by_tag(self):
        assert names(CARS.only_nodes_with_tags("fast", "slow")) == ["split", "fit", "rate"]
        assert names(CARS.only_nodes_with_tags("none")) == names(CARS.only_nodes_with_tags()) == []

    def test_downstream(self):
        assert names(CARS.from_nodes("split")) == ["split", "fit", "rate"]
        assert names(CARS.from_nodes("plot", "fit")) == ["fit", "rate", "plot"]

    def test_upstream(self):
        assert names(CARS.to_nodes("fit")) == ["read", "split", "fit"]
        assert names(CARS.to_nodes("plot")) == ["read", "plot"]

    def test_a_selection_can_be_selected_from_and_added_to(self):
        tail = CARS.from_nodes("split")

        assert tail.inputs() == {"cars", "params:share", "parameters"}
        assert names(tail.to_nodes("fit")) == ["split", "fit"]
        assert names(tail + CARS.only_nodes("read")) == ["read", "split", "fit", "rate"]

    def test_unknown_names_are_all_told_with_what_is_near(self):
        for select in (CARS.only_nodes, CARS.from_nodes, CARS.to_nodes):
            with pytest.raises(PipelineError, match=r"'raed'\. Did you mean 'read'") as caught:
                select("raed", "fit", "xyzzy")
            assert "'xyzzy'" in str(caught.value)
            assert "'xyzzy'. There are 'read', 'split', 'fit' and 2 more." in str(caught.value)
            assert "  'fit'" not in str(caught.value)

    def test_filters_meet(self):
        assert CARS.filter().nodes == CARS.nodes
        assert names(CARS.filter(tags=["fast"], from_nodes=["fit"])) == ["rate"]
        assert names(CARS.filter(from_nodes=["split"], to_nodes=["fit"])) == ["split", "fit"]
        assert names(CARS.filter(node_names=["plot", "fit"], tags=["io"])) == ["plot"]

    def test_filters_that_leave_nothing_are_refused(self):
        with pytest.raises(PipelineError, match="No node is left"):
            CARS.filter(tags=["slow"], node_names=["read"])


class TestShowing:
    def test_describe(self):
        assert Pipeline([SPLIT, READ]).describe() == (
            "inputs: params:share, raw\n  1. read\n  2. split\noutputs: test, train"
        )
        assert "  1. read: take([raw]) -> [cars]\n" in CARS.describe(names_only=False)
        assert Pipeline([]).describe() == "inputs: none\noutputs: none"

    def test_json(self):
        content = json.loads(Pipeline([SPLIT, READ]).to_json())

        assert content.keys() == {"tidemill_version", "pipeline"}
        assert content["pipeline"] == [
            {"name": "read", "inputs": ["raw"], "outputs": ["cars"], "tags": ["io"]},
            {
                "name": "split",
                "inputs": ["cars", "params:share"],
                "outputs": ["train", "test"],
                "tags": ["fast", "prepare"],
            },
        ]

    def test_repr_stays_short(self):
        assert repr(Pipeline([READ])) == "Pipeline([\n    Node(take, 'raw', 'cars', name='read'),\n])"
        assert repr(Pipeline([])) == "Pipeline([])"
        many = Pipeline([node(take, "a", None, name=f"n{number}") for number in range(1000)])
        assert "and 990 more" in repr(many)
        assert len(repr(many)) < 1000
