from __future__ import annotations

import pytest

from tidemill import MemoryDataset
from tidemill.catalog.parameters import named
from tidemill.project import Context, Session
from tidemill.project.context import anchored


class Loader(dict):
    """A config loader that is only a mapping."""

    def __missing__(self, key):
        from tidemill.errors import MissingConfigError

        raise MissingConfigError(key)


def test_the_catalog_is_kept_and_what_is_added_stays(make_project):
    context = Session.create(make_project()).load_context()

    context.catalog["mine"] = MemoryDataset(5)
    assert context.catalog.load("mine") == 5
    assert "mine" not in context._get_catalog()
    assert sorted(context.pipelines) == ["__default__", "doubling"]


def test_nested_parameters_have_names_of_their_own(make_project):
    catalog = Session.create(make_project()).load_context().catalog

    assert catalog.load("params:nested.deep") == {"x": 1, "y": 2}
    assert catalog.load("params:nested.deep.y") == 2
    assert catalog.load("parameters")["nested"] == {"deep": {"x": 1, "y": 2}}


@pytest.mark.parametrize("given", [{"nested": {"deep": {"x": 7}}}, {"nested.deep.x": 7}])
def test_runtime_parameters_come_before_those_of_the_configuration(make_project, given):
    context = Session.create(make_project(), runtime_params=given).load_context()

    assert context.params == {"a": 3, "nested": {"deep": {"x": 7, "y": 2}}}
    assert context.catalog.load("params:nested.deep.x") == 7


def test_a_loader_of_the_users_own_need_be_a_mapping_only(tmp_path):
    loader = Loader(parameters={"a": 1, "b": {"c": 2}}, catalog={"x": {"type": "MemoryDataset"}})
    context = Context(tmp_path, loader, runtime_params={"b": {"d": 3}})

    assert context.params == {"a": 1, "b": {"c": 2, "d": 3}}
    assert "x" in context.catalog
    assert Context(tmp_path, Loader()).params == {}
    assert Context(tmp_path, Loader(), extra_params={"a": 2}).params == {"a": 2}
    assert Context(tmp_path, loader, runtime_params={"b.c": 4, "e.f": 5}).params == {
        "a": 1,
        "b": {"c": 4},
        "e": {"f": 5},
    }


def test_paths_are_found_wherever_the_process_is(make_project, monkeypatch, tmp_path):
    home = make_project()
    monkeypatch.chdir(tmp_path)
    Session.create(home).run()

    assert (home / "data" / "doubled.json").is_dir()


def test_only_relative_paths_of_datasets_are_anchored():
    definitions = {
        "a": {"type": "T", "filepath": "data/a", "load_args": {"path": "x"}, "save_args": {"filename": "x"}},
        "b": {"path": "s3://bucket/b", "dataset": {"filepath": "c", "fs_args": {"path": "x"}}, "other": 3},
        "c": {"filepath": "/data", "path": "C:\\data", "filename": "~/data", "checkpoint": {"filepath": "d"}},
        "d": {"filepath": "", "path": None, "metadata": {"path": "x"}},
    }

    found = anchored(definitions, "/home")

    assert found["a"] == definitions["a"] | {"filepath": "/home/data/a"}
    assert found["b"] == definitions["b"] | {"dataset": {"filepath": "/home/c", "fs_args": {"path": "x"}}}
    assert found["c"] == definitions["c"] | {"checkpoint": {"filepath": "/home/d"}}
    assert found["d"] == definitions["d"]


def test_names_of_parameters_come_in_their_order():
    assert list(named({"b": {"y": 1, "x": {"z": 2}}, "a": 3})) == [
        "parameters", "params:b", "params:b.y", "params:b.x", "params:b.x.z", "params:a",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["train_args", "run_metadata", "metadata", "path"])
def test_what_a_dataset_is_called_does_not_keep_its_path_from_the_project(name):
    definition = {"type": "json.JSONDataset", "filepath": "data/x.json", "load_args": {"path": "kept"}}

    assert anchored({name: definition}, "/home")[name] == {**definition, "filepath": "/home/data/x.json"}
