from __future__ import annotations

import shlex

import pytest

from tidemill.cli.options import RunOptions, only_used


def test_a_command_means_the_options_that_it_was_made_of():
    options = RunOptions.of(
        {
            "pipeline": "p", "nodes": ["a, f([x;y]) -> [z]"], "tags": ["t"], "env": "prod", "runner": "thread",
            "params": ["a.b=1,c=it's,d=[1,2],e='1'"], "load_versions": "x:1", "retries": 2, "keep_going": True,
            "async": True, "conf_source": "my conf",
        }
    )  # fmt: skip

    words = shlex.split(options.as_command())
    assert words[:2] == ["tidemill", "run"]
    flags = {word[2:]: True for word in words if word in {"--keep-going", "--async"}}
    rest = [word for word in words[2:] if word not in {"--keep-going", "--async"}]
    given = {key[2:]: value for key, value in zip(rest[::2], rest[1::2], strict=True)}
    given["retries"] = int(given["retries"])
    assert RunOptions.of({**given, **flags}) == options


def test_the_command_line_goes_over_a_file():
    file = RunOptions.of({"nodes": "a", "env": "base", "pipeline": "x"}, "run.yml")

    assert RunOptions.of({"nodes": ["b"], "pipelines": ["y,z"]}).over(file) == RunOptions(
        nodes=("b",), env="base", pipelines=("y", "z")
    )
    assert RunOptions.of({"retries": 0}).over(RunOptions.of({"retries": 3}, "run.yml")).retries == 0


def test_older_names():
    assert RunOptions.of({"tag": "a", "node_names": ["b"], "load_version": "c:1", "is_async": True}) == RunOptions(
        tags=("a",), nodes=("b",), load_versions={"c": "1"}, is_async=True
    )


def test_what_the_rest_of_a_run_does_not_use_is_left_out():
    options = RunOptions(params={"a": {"b": 1, "c": 2}}, load_versions={"x": "1", "y": "2"}, env="e")

    assert only_used(options, ["a.c"], ["y"]) == RunOptions(params={"a": {"c": 2}}, load_versions={"y": "2"}, env="e")


def test_an_option_that_there_is_not():
    with pytest.raises(ValueError, match=r"run\.yml: there is no option 'pipline'\. Did you mean 'pipeline'"):
        RunOptions.of({"pipline": "x"}, "run.yml")
