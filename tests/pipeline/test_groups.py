from __future__ import annotations

import pytest
from hypothesis import given
from tests.pipeline.graphs import names, pipelines, take

from tidemill.errors import PipelineError
from tidemill.pipeline import GroupedNodes, Pipeline, node

LOAD = node(take, "raw", "cars", name="read", namespace="load")
CUT = node(take, "cars", ["train", "test"], name="cut", namespace="prepare.inner")
CLEAN = node(take, "train", "clean", name="clean", namespace="prepare")
PLOT = node(take, "cars", None, name="plot")
RATE = node(take, ["clean", "test"], "score", name="rate")
CARS = Pipeline([LOAD, CUT, CLEAN, PLOT, RATE])


class TestLevels:
    def test_nodes_of_a_level_wait_for_none_of_it(self):
        assert CARS.grouped_nodes == [[LOAD], [CUT, PLOT], [CLEAN], [RATE]]
        assert Pipeline([]).grouped_nodes == []

    @given(pipelines())
    def test_a_node_stands_right_after_the_last_that_it_needs(self, some):
        level = {each: number for number, group in enumerate(some.grouped_nodes) for each in group}

        assert sorted(level) == sorted(some.nodes)
        for each, needs in some.node_dependencies.items():
            assert level[each] == max((level[need] + 1 for need in needs), default=0)


class TestDependencies:
    @given(pipelines())
    def test_a_node_needs_those_that_make_what_it_loads(self, some):
        maker = {name.split("@")[0]: each for each in some.nodes for name in each.outputs}

        assert some.node_dependencies == {
            each: {maker[base] for name in each.inputs if (base := name.split("@")[0]) in maker} for each in some.nodes
        }


class TestGroups:
    def test_by_the_outermost_namespace(self):
        assert CARS.group_nodes_by() == [
            GroupedNodes("load", "namespace", ["load.read"], []),
            GroupedNodes("prepare", "namespace", ["prepare.inner.cut", "prepare.clean"], ["load"]),
            GroupedNodes("plot", "nodes", ["plot"], ["load"]),
            GroupedNodes("rate", "nodes", ["rate"], ["prepare"]),
        ]

    def test_each_node_for_itself(self):
        groups = CARS.group_nodes_by(None)

        assert [(each.name, each.type, each.nodes) for each in groups] == [(n, "nodes", [n]) for n in names(CARS)]
        assert groups[-1].dependencies == ["prepare.clean", "prepare.inner.cut"]

    def test_groups_come_in_an_order_in_which_they_can_run(self):
        late = Pipeline(
            [
                node(take, "x", "y", name="one", namespace="a"),
                node(take, "raw", "z", name="two", namespace="b"),
                node(take, "z", "w", name="three", namespace="a"),
            ]
        )

        assert [each.name for each in late.group_nodes_by()] == ["b", "a"]

    def test_a_namespace_and_a_node_of_one_name_are_two_groups(self):
        two = Pipeline([node(take, "raw", "x", name="n", namespace="a"), node(take, "x", "y", name="a")])

        assert [(each.type, each.name) for each in two.group_nodes_by()] == [("namespace", "a"), ("nodes", "a")]

    def test_what_comes_between_the_nodes_of_a_namespace_is_named(self):
        torn = Pipeline(
            [
                node(take, "raw", "x", name="one", namespace="a"),
                node(take, "x", "y", name="between"),
                node(take, "y", "z", name="two", namespace="a"),
            ]
        )

        with pytest.raises(PipelineError, match="wait for each other in a circle: 'a' → 'between' → 'a'"):
            torn.group_nodes_by("namespace")
        assert len(torn.group_nodes_by(None)) == 3

    def test_by_nothing_else(self):
        with pytest.raises(PipelineError, match="'group_by' is 'tag'"):
            CARS.group_nodes_by("tag")

    @given(pipelines())
    def test_every_node_is_in_one_group_and_every_need_is_named(self, some):
        try:
            groups = some.group_nodes_by()
        except PipelineError:
            return
        home = {name: each.name for each in groups for name in each.nodes}
        done = set()
        assert sorted(home) == sorted(names(some))
        for each in groups:
            assert done >= set(each.dependencies)
            done.add(each.name)
        assert {each.name: set(each.dependencies) for each in groups} == {
            each.name: {
                home[need.name]
                for member, needs in some.node_dependencies.items()
                if member.name in each.nodes
                for need in needs
                if home[need.name] != each.name
            }
            for each in groups
        }
