from __future__ import annotations

import pytest

from tidemill import CachedDataset, DataCatalog, Pipeline, node
from tidemill.project import asked


def same(*values):
    return values[0]


NODES = Pipeline(
    [
        node(same, ["raw", "params:model.depth", "params:train"], "clean", name="a", tags=["x"]),
        node(same, "clean", "out", name="b", tags=["yes"]),
    ]
)
ALL = Pipeline([node(same, ["raw", "parameters"], "clean", name="a")])


@pytest.mark.parametrize(
    ("key", "is_used"),
    [
        ("model.depth", True),
        ("model.depth.inner", True),  # inside of what a node is given
        ("model", True),  # around it
        ("model.width", False),
        ("train.share", True),
        ("trains", False),
        ("mod", False),
    ],
)
def test_which_parameters_a_node_uses(key, is_used):
    assert bool(asked.used_keys([key], NODES)) is is_used
    assert bool(asked.about_params([key], NODES).problems) is not is_used
    assert asked.used_keys([key], ALL) == [key]


def test_a_parameter_that_nobody_uses_with_near_names():
    (told,) = asked.about_params(["model.dept"], NODES).problems

    assert told == "`--params model.dept`: no node of this run uses it. Did you mean 'model.depth'?"


def test_what_the_configuration_reads_is_used():
    assert asked.about_params(["date", "place.name"], NODES, read={"date", "place"}) == ([], [])
    assert len(asked.about_params(["date"], NODES, read={"dates"}).problems) == 1


def test_where_hooks_may_read_it_nobody_can_know():
    found = asked.about_params(["date"], NODES, hooks={"Mine"})

    assert found.problems == []
    assert "maybe a hook does: Mine" in found.notices[0]


def test_load_versions():
    catalog = DataCatalog.from_config(
        {
            name: {"type": "text.TextDataset", "filepath": f"{name}.txt", "versioned": name != "plain"}
            for name in ("raw", "clean", "other", "plain")
        }
    )
    catalog["memory"] = 1
    catalog["cached"] = CachedDataset({"type": "text.TextDataset", "filepath": "cached.txt", "versioned": True})
    nodes = NODES + Pipeline([node(len, "cached", "length")])

    found = asked.about_versions(
        dict.fromkeys(["raw", "clean", "other", "plain", "memory", "rwa", "cached"], "1"), nodes, catalog
    )

    assert [problem.partition(":")[0] for problem in found.problems] == [
        "`--load-versions clean`", "`--load-versions plain`", "`--load-versions memory`", "`--load-versions rwa`"
    ]  # fmt: skip
    assert found.problems[1].endswith("Add `versioned: true` to it.")
    assert found.problems[2].endswith("Leave the option out.")
    assert found.notices == ["`--load-versions other`: this run does not read 'other', so the version has no effect."]


def test_tags():
    assert asked.about_tags(["x", "yse"], NODES) == ["`--tags yse`: no node has it. Did you mean 'yes'?"]
