from __future__ import annotations

import dataclasses
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pipeline.graphs import TAGS, names, pipelines, take

from tidemill.errors import PipelineError
from tidemill.pipeline import Pipeline, Selection, node

READ = node(take, "raw", "cars@csv", name="read", tags="io", namespace="load")
SPLIT = node(
    take, ["cars@pandas", "params:share"], ["train", "test"], name="split", tags="fast", namespace="prepare.cut"
)
FIT = node(take, ["train", "parameters"], "model", name="fit", namespace="model")
RATE = node(take, ["model", "test"], "score", name="rate", tags="fast", namespace="model")
PLOT = node(take, "cars@spark", None, name="plot", tags="io")
CARS = Pipeline([READ, SPLIT, FIT, RATE, PLOT])


def base(name):
    return name.split("@")[0]


class Naive:
    """What a selection means, said with sets of nodes and nothing else, over and over until nothing changes."""

    def __init__(self, pipeline):
        self.nodes = set(pipeline.nodes)

    def needs(self, child, parent):
        return bool({base(name) for name in child.inputs} & {base(name) for name in parent.outputs})

    def closed(self, some, grows):
        while more := {each for each in self.nodes - some if any(grows(each, one) for one in some)}:
            some = some | more
        return some

    def below(self, some):
        return self.closed(some, self.needs)

    def above(self, some):
        return self.closed(some, lambda each, one: self.needs(one, each))

    def with_name(self, wanted):
        return {each for each in self.nodes if each.name in wanted}

    def with_tag(self, wanted):
        return {each for each in self.nodes if each.tags & set(wanted)}

    def within(self, wanted):
        return {each for each in self.nodes if any(f"{each.namespace}.".startswith(f"{one}.") for one in wanted)}

    def with_input(self, wanted):
        return {each for each in self.nodes if any({name, base(name)} & set(wanted) for name in each.inputs)}

    def with_output(self, wanted):
        return {each for each in self.nodes if any({name, base(name)} & set(wanted) for name in each.outputs)}

    def filtered(self, *, tags, from_nodes, to_nodes, node_names, from_inputs, to_outputs, node_namespaces):
        left = self.nodes
        left = left & self.with_tag(tags) if tags else left
        left = left & self.below(self.with_name(from_nodes)) if from_nodes else left
        left = left & self.above(self.with_name(to_nodes)) if to_nodes else left
        left = left & self.with_name(node_names) if node_names else left
        left = left & self.below(self.with_input(from_inputs)) if from_inputs else left
        left = left & self.above(self.with_output(to_outputs)) if to_outputs else left
        return left & self.within(node_namespaces) if node_namespaces else left


@st.composite
def chosen(draw):
    """A pipeline, and for each keyword of `filter` some names that it has."""
    pipeline = draw(pipelines())
    places = sorted(each.name for each in pipeline.nodes)
    data = sorted(pipeline.datasets() | {base(name) for name in pipeline.datasets()})
    spaces = sorted({prefix for each in pipeline.nodes for prefix in each.namespace_prefixes})
    pools = {
        "tags": TAGS,
        "from_nodes": places,
        "to_nodes": places,
        "node_names": places,
        "from_inputs": data,
        "to_outputs": data,
        "node_namespaces": spaces,
    }
    some = {
        what: draw(st.lists(st.sampled_from(pool), max_size=3)) if pool and draw(st.booleans()) else []
        for what, pool in pools.items()
    }
    return pipeline, some


@given(chosen())
def test_filters_agree_with_the_naive_model(case):
    pipeline, some = case
    expected = Naive(pipeline).filtered(**some)

    if not expected:
        with pytest.raises(PipelineError, match="No node is left"):
            pipeline.filter(**some)
        return
    found = pipeline.filter(**some)
    assert set(found.nodes) == expected
    assert names(found) == [each.name for each in pipeline.nodes if each in expected]
    assert found.nodes == pipeline.select(Selection.of(**some)).nodes


@given(chosen())
def test_methods_agree_with_the_naive_model(case):
    pipeline, some = case
    naive = Naive(pipeline)
    data = some["from_inputs"]
    for found, expected in [
        (pipeline.only_nodes(*some["node_names"]), naive.with_name(some["node_names"])),
        (pipeline.from_nodes(*some["node_names"]), naive.below(naive.with_name(some["node_names"]))),
        (pipeline.to_nodes(*some["node_names"]), naive.above(naive.with_name(some["node_names"]))),
        (pipeline.only_nodes_with_tags(*some["tags"]), naive.with_tag(some["tags"])),
        (pipeline.only_nodes_with_namespaces(some["node_namespaces"]), naive.within(some["node_namespaces"])),
        (pipeline.only_nodes_with_inputs(*data), naive.with_input(data)),
        (pipeline.only_nodes_with_outputs(*data), naive.with_output(data)),
        (pipeline.from_inputs(*data), naive.below(naive.with_input(data))),
        (pipeline.to_outputs(*data), naive.above(naive.with_output(data))),
    ]:
        assert set(found.nodes) == expected
        # What is selected is a pipeline like any other.
        assert found.graph == Pipeline(found.nodes).graph


@given(chosen())
def test_selecting_twice_is_selecting_once(case):
    pipeline, some = case
    for found in (pipeline.from_nodes(*some["from_nodes"]), pipeline.only_nodes_with_tags(*some["tags"])):
        assert (found & pipeline).nodes == found.nodes
        assert found.only_nodes(*names(found)).nodes == found.nodes


class TestDatasets:
    def test_a_name_without_transcoding_means_every_way(self):
        assert names(CARS.only_nodes_with_inputs("cars")) == ["prepare.cut.split", "plot"]
        assert names(CARS.only_nodes_with_inputs("cars@spark")) == ["plot"]
        assert names(CARS.only_nodes_with_outputs("cars")) == ["load.read"]
        assert names(CARS.from_inputs("cars@pandas", "raw")) == names(CARS)

    def test_a_dataset_that_is_used_the_other_way_round_selects_nothing(self):
        assert names(CARS.only_nodes_with_inputs("cars@csv")) == names(CARS.to_outputs("raw")) == []

    def test_parameters_are_inputs(self):
        assert names(CARS.from_inputs("parameters")) == ["model.fit", "model.rate"]
        assert names(CARS.only_nodes_with_inputs("params:share")) == ["prepare.cut.split"]

    def test_to_outputs_takes_all_that_is_needed(self):
        assert names(CARS.to_outputs("train")) == ["load.read", "prepare.cut.split"]

    @pytest.mark.parametrize(
        "select", [CARS.only_nodes_with_inputs, CARS.only_nodes_with_outputs, CARS.from_inputs, CARS.to_outputs]
    )
    def test_unknown_ones_are_all_told_with_what_is_near(self, select):
        with pytest.raises(PipelineError, match="(?s)no dataset of this name.*'modle'. Did you mean 'model'") as caught:
            select("modle", "train", "xyzzy", "cars@nope")
        assert "'xyzzy'" in str(caught.value)
        assert "'cars@nope'. Did you mean 'cars@" in str(caught.value)
        assert "'train'" not in str(caught.value)


class TestNamespaces:
    def test_those_inside_belong_to_it_and_names_that_only_begin_alike_do_not(self):
        assert names(CARS.only_nodes_with_namespaces(["prepare"])) == ["prepare.cut.split"]
        assert names(CARS.only_nodes_with_namespace("model")) == ["model.fit", "model.rate"]
        assert names(CARS.only_nodes_with_namespaces("prepare.cut")) == ["prepare.cut.split"]
        with pytest.raises(PipelineError, match=r"no namespace of this name:\n  'mod'\. Did you mean 'model'"):
            CARS.only_nodes_with_namespaces(["mod", "load"])

    def test_none_selects_nothing(self):
        assert names(CARS.only_nodes_with_namespaces([])) == []


class TestErrors:
    def test_a_node_is_found_by_its_name_without_the_namespace(self):
        with pytest.raises(PipelineError, match=r"'split'\. Did you mean 'prepare.cut.split'\?"):
            CARS.from_nodes("split")

    def test_many_are_cut(self):
        with pytest.raises(PipelineError, match="and 90 more"):
            CARS.only_nodes(*(f"nope{number}" for number in range(100)))

    def test_nothing_left_says_what_each_leaves(self):
        with pytest.raises(PipelineError) as caught:
            CARS.filter(tags="io", from_nodes=["prepare.cut.split"], node_namespaces="model")
        assert str(caught.value) == (
            "No node is left, none fits all that was asked for:\n"
            "  tags 'io': 2 of 5 nodes\n"
            "  from_nodes 'prepare.cut.split': 3 of 5 nodes\n"
            "  node_namespaces 'model': 2 of 5 nodes"
        )

    def test_a_tag_that_no_node_has_gets_a_hint(self):
        with pytest.raises(PipelineError, match=r"tags 'fats': 0 of 5 nodes\. Did you mean 'fast'"):
            CARS.filter(tags=["fats"])

    def test_of_an_empty_pipeline_nothing_is_left(self):
        with pytest.raises(PipelineError, match="the pipeline has none"):
            Pipeline([]).filter()


class TestSelection:
    def test_of_names_and_lists_of_names(self):
        made = Selection.of(tags="a", from_nodes="x", to_nodes=["y", "z", "y"], to_outputs=None, from_inputs=[])

        assert made == Selection(tags=frozenset({"a"}), from_nodes=("x",), to_nodes=("y", "z"))
        assert hash(made) == hash(Selection.of(tags=["a"], from_nodes=["x"], to_nodes=("y", "z")))
        assert pickle.loads(pickle.dumps(made)) == made

    def test_it_never_changes(self):
        with pytest.raises(dataclasses.FrozenInstanceError):
            Selection().tags = frozenset({"a"})

    def test_it_is_true_when_it_leaves_something_out(self):
        assert not Selection()
        assert not Selection.of(tags=[], from_nodes=None)
        assert Selection.of(to_outputs="x")

    @pytest.mark.parametrize("wrong", [3, [3], [None]])
    def test_what_is_no_name_is_refused(self, wrong):
        with pytest.raises(PipelineError, match="'to_nodes'"):
            Selection.of(to_nodes=wrong)

    def test_it_has_the_keywords_of_filter_in_their_order(self):
        assert [each.name for each in dataclasses.fields(Selection)] == [
            *("tags", "from_nodes", "to_nodes", "node_names", "from_inputs", "to_outputs", "node_namespaces")
        ]
        assert names(CARS.filter(["io"], ["load.read"], ["plot"])) == ["load.read", "plot"]
        assert names(CARS.filter(tags=[], from_nodes=[])) == names(CARS)
