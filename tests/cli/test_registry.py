from __future__ import annotations

import json


def test_list(tidemill, shop):
    assert tidemill("registry", "list").out == "__default__  3 nodes\nbroken       4 nodes\nreporting    2 nodes\n"
    assert json.loads(tidemill("registry", "list", "--json").out) == {"__default__": 3, "broken": 4, "reporting": 2}


def test_describe(tidemill, shop):
    assert tidemill("registry", "describe").out.splitlines() == [
        "__default__: 3 nodes",
        "Reads: params:model.depth, raw",
        "  1. clean: raw, params:model.depth -> clean  [first]",
        "  2. count: clean -> count",
        "  3. report: count -> report  [last]",
        "Makes: report",
    ]
    described = json.loads(tidemill("registry", "describe", "reporting", "--json").out)
    assert [each["name"] for each in described["pipeline"]] == ["report", "copy"]


def test_a_pipeline_that_there_is_not(tidemill, shop):
    said = tidemill("registry", "describe", "reprting")

    assert said.code == 1
    assert "Did you mean 'reporting'" in said.err
