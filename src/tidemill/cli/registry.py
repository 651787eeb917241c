"""`tidemill registry`: the pipelines of a project."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from tidemill.cli.command import group
from tidemill.cli.complete import pipelines as complete_pipelines
from tidemill.cli.invocation import Invocation, pass_invocation
from tidemill.project.plain import DEFAULT

if TYPE_CHECKING:
    from tidemill.project.registry import Pipelines


@group(examples=["tidemill registry list", "tidemill registry describe reporting"])
def registry() -> None:
    """List and describe the pipelines of the project."""


@registry.command("list", in_project=True, examples=["tidemill registry list", "tidemill registry list --json"])
@click.option("--json", "as_json", is_flag=True, help="As JSON: name -> how many nodes.")
@pass_invocation
def list_pipelines(invocation: Invocation, /, as_json: bool) -> None:
    """List the pipelines, with how many nodes each has."""
    found = _pipelines(invocation)
    counts = {name: len(found[name].nodes) for name in sorted(found)}
    if as_json:
        click.echo(json.dumps(counts, indent=2))
        return
    width = max(map(len, counts), default=0)
    for name, count in counts.items():
        click.echo(f"{name:<{width}}  {count} node{'s' * (count != 1)}")


@registry.command(
    in_project=True, examples=["tidemill registry describe", "tidemill registry describe reporting --json"]
)
@click.argument("name", default=DEFAULT, shell_complete=complete_pipelines)
@click.option("--json", "as_json", is_flag=True, help="As JSON: the nodes in their order.")
@pass_invocation
def describe(invocation: Invocation, /, name: str, as_json: bool) -> None:
    """Show the nodes of a pipeline in their order, what it reads from outside, and what it makes."""
    pipeline = _pipelines(invocation)[name]
    if as_json:
        click.echo(pipeline.to_json())
        return
    click.echo(f"{name}: {len(pipeline.nodes)} node{'s' * (len(pipeline.nodes) != 1)}")
    click.echo(f"Reads: {', '.join(sorted(pipeline.inputs())) or 'nothing'}")
    for number, node in enumerate(pipeline.nodes, 1):
        tags = f"  [{', '.join(sorted(node.tags))}]" if node.tags else ""
        wiring = f": {', '.join(node.inputs) or '-'} -> {', '.join(node.outputs) or '-'}"
        click.echo(f"  {number}. {node.name}{'' if '->' in node.name else wiring}{tags}")  # unnamed: it is the name
    click.echo(f"Makes: {', '.join(sorted(pipeline.outputs())) or 'nothing'}")


def _pipelines(invocation: Invocation) -> Pipelines:
    invocation.project()
    from tidemill.project import pipelines

    return pipelines
