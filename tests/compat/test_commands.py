from __future__ import annotations

import importlib
import sys

import click
import pytest
from click.testing import CliRunner


@pytest.fixture
def utils(alias):
    return importlib.import_module("kedro.framework.cli.utils")


def test_a_plugins_command_is_made_of_what_it_imports(utils):
    @click.group()
    def commands(): ...

    @utils.command_with_verbosity(commands, "show")
    @utils.env_option
    @click.option("--names", callback=utils.split_string)
    @click.option("--nodes", callback=utils.split_node_names)
    @click.option("--params", callback=utils._split_params)
    def show(env, names, nodes, params):
        click.echo(f"{env} {names} {nodes} {params}")

    @utils.forward_command(commands, "forward", forward_help=True)
    def forward(args):
        click.echo(repr(args))

    run = CliRunner().invoke
    done = run(
        commands, ["show", "-v", "-e", "prod", "--names", "a, b", "--nodes", "f([a,b]) -> [c],g", "--params", "x.y=1"]
    )
    assert done.output == "prod ['a', 'b'] ['f([a,b]) -> [c]', 'g'] {'x': {'y': 1}}\n"
    assert run(commands, ["forward", "--help", "-x", "1"]).output == "('--help', '-x', '1')\n"


def test_options_can_come_from_a_file(utils, tmp_path):
    (tmp_path / "run.yml").write_text("run: {env: from_file}\n")

    @click.command()
    @click.option("--config", callback=utils._config_file_callback, is_eager=True)
    @utils.env_option
    def show(config, env):
        click.echo(env)

    given = ["--config", str(tmp_path / "run.yml")]
    assert CliRunner().invoke(show, given).output == "from_file\n"
    assert CliRunner().invoke(show, [*given, "-e", "prod"]).output == "prod\n"
    assert CliRunner().invoke(show, ["-e", "prod"]).output == "prod\n"


def test_versions_and_names_as_options_give_them(utils):
    @click.command()
    @click.option("--load-versions", callback=utils._split_load_versions)
    def show(load_versions):
        click.echo(load_versions)

    assert CliRunner().invoke(show, ["--load-versions", "a:2020,b:2021"]).output == "{'a': '2020', 'b': '2021'}\n"
    assert CliRunner().invoke(show, []).output == "{}\n"
    assert utils._get_values_as_tuple(["a,b"]) == ("a", "b")


def test_where_the_configuration_is_must_exist(utils, tmp_path):
    assert utils.validate_conf_source(None, None, str(tmp_path)) == str(tmp_path)
    assert utils.validate_conf_source(None, None, "s3://bucket") == "s3://bucket"
    with pytest.raises(click.BadParameter, match="nothing at 'absent'"):
        utils.validate_conf_source(None, None, "absent")


def test_a_program_that_fails_ends_the_command(utils):
    utils.call([sys.executable, "-c", "pass"])
    with pytest.raises(SystemExit) as ended:
        utils.call([sys.executable, "-c", "raise SystemExit(3)"])
    assert ended.value.code == 3
    with pytest.raises(SystemExit):
        utils.python_call("json.tool", ["absent.json"], capture_output=True)


def test_the_run_command_is_the_projects_own_or_ours(utils, tmp_path, monkeypatch):
    for name, text in (("with_cli", "run = 'its own'"), ("broken_cli", "import no_such_module"), ("without_cli", None)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        if text:
            (tmp_path / name / "cli.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)

    assert utils.find_run_command("with_cli") == "its own"
    assert utils.find_run_command("without_cli").name == "run"
    assert utils.find_run_command("without_cli") is importlib.import_module("kedro.framework.cli.project").run
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        utils.find_run_command("broken_cli")


def test_entry_points_and_hooks_around_commands(utils):
    assert utils.load_entry_points("global") == []
    hooks = importlib.import_module("kedro.framework.cli.hooks")

    @hooks.cli_hook_impl
    def before_command_run(): ...

    assert before_command_run.kedro_cli_impl["tryfirst"] is False
    assert issubclass(utils.KedroCliError, click.ClickException)
