from __future__ import annotations

import pytest

from tidemill.compat.loaders import ConfigLoader, TemplatedConfigLoader
from tidemill.errors import ConfigError, MissingConfigError


@pytest.fixture
def conf(tmp_path):
    for path, text in {
        "base/catalog.yml": "a: {filepath: '${folders.raw}/a', kind: '${kind|csv}', n: '${n}', x: ['${folders.raw}']}",
        "base/catalog_hidden.yml": "_b: 1",
        "base/globals.yml": "folders: {raw: data}\nn: 3\n",
        "local/globals.yml": "n: 4\n",
        "base/parameters.yml": "a: 1\nb: {c: 2}\n",
        "local/parameters.yml": "a: 5\n",
        "base/spark.yml": "spark.executor: 2\n",
    }.items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return str(tmp_path)


def test_a_loader_reads_files_as_they_stand(conf):
    loader = ConfigLoader(conf)

    assert loader["catalog"]["a"]["filepath"] == "${folders.raw}/a"
    assert loader["parameters"] == {"a": 5, "b": {"c": 2}}
    assert loader.get("parameters*", "parameters*/**") == {"a": 5, "b": {"c": 2}}
    assert loader.get("spark*") == {"spark.executor": 2}
    assert loader.get("catalog") == loader["catalog"]
    with pytest.raises(MissingConfigError):
        loader.get("absent*")


def test_runtime_parameters_go_over_parameters(conf):
    loader = ConfigLoader(conf, runtime_params={"b.c": 7, "new": 1})

    assert loader["parameters"] == {"a": 5, "b": {"c": 7}, "new": 1}


def test_a_templated_one_fills_in_globals(conf):
    loader = TemplatedConfigLoader(conf, globals_pattern="*globals.yml")
    assert loader["catalog"] == {"a": {"filepath": "data/a", "kind": "csv", "n": 4, "x": ["data"]}}

    given = TemplatedConfigLoader(conf, globals_pattern="*globals.yml", globals_dict={"kind": "json", "n": 5})
    assert given["catalog"]["a"]["kind"] == "json"
    assert given["catalog"]["a"]["n"] == 5


def test_without_files_of_globals_those_in_code_count(conf):
    given = TemplatedConfigLoader(
        conf, globals_pattern="no_such*", globals_dict={"folders": {"raw": "r"}, "kind": "k", "n": 1}
    )
    assert given["catalog"]["a"]["kind"] == "k"


def test_a_global_that_is_not_there_is_told_with_what_is_near(conf):
    with pytest.raises(ConfigError, match=r"catalog: a.filepath: '\$\{folders.raw\}' stands for a global"):
        _ = TemplatedConfigLoader(conf)["catalog"]


def test_all_that_is_wrong_is_found_at_once(conf, tmp_path):
    (tmp_path / "base" / "catalog.yml").write_text("a: {x: '${one}'}\nb: {x: 1}\nc: {x: '${two}'}\n")

    found, mistakes = TemplatedConfigLoader(conf).mistakes("catalog")

    assert found == {"b": {"x": 1}}
    assert [str(each).partition(" stands")[0] for each in mistakes] == [
        "catalog: a.x: '${one}'",
        "catalog: c.x: '${two}'",
    ]
