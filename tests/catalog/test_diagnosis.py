"""`diagnose`: every mistake of a catalog at once, and what pipelines make of it."""

from __future__ import annotations

import pytest
from tests.messages import assert_short

from tidemill import DataCatalog
from tidemill.catalog.diagnosis import diagnose
from tidemill.catalog.patterns import Patterns
from tidemill.catalog.secrets import secret_keys
from tidemill.catalog.usage import Uses, origins

CSV = {"type": "text.TextDataset", "filepath": "data/cars.csv"}


def kinds(*args, **given):
    return [(each.dataset, each.kind, each.keys, each.level) for each in diagnose(*args, **given)]


def test_nothing_wrong():
    assert diagnose({"cars": CSV, "_shared": 5, "{x}_parts": {**CSV, "filepath": "data/{x}"}}) == []


def test_every_kind_at_once():
    found = kinds(
        {
            5: CSV,
            "text": "cars.csv",
            "typeless": {"filepath": "a"},
            "unknown": {**CSV, "type": "text.TextDatset", "filepath": "u"},
            "{x}_{": CSV,
            "{y}_z": {**CSV, "filepath": "{w}"},
            "keys": {**CSV, "filepath": "k", "credentials": "none", "fs_args": {"secret": "abcdefgh"}, "version": "1"},
            "args": {"type": "text.TextDataset", "lod_args": {}, "fs_argz": {}, "versioned": "yes"},
        },
        load_versions={"nobody": "2020"},
    )

    assert found == [
        ("5", "definition", (), "error"),
        ("text", "definition", (), "error"),
        ("typeless", "definition", (), "error"),
        ("{x}_{", "pattern", (), "error"),
        ("{y}_z", "pattern", (), "error"),
        ("unknown", "type", ("type",), "error"),
        ("keys", "credentials", ("credentials",), "error"),
        ("keys", "secret", ("fs_args", "secret"), "error"),
        ("keys", "version", ("version",), "error"),
        ("args", "version", ("versioned",), "error"),
        ("args", "argument", ("lod_args",), "error"),
        ("args", "argument", ("fs_argz",), "error"),
        ("args", "argument", (), "error"),
        ("nobody", "version", (), "error"),
    ]


def test_all_arguments_of_one():
    found = diagnose({"a": {"type": "text.TextDataset", "fs_argz": {}, "encodin": "x", "credentials": 5}})

    assert [each.keys for each in found] == [("fs_argz",), ("encodin",), (), ("credentials",)]
    assert_short(found[0], "no argument 'fs_argz'. Did you mean 'fs_args'")
    assert_short(found[2], "needs 'filepath'")


def test_a_misspelt_argument_is_not_missing_too():
    [problem] = diagnose({"a": {"type": "text.TextDataset", "filepth": "x"}})

    assert_short(problem, "no argument 'filepth'. Did you mean 'filepath'")


def test_the_definitions_inside():
    parts = {"type": "PartitionedDataset", "path": "p", "dataset": {"filepath": "x"}}

    assert kinds({"a": parts}) == [("a", "definition", ("dataset",), "error")]
    inner = {"type": "text.TextDataset", "wrong": 1}
    assert kinds({"a": {**parts, "dataset": inner}}) == [("a", "argument", ("dataset", "wrong"), "error")]


class TestPatterns:
    def test_two_that_match_everything(self):
        [problem] = diagnose({"{a}": CSV, "{b}": {**CSV, "filepath": "b"}})

        assert_short(problem, "'{a}' and '{b}' both match every name")

    @pytest.mark.parametrize(
        ("one", "two", "same"),
        [
            ("{a}_x", "{b}_x", True),
            ("{a}_{b}", "{c}_{d}", True),
            ("{a}_{a}", "{b}_{c}", False),
            ("{a:d}_x", "{b}_x", False),
            ("{a}_x", "{a}_y", False),
        ],
    )
    def test_two_that_match_the_same(self, one, two, same):
        found = diagnose({one: CSV, two: CSV})

        assert [each.kind for each in found] == (["pattern"] if same else [])
        assert all("is always taken" in each.message for each in found)

    def test_one_that_is_never_used(self):
        uses = {"p": Uses.of({"north_sales", "cars"}, {"cars"})}

        found = kinds({"cars": CSV, "{x}_sales": CSV, "{x}_parts": CSV}, uses=uses)

        assert found == [("{x}_parts", "unused", (), "warning")]


class TestUse:
    USES = {
        "__default__": Uses.of({"cars", "mid", "out", "params:a", "parameters"}, {"cars", "params:a", "parameters"}),
        "one": Uses.of({"cars", "mid"}, {"cars"}),
    }

    def test_what_nobody_defines(self):
        [problem] = [each for each in diagnose({"cras": CSV}, uses=self.USES) if each.level == "error"]

        assert (problem.dataset, problem.kind) == ("cars", "undefined")
        assert_short(problem, "the pipeline 'one' needs it", "Did you mean 'cras'?")

    def test_what_nobody_uses(self):
        definitions = {"cars": CSV, "old": {**CSV, "filepath": "o"}, "mid": {**CSV, "filepath": "m"}}

        assert kinds(definitions, uses=self.USES) == [("old", "unused", (), "warning")]

    def test_without_pipelines_nothing_is_said_of_use(self):
        assert diagnose({"old": CSV}) == []

    def test_origins(self):
        patterns = Patterns({"{x}_sales": CSV})

        found = origins(["cars", "north_sales", "mid"], ["cars", "old", "params:a", "parameters"], patterns)

        assert found == (["cars"], {"{x}_sales": ["north_sales"]}, ["mid"], ["old"])


def test_where_secrets_are():
    value = {"a": {"password": "abcdefgh", "b": [1, {"api_key": "abcdefgh"}]}, "c": "ftp://me:abcdefgh@h/x", "d": 1}

    assert [*secret_keys(value)] == [("a", "password"), ("a", "b", 1, "api_key"), ("c",)]
    assert [*secret_keys({"max_token": 5, "name": "x"})] == []


def test_a_catalogs_definitions_are_all_there_and_nothing_is_made():
    catalog = DataCatalog.from_config({"cars": {"type": "no.such.Dataset"}, "{x}_sales": CSV})
    catalog["given"] = 5

    assert catalog.definitions() == {"cars": {"type": "no.such.Dataset"}, "given": None, "{x}_sales": CSV}
