from __future__ import annotations

import os
import sys

import pytest

from tidemill.cli import announced

PLUGIN = """
import click

@click.group()
def group():
    pass

@group.command()
def greet():
    "Greet."
    click.echo("hello from a plugin")

@group.command()
def info():
    "Another info."
    click.echo("their info")

class Around:
    def before_command_run(self, project_metadata, command_args):
        print("before", project_metadata and project_metadata.package_name, command_args)

    def after_command_run(self, exit_code):
        print("after", exit_code)

around = Around()

def at_start():
    print("at start")

def fails():
    raise RuntimeError("no")

class Forgetful(click.Group):
    def list_commands(self, ctx):
        return ["lost", *super().list_commands(ctx)]

forgetful = Forgetful(commands={"greet": greet})
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Put a distribution with entry points on the path."""
    site = tmp_path / "site"
    site.mkdir()

    def install(name, entry_points, module=PLUGIN):
        (site / f"{name.replace('-', '_')}_plugin.py").write_text(module)
        info = site / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        text = "".join(f"[{group}]\n{name} = {target}\n" for group, target in entry_points.items())
        (info / "entry_points.txt").write_text(text)

    monkeypatch.syspath_prepend(site)
    yield install
    for name in [name for name in sys.modules if name.endswith("_plugin") and "." not in name]:
        del sys.modules[name]


def test_commands_of_packages_are_there_everywhere_or_in_projects(tidemill, shop, install, monkeypatch, tmp_path):
    install("far", {"tidemill.global_commands": "far_plugin:group"})
    install("near", {"tidemill.project_commands": "near_plugin:group"}, PLUGIN.replace("greet", "welcome"))

    assert tidemill("greet").out == "hello from a plugin\n"
    assert tidemill("welcome").out == "hello from a plugin\n"
    monkeypatch.chdir(tmp_path)
    assert tidemill("greet").code == 0
    assert "There is no command 'welcome'" in tidemill("welcome").err


def test_they_stand_in_the_help_and_come_before_ours(tidemill, shop, install):
    install("near", {"tidemill.project_commands": "near_plugin:group"})

    said = tidemill("--help")
    assert "From near:\n  greet  Greet." in said.out
    assert "did you mean 'greet'" in tidemill("gret").err.lower()
    assert tidemill("info").out == "their info\n"


def test_a_command_alone_is_a_plugin_too(tidemill, shop, install):
    install("near", {"tidemill.project_commands": "near_plugin:greet"})

    assert tidemill("greet").out == "hello from a plugin\n"
    assert "From near:\n  greet  Greet." in tidemill("--help").out


def test_a_command_that_its_group_does_not_have_is_left_out(tidemill, shop, install):
    install("near", {"tidemill.project_commands": "near_plugin:forgetful"})

    assert tidemill("greet").out == "hello from a plugin\n"
    assert "From near:\n  greet  Greet." in tidemill("--help").out
    assert "There is no command 'lost'" in tidemill("lost").err


def test_the_projects_own_commands_come_first(tidemill, shop, install):
    install("near", {"tidemill.project_commands": "near_plugin:group"})
    (shop / "src/shop/cli.py").write_text(
        "import click\n\n@click.group()\ndef cli():\n    pass\n\n"
        "@cli.command()\ndef greet():\n    'Greet.'\n    click.echo('hello from the project')\n\n"
        "@cli.command(hidden=True)\ndef whisper():\n    click.echo('psst')\n"
    )

    assert tidemill("greet").out == "hello from the project\n"
    assert tidemill("info").out == "their info\n"
    assert "This project:\n  greet  Greet." in tidemill("--help").out
    assert "whisper" not in tidemill("--help").out
    assert tidemill("whisper").out == "psst\n"


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("near_plugin:missing", "AttributeError"),
        ("no_such_module:group", "ModuleNotFoundError"),
        ("near_plugin:Around", "is no click command"),
    ],
)
def test_a_broken_plugin_is_a_line_of_warning(tidemill, shop, install, target, told):
    install("near", {"tidemill.project_commands": target})

    said = tidemill("registry", "list")

    assert said.code == 0
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith("Warning: the plugin 'near'")
    assert told in said.err


def test_a_broken_cli_of_the_project_is_a_line_of_warning(tidemill, shop):
    (shop / "src/shop/cli.py").write_text("import no_such_module\n")

    said = tidemill("registry", "list")

    assert said.code == 0
    assert said.err == (
        "Warning: the project's cli.py is left out: ModuleNotFoundError: No module named 'no_such_module'\n"
    )


def test_hooks_around_commands(tidemill, shop, install):
    install("near", {"tidemill.cli_hooks": "near_plugin:around", "tidemill.init": "near_plugin:at_start"})

    said = tidemill("registry", "list")

    lines = said.out.splitlines()
    assert lines[:2] == ["at start", "before shop ['registry', 'list']"]
    assert lines[-1] == "after 0"
    assert tidemill("registry", "describe", "x").out.splitlines()[-1] == "after 1"


def test_what_fails_around_a_command_does_not_stop_it(tidemill, shop, install):
    install("near", {"tidemill.init": "near_plugin:fails"})

    said = tidemill("registry", "list")

    assert said.code == 0
    assert said.err.startswith("Warning: what the plugin 'near' does around commands is left out: RuntimeError: no")


def test_nor_do_hooks_that_cannot_be_found(tidemill, shop, install):
    install("near", {"tidemill.cli_hooks": "near_plugin:missing"})

    said = tidemill("registry", "list")

    assert said.code == 0
    assert said.err.startswith("Warning: the plugin 'near'")
    assert len(said.err.splitlines()) == 1


def test_nor_does_a_class_of_hooks_that_cannot_be_made(tidemill, shop, install):
    module = PLUGIN + "\nclass Broken:\n    def __init__(self):\n        raise RuntimeError('no')\n"
    install("near", {"tidemill.cli_hooks": "near_plugin:Broken"}, module)

    said = tidemill("registry", "list")

    assert said.code == 0
    assert said.err.startswith("Warning: what the plugin 'near' does around commands is left out: RuntimeError: no")


@pytest.mark.parametrize(
    ("ends", "told"), [("sys.exit(0)", 0), ("sys.exit()", 0), ("sys.exit(3)", 3), ("exit('x')", 1)]
)
def test_hooks_are_told_how_a_command_ended_the_program(tidemill, shop, install, capfd, ends, told):
    install("near", {"tidemill.cli_hooks": "near_plugin:around"})
    (shop / "src/shop/cli.py").write_text(
        f"import sys\nimport click\n\n@click.group()\ndef cli():\n    pass\n\n@cli.command()\ndef end():\n    {ends}\n"
    )

    with pytest.raises(SystemExit):
        tidemill("end")
    assert capfd.readouterr().out.splitlines()[-1] == f"after {told}"


def test_a_group_that_cannot_tell_its_commands_is_a_line_of_warning(tidemill, shop, install):
    lazy = (
        "\nclass Lazy(click.Group):\n"
        "    def list_commands(self, ctx):\n        return ['broken']\n"
        "    def get_command(self, ctx, name):\n        raise ImportError('no such library')\n\nlazy = Lazy()\n"
    )
    install("near", {"tidemill.project_commands": "near_plugin:lazy"}, PLUGIN + lazy)

    said = tidemill("registry", "list")

    assert said.code == 0
    assert said.err == "Warning: a group of commands (From near) is left out: ImportError: no such library\n"


def test_what_is_wrong_with_a_project_keeps_no_command_from_being_found(tidemill, shop, install):
    install("old", {"kedro.project_commands": "old_plugin:group"})
    (shop / "pyproject.toml").write_text((shop / "pyproject.toml").read_text() + "kedro_plugins = true\n")
    (shop / "conf/logging.yml").write_text("- no mapping\n")

    assert tidemill("info").code == 0
    assert "no configuration of logging" in tidemill("registry", "list").err


def test_kedros_groups_count_in_its_projects_only(tidemill, shop, install):
    install("old", {"kedro.project_commands": "old_plugin:group"}, "from kedro.io import DataCatalog\n" + PLUGIN)

    assert tidemill("greet").code == 2
    text = (shop / "pyproject.toml").read_text()
    (shop / "pyproject.toml").write_text(text + "kedro_plugins = true\n")
    assert tidemill("greet").out == "hello from a plugin\n"


def test_what_reports_about_users_is_left_alone(tidemill, shop, install):
    install("kedro-telemetry", {"kedro.cli_hooks": "kedro_telemetry_plugin:around"})
    text = (shop / "pyproject.toml").read_text()
    (shop / "pyproject.toml").write_text(text + "kedro_plugins = true\n")

    assert "before" not in tidemill("registry", "list").out


def test_info_names_the_plugins(tidemill, shop, install):
    install("near", {"tidemill.hooks": "near_plugin:around", "tidemill.cli_hooks": "near_plugin:around"})

    assert "Plugin near: hooks, cli_hooks" in tidemill("info").out


def test_announced_looks_into_archives_too(tmp_path, monkeypatch):
    import zipfile

    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("x-1.0.dist-info/entry_points.txt", "[tidemill.special]\nx = x:y\n")
    with zipfile.ZipFile(tmp_path / "y.zip", "w") as archive:
        archive.writestr("y-1.0.dist-info/METADATA", "[tidemill.special]\n")
    (tmp_path / "z.txt").write_text("no archive: [tidemill.special]\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "y.zip"), str(tmp_path / "z.txt")])
    assert not announced.any_announced(["tidemill.special"])
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "x.zip"), str(tmp_path / "missing")])
    assert announced.any_announced(["tidemill.special"])
    assert os.path.exists(tmp_path / "x.zip")
