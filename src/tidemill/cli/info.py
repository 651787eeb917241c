"""`tidemill info`: what there is."""

from __future__ import annotations

import sys

import click

from tidemill.cli.command import command
from tidemill.cli.invocation import Invocation, pass_invocation
from tidemill.cli.plugins import COMMAND_HOOKS, GLOBAL, INIT, MAGICS, PROJECT, entry_points, package_of


@command(in_project=True, examples=["tidemill info"])
@pass_invocation
def info(invocation: Invocation, /) -> None:
    """Tell the version, the project, and the plugins that are installed."""
    from tidemill.hooks import GROUPS
    from tidemill.io.manifest import writer
    from tidemill.project.templates import starters

    versions = writer()
    click.echo(f"tidemill {versions['tidemill']}, Python {versions['python']} ({sys.executable})")
    project = invocation.find_project()
    if project is None:
        click.echo("No project here.")
    else:
        kind = "a Kedro project" if project.is_kedro else "a plain folder" if project.is_plain else "a project"
        click.echo(f"{project.project_name}: {kind} in {project.project_path}, package {project.package_name}")
    plugins: dict[str, list[str]] = {}
    for entry in entry_points((*GLOBAL, *PROJECT, *GROUPS, *COMMAND_HOOKS, *MAGICS, *starters.GROUPS, *INIT)):
        plugins.setdefault(package_of(entry), []).append(entry.group.partition(".")[2])
    if not plugins:
        click.echo("No plugins.")
    for name, what in sorted(plugins.items()):
        click.echo(f"Plugin {name}: {', '.join(dict.fromkeys(what))}")
