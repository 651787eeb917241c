"""Options that several commands have; what shells offer for them comes with them."""

from __future__ import annotations

import click

from tidemill.cli import complete

env_option = click.option(
    "--env",
    "-e",
    metavar="NAME",
    shell_complete=complete.environments,
    help="The environment of the configuration: a folder beside conf/base.",
)
form_option = click.option(
    "--format", "form", type=click.Choice(["table", "json", "yaml"]), default="table", help="How to print it."
)
pipelines_option = click.option(
    "--pipeline",
    "-p",
    "pipelines",
    multiple=True,
    metavar="NAME",
    shell_complete=complete.pipelines,
    help="Only what this pipeline uses; repeatable.",
)


def of_pipelines(pipelines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of pipelines, which may be given as `a,b` too."""
    return tuple(name.strip() for each in pipelines for name in each.split(",") if name.strip())
