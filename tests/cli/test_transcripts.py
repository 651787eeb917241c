"""Every command has help with an example, and every message about a mistake is short and names the way out."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click
import pytest

from tidemill.cli.command import Command, Group
from tidemill.cli.entry import cli
from tidemill.cli.table import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LINES, LONGEST = 12, 420
#: Commands that take a project and can do without.
WITHOUT = {"info", "catalog schema"}
REGISTRY = "src/shop/pipeline_registry.py"
CATALOG = "conf/base/catalog.yml"
TEXT = "text.TextDataset, filepath: data/raw"
HOOKS = (
    "from tidemill import hook_impl\nclass H:\n    @hook_impl\n    def before_nod_run(self):\n        pass\n"
    "HOOKS = (H(),)\n"
)


def commands(
    command: click.Command = cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        # Of the whole, only ours: what happens to be installed here is not the matter.
        names = (
            [each for each in COMMANDS if find_spec(COMMANDS[each].module)]
            if command is cli
            else command.list_commands(ctx)
        )
        for name in names:
            inner = (
                Group.get_command(command, ctx, name) if isinstance(command, Group) else command.get_command(ctx, name)
            )
            assert inner is not None, name
            yield from commands(inner, (*path, name))


ALL = {" ".join(path): command for path, command in commands()}
LEAVES = [name for name, command in ALL.items() if not isinstance(command, click.Group)]


@pytest.mark.parametrize("name", ALL)
def test_every_command_has_help_with_an_example(tidemill, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)

    said = tidemill(*name.split(), "--help")

    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0].startswith(f"Usage: tidemill {name}".rstrip())
    assert lines[2].strip(), "it says in a sentence what it does"
    at = next(place for place, line in enumerate(lines) if line in {"Example:", "Examples:"})
    assert any(f"tidemill {name}".rstrip() in line for line in lines[at + 1 :])
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_in_the_table_is_what_the_command_says(name):
    assert isinstance(ALL[name], (Command, Group))
    assert COMMANDS[name].help.endswith(".")
    assert len(COMMANDS[name].help) <= 80


def short(said, *parts):
    lines = said.lines
    assert 0 < len(lines) <= MOST_LINES, "\n".join(lines)
    assert max(map(len, lines)) <= LONGEST
    assert "Traceback (most recent call last)" not in said.out + said.err
    missing = [part for part in parts if part not in said.out + said.err]
    assert missing == [], said.out + said.err


@pytest.mark.parametrize(
    "name", [name for name in ALL if not ALL[name].context_settings.get("ignore_unknown_options")]
)  # which hand them on
def test_an_option_that_there_is_not(tidemill, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)

    said = tidemill(*name.split(), "--hepl")

    assert said.code == 2
    short(said, "--hepl", "--help")


@pytest.mark.parametrize(
    "name", [name for name in LEAVES if any("--project" in each.opts for each in ALL[name].params)]
)
def test_outside_of_a_project(tidemill, tmp_path, monkeypatch, name):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    arguments = [each.name for each in ALL[name].params if isinstance(each, click.Argument) and each.required]

    said = tidemill(*name.split(), *arguments)

    if name not in WITHOUT:
        assert said.code in {1, 2}
        short(said, "tidemill new" if said.code == 1 else "--help")
        assert os.listdir(tmp_path / "empty") == []


def replaced(path, old, new):
    def break_it(shop):
        text = (shop / path).read_text()
        assert old in text
        (shop / path).write_text(text.replace(old, new))

    return break_it


def written(path, text):
    return lambda shop: (shop / path).write_text(text)


#: What is wrong -> how it is made so, what is called, what the message must say.
MISTAKES = {
    "a type misspelt": (replaced(CATALOG, TEXT, "text.TextDatset, filepath: data/raw"),
                        ["run"], ["'raw'", "Did you mean", "text.TextDataset"]),
    "an argument misspelt": (replaced(CATALOG, "filepath: data/raw.txt", "filpath: data/raw.txt"),
                             ["run"], ["'raw'", "filpath", "filepath"]),
    "a type without the library": (replaced(CATALOG, TEXT, "nolib.Thing, filepath: x"),
                                   ["run"], ["'raw'", "nolib.Thing"]),
    "a catalog that is no YAML": (written(CATALOG, "raw: {type: [\n"), ["run"], ["catalog.yml", "line 2"]),
    "a catalog that is a list": (written(CATALOG, "- raw\n"), ["run"], ["catalog.yml"]),
    "an entry twice": (written("conf/base/catalog_2.yml", "raw: {type: text.TextDataset, filepath: x.txt}\n"),
                       ["run"], ["raw", "catalog.yml", "catalog_2.yml", "Remove it"]),
    "an interpolation of nothing": (replaced(CATALOG, "data/raw.txt", '"${oc.env:HOME}/raw.txt"'), ["run"], ["oc.env"]),
    "credentials that are missing": (replaced(CATALOG, "data/raw.txt", "data/raw.txt, credentials: key"),
                                     ["run"], ["'raw'", "credentials", "key"]),
    "no catalog at all": (lambda shop: (shop / CATALOG).unlink(), ["run"], ["'raw'"]),
    "an input that is not in the catalog": (replaced(CATALOG, "raw:", "row:"),
                  ["run"], ["'raw'", "Did you mean 'row'"]),
    "a missing file": (lambda shop: (shop / "data/raw.txt").rename(shop / "data/raws.txt"),
                       ["run"], ["'raw'", "Did you mean 'raws.txt'"]),
    "a parameter that is missing": (written("conf/base/parameters.yml", "model: {dept: 2}\n"),
                                    ["run"], ["params:model.depth", "Did you mean"]),
    "a node that fails": (lambda _: None, ["run", "-p", "broken"],
                          ["Node 'fail' failed", "no wheels", "pipeline_registry.py:", "To go on from here: "]),
    "a node that returns too little": (
        replaced(REGISTRY, 'node(len, "clean", "count"', 'node(len, "clean", ["count", "other"]'), ["run"],
        ["Node 'count'", "To go on from here: tidemill run"]),
    "a node that cannot be called": (replaced(REGISTRY, '["raw", "params:model.depth"]', '["raw"]'),
                  ["run"], ["clean", "depth"]),
    "two nodes of a name": (replaced(REGISTRY, 'name="count"', 'name="clean"'), ["run"], ["clean"]),
    "a circle": (replaced(REGISTRY, 'node(len, "clean", "count"', 'node(len, "report", "count"'), ["run"], ["circle"]),
    "a data set that cannot be written": (
        lambda shop: (shop / "data/report.txt").mkdir(), ["run"], ["'report'", "Node 'report'", "To go on from here"]),
    "a syntax error": (replaced(REGISTRY, "def same(value):", "def same(value:"),
                  ["run"], ["SyntaxError", "pipeline_registry.py"]),
    "a library that is missing": (replaced(REGISTRY, "from tidemill import", "import nolib\nfrom tidemill import"),
                                  ["run"], ["nolib", "pip install nolib"]),
    "no register_pipelines": (written(REGISTRY, "x = 1\n"), ["run"], ["register_pipelines"]),
    "settings that fail": (written("src/shop/settings.py", "HOKS = ()\n1 / 0\n"),
                  ["run"], ["ZeroDivisionError", "settings.py:2"]),
    "a setting that cannot be": (written("src/shop/settings.py", "HOOKS = 3\n"), ["run"], ["HOOKS"]),
    "a package that is not there": (replaced("pyproject.toml", '"shop"', '"shoop"'), ["run"], ["shoop"]),
    "a pyproject without a name": (written("pyproject.toml", "[tool.tidemill]\n"), ["run"], ["package_name"]),
    "a pyproject that is no TOML": (written("pyproject.toml", "[tool.tidemill\n"), ["run"], ["pyproject.toml"]),
    "a hook misspelt": (
        written("src/shop/settings.py", HOOKS), ["run"], ["before_nod_run", "Did you mean 'before_node_run'"]),
    "an environment that is not there": (lambda _: None, ["run", "--env", "prd"], ["prd", "base"]),
    "a configuration that is not there": (lambda _: None, ["run", "--conf-source", "nowhere"], ["nowhere"]),
    "a command misspelt": (lambda _: None, ["rnu"], ["Did you mean 'run'", "tidemill --help"]),
    "a subcommand misspelt": (lambda _: None, ["registry", "lst"], ["Did you mean 'list'", "tidemill registry --help"]),
    "a lambda in processes": (replaced(REGISTRY, "node(len,", "node(lambda text: len(text),"),
                  ["run", "-r", "process"], ["count"]),
    "a dataset that there is not": (lambda _: None, ["catalog", "describe", "rwa"], ["Did you mean 'raw'"]),
    "versions of what has none": (lambda _: None, ["versions", "list", "raw"], ["raw", "versioned"]),
    "a folder that is there already": (lambda _: None, ["new", "src"], ["src"]),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_a_dozen_lines_with_the_way_out(tidemill, shop, mistake):
    make, arguments, parts = MISTAKES[mistake]
    make(shop)

    said = tidemill(*arguments)

    assert said.code in {1, 2}, said.out + said.err
    progress = [line for line in said.lines if line.startswith(("Running ", "["))]
    message = type(said)(said.code, "", "".join(f"{line}\n" for line in said.lines if line not in progress))
    short(message, *parts)
    if said.code == 2:
        assert "--help`." in said.err.splitlines()[-1]
