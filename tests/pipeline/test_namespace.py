from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pipeline.graphs import names, pipelines, take

from tidemill.errors import PipelineError
from tidemill.pipeline import Pipeline, node, pipeline

READ = node(take, ["raw", "params:share"], "cars", name="read", confirms="raw")
FIT = node(take, ["cars", "parameters"], ["model"], name="fit", namespace="in")
RATE = node(take, "model", None, name="rate", tags="t")
CARS = Pipeline([READ, FIT, RATE])

CODED = Pipeline(
    [
        node(take, "raw@csv", "cars@spark", name="read", confirms="raw@csv"),
        node(take, "cars@pandas", "model", name="fit"),
    ]
)


def base(name):
    return name.split("@")[0]


def wiring(some):
    return [(each.name, each.inputs, each.outputs, each.confirms) for each in some.nodes]


def shape(some):
    """Who needs whom, by what is left of their names when namespaces are cut off."""
    return {
        (each.name.split(".")[-1], above.name.split(".")[-1])
        for each, needs in some.node_dependencies.items()
        for above in needs
    }


class TestPrefix:
    def test_nodes_datasets_and_parameters_get_the_namespace_all_parameters_do_not(self):
        assert wiring(pipeline(CARS, namespace="x")) == [
            ("x.read", ["x.raw", "params:x.share"], ["x.cars"], ["x.raw"]),
            ("x.in.fit", ["x.cars", "parameters"], ["x.model"], []),
            ("x.rate", ["x.model"], [], []),
        ]

    def test_datasets_and_parameters_may_keep_their_names(self):
        kept = pipeline(CARS, namespace="x", prefix_datasets_with_namespace=False)

        assert names(kept) == ["x.read", "x.in.fit", "x.rate"]
        assert kept.datasets() == CARS.datasets()

    def test_namespaces_nest(self):
        assert wiring(pipeline(pipeline(CARS, namespace="x"), namespace="y.z")) == wiring(
            pipeline(CARS, namespace="y.z.x")
        )

    def test_a_name_of_the_wiring_follows_it(self):
        assert names(pipeline([node(take, "a", "b")], namespace="x")) == ["x.take([x.a]) -> [x.b]"]

    def test_a_fan_out_follows_its_input(self):
        assert pipeline([node(take, "a", "b", each="a")], namespace="x").nodes[0].each == "x.a"

    @pytest.mark.parametrize("namespace", [None, ""])
    def test_no_namespace_changes_nothing(self, namespace):
        assert wiring(pipeline(CARS, namespace=namespace)) == wiring(CARS)

    @pytest.mark.parametrize("namespace", [".x", "x..y", 3, "x@y"])
    def test_what_can_be_no_namespace_is_refused(self, namespace):
        with pytest.raises(PipelineError, match="the namespace"):
            pipeline(CARS, namespace=namespace)

    @pytest.mark.parametrize("namespace", ["x y", "x/y", "größe"])
    def test_a_namespace_may_have_characters_that_a_name_may_not(self, namespace):
        made = pipeline(CARS, namespace=namespace)
        assert made.nodes[0].name == f"{namespace}.read"
        assert made.only_nodes_with_namespaces([namespace]).nodes == made.nodes

    @pytest.mark.parametrize(
        ("parameters", "share", "deep"),
        [
            (None, "params:x.share", "params:x.deep.most"),
            ("share", "params:share", "params:x.deep.most"),
            ("params:share", "params:share", "params:x.deep.most"),
            ({"share", "params:deep.most"}, "params:share", "params:deep.most"),
            ({"share": "part"}, "params:part", "params:x.deep.most"),
            ({"params:share": "params:part"}, "params:part", "params:x.deep.most"),
            ({"params:share": "part"}, "params:part", "params:x.deep.most"),
            ({"parameters"}, "params:x.share", "params:x.deep.most"),
        ],
    )
    def test_parameters_go_into_the_namespace_unless_they_are_mapped(self, parameters, share, deep):
        # Observed to be the same in Kedro 0.18.14, 0.19.14 and 1.7.0: what projects of today rely on.
        given = pipeline([node(take, ["params:share", "params:deep.most", "parameters"], "y", name="n")])
        assert pipeline(given, namespace="x", parameters=parameters).nodes[0].inputs == [share, deep, "parameters"]

    def test_parameters_of_nested_namespaces(self):
        given = pipeline([node(take, ["params:share", "parameters"], "y", name="n")])
        inner, kept = pipeline(given, namespace="in"), pipeline(given, namespace="in", parameters="share")
        assert pipeline(inner, namespace="out").nodes[0].inputs == ["params:out.in.share", "parameters"]
        assert pipeline(kept, namespace="out").nodes[0].inputs == ["params:out.share", "parameters"]
        assert pipeline(kept, namespace="out", parameters="share").nodes[0].inputs == ["params:share", "parameters"]
        plain = pipeline(given, namespace="x", prefix_datasets_with_namespace=False)
        assert plain.nodes[0].inputs == ["params:share", "parameters"]

    def test_the_older_name_of_the_argument(self):
        assert wiring(pipeline(pipe=CARS, namespace="x")) == wiring(pipeline(CARS, namespace="x"))
        for wrong in ({}, {"nodes": CARS, "pipe": CARS}):
            with pytest.raises(TypeError, match="`pipeline` takes nodes"):
                pipeline(**wrong)

    def test_one_pipeline_twice(self):
        later = CARS.from_nodes("in.fit")
        both = pipeline(later, namespace="x", inputs="cars") + pipeline(later, namespace="y", inputs="cars")

        assert both.inputs() == {"cars", "parameters"}
        assert names(both) == ["x.in.fit", "x.rate", "y.in.fit", "y.rate"]


class TestMapping:
    @pytest.mark.parametrize("raw", ["raw", {"raw"}, ["raw"], {"raw": "raw"}, frozenset({"raw"})])
    def test_a_name_or_a_set_of_names_keeps_them(self, raw):
        kept = pipeline(CARS, namespace="x", inputs=raw, outputs="model", parameters="share")

        assert kept.inputs() == {"raw", "params:share", "parameters"}
        assert kept.nodes[0].confirms == ["raw"]
        assert kept.all_outputs() == {"x.cars", "model"}

    def test_a_dict_gives_new_names_with_or_without_a_namespace(self):
        for namespace, cars in ((None, "cars"), ("x", "x.cars")):
            mapped = pipeline(CARS, namespace=namespace, inputs={"raw": "bikes"}, outputs={"model": "best"})
            assert mapped.nodes[0].inputs[0] == "bikes"
            assert mapped.nodes[0].confirms == ["bikes"]
            assert mapped.all_outputs() == {cars, "best"}

    @pytest.mark.parametrize(
        "parameters", [{"share": "rate"}, {"params:share": "params:rate"}, {"share": "params:rate"}]
    )
    def test_parameters_are_mapped_with_or_without_their_prefix(self, parameters):
        assert "params:rate" in pipeline(CARS, namespace="x", parameters=parameters).inputs()

    def test_all_parameters_can_become_some(self):
        mapped = pipeline(CARS, namespace="x", parameters={"parameters": "params:model"})

        assert mapped.inputs() == {"x.raw", "params:x.share", "params:model"}

    def test_an_input_may_become_a_parameter(self):
        assert "params:raw" in pipeline(CARS, inputs={"raw": "params:raw"}).inputs()

    def test_names_may_be_swapped(self):
        two = Pipeline([node(take, ["a", "b"], "c")])

        assert pipeline(two, inputs={"a": "b", "b": "a"}).nodes[0].inputs == ["b", "a"]

    def test_two_inputs_may_become_one(self):
        assert pipeline([node(take, ["a", "b"], "c")], inputs={"a": "x", "b": "x"}).inputs() == {"x"}

    def test_what_is_confirmed_elsewhere_can_be_kept(self):
        kept = pipeline([node(take, "a", "b", confirms="parts")], namespace="x", inputs="parts")

        assert kept.nodes[0].confirms == ["parts"]

    def test_tags_and_mapping_at_once_and_in_the_constructor(self):
        made = Pipeline(
            [CARS, node(take, "u", "v", name="more")], inputs={"raw": "r", "u": "r"}, namespace="x", tags="y"
        )

        assert made.inputs() == {"r", "params:x.share", "parameters"}
        assert all("y" in each.tags for each in made.nodes)


class TestTranscoding:
    def test_a_dataset_is_mapped_by_its_name_in_every_way(self):
        assert wiring(pipeline(CODED, namespace="x", inputs={"raw": "r"}, outputs={"cars": "c"})) == [
            ("x.read", ["r@csv"], ["c@spark"], ["r@csv"]),
            ("x.fit", ["c@pandas"], ["x.model"], []),
        ]
        assert pipeline(CODED, namespace="x").all_inputs() == {"x.raw@csv", "x.cars@pandas"}

    def test_one_way_is_enough_when_it_is_the_only_one(self):
        assert pipeline(CODED, namespace="x", inputs={"raw@csv": "r@parquet"}).inputs() == {"r@parquet"}
        assert pipeline(CODED, namespace="x", inputs="raw@csv").inputs() == {"raw@csv"}

    @pytest.mark.parametrize("namespace", [None, "x"])
    def test_a_dataset_is_not_torn_apart(self, namespace):
        with pytest.raises(PipelineError, match=r"two datasets instead of one\. Map 'cars', which covers both"):
            pipeline(CODED, namespace=namespace, outputs={"cars@spark": "c@spark"})

    def test_a_name_with_a_way_does_not_get_another(self):
        with pytest.raises(PipelineError, match="'raw' is used as 'raw@csv', and cannot become 'r@json'"):
            pipeline(CODED, inputs={"raw": "r@json"})


class TestChecks:
    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"inputs": {"rwa"}}, r"'rwa' \(inputs\) is not in the pipeline\. Did you mean 'raw'"),
            ({"outputs": {"modle": "m"}}, r"'modle' \(outputs\) is not in the pipeline\. Did you mean 'model'"),
            ({"parameters": "shaer"}, r"'params:shaer' \(parameters\) is not .*\. Did you mean 'params:share'"),
            ({"inputs": "xyzzy"}, r"'xyzzy' \(inputs\) is not in the pipeline\."),
            ({"inputs": "cars"}, "'cars' is made by node 'read': map it in `outputs`"),
            ({"outputs": "raw"}, "'raw' is made by no node: map it in `inputs`"),
            ({"outputs": "params:share"}, "'params:share' is made by no node: map it in `parameters`"),
            ({"inputs": "params:share"}, "'params:share' is a parameter: map it in `parameters`"),
            ({"inputs": {"parameters"}}, "'parameters' is a parameter: map it in `parameters`"),
            ({"inputs": 3}, "'inputs' is 3: give a name"),
            ({"inputs": {"raw": 3}}, "'inputs' names a dataset 3"),
            ({"outputs": {"cars": ""}}, "'outputs' names a dataset ''"),
            ({"outputs": ["cars", None]}, "'outputs' names a dataset None"),
            ({"inputs": {"raw": "a@b@c"}}, "'a@b@c' is no transcoded name"),
            ({"outputs": {"cars": "raw"}}, "Node 'in.fit'|'raw' is both input and output"),
            ({"outputs": {"cars": "z", "model": "z"}}, "both input and output|more than one node"),
        ],
    )
    @pytest.mark.parametrize("namespace", [None, "x"])
    def test_what_does_not_fit_is_refused(self, given, message, namespace):
        if given == {"outputs": {"cars": "raw"}} and namespace:
            return  # then `raw` is `x.raw`, and the new name is free
        with pytest.raises(PipelineError, match=message):
            pipeline(CARS, namespace=namespace, **given)

    def test_all_that_does_not_fit_is_told_at_once(self):
        with pytest.raises(PipelineError) as caught:
            pipeline(CARS, inputs={"rwa", "cars"}, outputs={"raw"}, parameters={"no"}, namespace="x")
        assert len(str(caught.value).splitlines()) == 5

    def test_a_mapping_that_closes_a_circle_is_refused(self):
        with pytest.raises(PipelineError, match="wait for each other in a circle"):
            pipeline(CARS, inputs={"raw": "m"}, outputs={"model": "m"})


@st.composite
def mapped(draw):
    """A pipeline, and which of its datasets keep their names."""
    some = draw(pipelines())
    made, free = some.all_outputs(), some.inputs()
    parameters = {name for name in free if name.startswith("param")}

    def part(pool):
        return draw(st.sets(st.sampled_from(sorted(pool)))) if pool else set()

    return (
        some,
        part({base(name) for name in free - parameters}),
        part({base(name) for name in made}),
        part(parameters - {"parameters"}),
    )


@given(pipelines())
def test_a_namespace_changes_names_and_nothing_else(some):
    inside = pipeline(some, namespace="x")

    assert names(inside) == [f"x.{name}" for name in names(some)]
    assert shape(inside) == shape(some)
    assert [each.tags for each in inside.nodes] == [each.tags for each in some.nodes]
    assert inside.graph.parents == some.graph.parents
    assert all(name == "parameters" or name.removeprefix("params:").startswith("x.") for name in inside.datasets())


@given(pipelines())
def test_into_a_namespace_and_back_is_the_same_wiring(some):
    inside = pipeline(some, namespace="x")
    made = {base(name) for name in inside.all_outputs()}
    free = inside.inputs() | {name for each in inside.nodes for name in each.confirms if base(name) not in made}
    parameters = {name for name in free if name.startswith("param")}
    back = pipeline(
        inside,
        inputs={base(name): base(name).removeprefix("x.") for name in free - parameters},
        outputs={name: name.removeprefix("x.") for name in made},
        parameters={name: name.replace(":x.", ":") for name in parameters},
    )

    assert [each[1:] for each in wiring(back)] == [each[1:] for each in wiring(some)]


@given(mapped())
def test_what_is_kept_keeps_its_name_and_all_else_gets_the_namespace(case):
    some, inputs, outputs, parameters = case
    inside = pipeline(some, namespace="x", inputs=inputs, outputs=outputs, parameters=parameters)

    for old, new in zip(some.nodes, inside.nodes, strict=True):
        for before, after in zip(
            [*old.inputs, *old.outputs, *old.confirms], [*new.inputs, *new.outputs, *new.confirms], strict=True
        ):
            kept = base(before) in inputs | outputs or before in parameters | {"parameters"}
            prefixed = f"params:x.{before[7:]}" if before.startswith("params:") else f"x.{before}"
            assert after == (before if kept else prefixed)


@given(pipelines(), pipelines())
def test_namespaces_keep_pipelines_apart(one, two):
    both = pipeline(one, namespace="x") + pipeline(two, namespace="y")

    assert len(both.nodes) == len(one.nodes) + len(two.nodes)
    assert shape(pipeline(one, namespace="x")) == {
        (child, parent) for child, parent in shape(both.only_nodes_with_namespaces(["x"]))
    }
    assert both.only_nodes_with_namespaces(["y"]).graph.parents == two.graph.parents


@given(pipelines())
def test_nesting_is_a_longer_namespace(some):
    assert wiring(pipeline(pipeline(some, namespace="y"), namespace="x")) == wiring(pipeline(some, namespace="x.y"))
