from __future__ import annotations

import pytest

from tidemill.catalog import DataCatalog
from tidemill.errors import DatasetConfigError, PipelineError
from tidemill.io import LambdaDataset, MemoryDataset
from tidemill.pipeline import Pipeline, node
from tidemill.runner.supply import supplied

TEXT = "text.TextDataset"


def take(*values):
    return values


def refusal(nodes, catalog):
    with pytest.raises(PipelineError, match=r"^The run cannot start:") as caught:
        supplied(Pipeline(nodes), catalog)
    return str(caught.value)


def test_what_only_nodes_make_is_in_memory_and_only_in_the_copy():
    catalog = DataCatalog({"raw": 1, "kept": MemoryDataset()})
    supply, in_memory, gathered = supplied(Pipeline([node(take, "raw", "a"), node(take, "a", ["b", "kept"])]), catalog)

    assert in_memory == {"a", "b"}
    assert gathered == set()
    assert sorted(supply.keys()) == ["a", "b", "kept", "raw"]
    assert sorted(catalog.keys()) == ["kept", "raw"]
    assert supply["raw"] is catalog["raw"]
    assert supply["kept"] is catalog["kept"]


def test_every_missing_input_is_named_with_its_node_and_what_is_near():
    told = refusal(
        [node(take, ["crs", "params:share"], "a", name="split"), node(take, ["a", "zebra"], "b", name="join")],
        DataCatalog({"cars": 1}),
    )

    assert "'crs', needed by 'split', is not in the catalog. Did you mean 'cars'?" in told
    assert "'params:share', needed by 'split', is not in the catalog." in told
    assert "'zebra', needed by 'join', is not in the catalog." in told
    assert "'a'" not in told


def test_an_input_in_memory_without_data_is_missing_too():
    assert "'raw', needed by 'n', is in memory, and has no data." in refusal(
        [node(take, "raw", "a", name="n")], DataCatalog({"raw": MemoryDataset()})
    )


def test_what_is_written_in_one_way_and_read_in_another_must_be_in_the_catalog():
    nodes = [node(take, "raw", "cars@pandas"), node(take, "cars@spark", "b", name="n")]

    told = refusal(nodes, DataCatalog({"raw": 1}))

    assert "'cars@spark', needed by 'n', is not in the catalog. It is written as 'cars@pandas'" in told


def test_a_wrong_definition_is_found_before_anything_runs():
    catalog = DataCatalog.from_config({"raw": {"type": TEXT, "filepath": "a.txt"}, "out": {"type": "text.TxtDataset"}})

    with pytest.raises(DatasetConfigError, match="out"):
        supplied(Pipeline([node(take, "raw", "out")]), catalog)


def test_what_cannot_be_confirmed_is_named():
    catalog = DataCatalog({"raw": 1, "lines": LambdaDataset(lambda: 1)})
    nodes = [
        node(take, "raw", "a", name="first", confirms=["lines", "a"]),
        node(take, "a", "b", name="second", confirms="linse"),
    ]
    told = refusal(nodes, catalog)

    assert "'lines', confirmed by 'first', is a LambdaDataset: only incremental datasets are confirmed." in told
    assert "'a', confirmed by 'first', is not in the catalog." in told
    assert "'linse', confirmed by 'second', is not in the catalog. Did you mean 'lines'?" in told


def test_what_is_missing_and_to_be_confirmed_is_named_once():
    told = refusal([node(take, "days", "a", name="first", confirms="days")], DataCatalog())

    assert told.count("'days'") == 1
    assert "'days', needed by 'first', is not in the catalog" in told


def test_a_version_that_is_fixed_and_made_anew_is_refused(tmp_path):
    config = {
        name: {"type": TEXT, "filepath": str(tmp_path / f"{name}.txt"), "versioned": True} for name in ("model", "raw")
    }
    DataCatalog.from_config(config, save_version="old").save("raw", "r")
    DataCatalog.from_config(config, save_version="old").save("model", "m")
    catalog = DataCatalog.from_config(config, load_versions={"model": "old", "raw": "old"})
    fit, rate = node(take, "raw", "model", name="fit"), node(take, "model", "score", name="rate")

    told = refusal([fit, rate], catalog)

    assert "'model' is made by this run, but its load version is fixed to 'old'" in told
    assert "'raw'" not in told
    assert "score" in supplied(Pipeline([rate]), catalog).catalog
    assert "model" in supplied(Pipeline([fit]), catalog).catalog


def test_patterns_supply_what_they_match(tmp_path):
    config = {"{name}_text": {"type": TEXT, "filepath": str(tmp_path / "{name}.txt")}}
    catalog = DataCatalog.from_config(config)

    supply = supplied(Pipeline([node(take, "raw_text", "out_text"), node(take, "raw_text", "other")]), catalog).catalog

    assert supply["out_text"] is catalog["out_text"]
    assert "other" in supply
    assert "other" not in catalog
