"""`tidemill pipeline`: folders for a new pipeline, and the removal of one."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import click

from tidemill.cli.catalog_files import relative
from tidemill.cli.columns import structured, table
from tidemill.cli.command import group
from tidemill.cli.complete import completing
from tidemill.cli.errors import CommandError
from tidemill.cli.invocation import Invocation, pass_invocation
from tidemill.cli.shared_options import env_option, form_option
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from tidemill.project import Metadata

_BASE = "base"


@group(examples=["tidemill pipeline create cleaning", "tidemill pipeline delete cleaning", "tidemill pipeline list"])
def pipeline() -> None:
    """Create, delete and list the pipelines of the project."""


@pipeline.command(
    in_project=True,
    examples=["tidemill pipeline create cleaning", "tidemill pipeline create cleaning --template my-template"],
)
@click.argument("name")
@click.option("--skip-config", is_flag=True, help="No file of parameters.")
@click.option("--template", "-t", metavar="PATH", help="A template of your own: a folder, zip or tar archive.")
@env_option
@pass_invocation
def create(invocation: Invocation, name: str, skip_config: bool, template: str | None, env: str | None) -> None:
    """Make the folders of a pipeline called NAME: its code, a file of parameters, a test.

    A folder templates/pipeline in the project is taken instead of what is shipped.
    """
    from tidemill.project.templates import naming, pipelines, starters

    naming.check_pipeline_name(name)
    metadata = _project(invocation)
    own = metadata.project_path / "templates" / "pipeline"
    chosen = template or (str(own) if own.is_dir() else None)
    spec = starters.find(chosen) if chosen else None
    made = pipelines.create(
        name,
        source=spec.template_path if spec else None,
        package=_package(metadata),
        conf=None if skip_config else _conf(metadata, env),
        tests=metadata.project_path / "tests" / "pipelines",
        framework="kedro.pipeline" if metadata.is_kedro else "tidemill",
    )
    click.echo(f"Made the pipeline '{name}':")
    for path in made:
        click.echo(f"  {relative(str(path))}")
    click.echo(f"\n  tidemill run --pipeline {name}")


@pipeline.command(
    in_project=True, examples=["tidemill pipeline delete cleaning", "tidemill pipeline delete cleaning -y"]
)
@click.argument("name", shell_complete=completing(lambda call, _: [each.name for each in _folders(_project(call))]))
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@env_option
@pass_invocation
def delete(invocation: Invocation, name: str, yes: bool, env: str | None) -> None:
    """Remove the folders of the pipeline NAME: its code, its files of parameters, its tests."""
    from tidemill.project.templates import naming

    naming.check_pipeline_name(name)
    metadata = _project(invocation)
    found = [each for each in _places(metadata, name, env) if each.exists()]
    if not found:
        known = [each.name for each in _folders(metadata)]
        raise CommandError(
            f"The project has no pipeline '{name}' in {relative(str(_package(metadata) / 'pipelines'))}"
            f"{did_you_mean(name, known) or '.'}"
        )
    click.echo("These will be removed:")
    for each in found:
        click.echo(f"  {relative(str(each))}{'/' if each.is_dir() else ''}")
    if not yes and not click.confirm("Remove them?"):
        raise click.Abort
    for each in found:
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()
    click.echo(f"Removed the pipeline '{name}'. If pipeline_registry.py names it, remove it there too.")


@pipeline.command("list", in_project=True, examples=["tidemill pipeline list"])
@form_option
@pass_invocation
def list_pipelines(invocation: Invocation, form: str) -> None:
    """List the pipelines that the project registers."""
    invocation.project()
    from tidemill.project import pipelines

    rows = [
        {"name": name, "nodes": len(each.nodes), "inputs": len(each.inputs()), "outputs": len(each.outputs())}
        for name, each in pipelines.items()
    ]
    if form != "table":
        structured(rows, form)
        return
    table([[str(value) for value in row.values()] for row in rows], ["NAME", "NODES", "INPUTS", "OUTPUTS"])


def _project(invocation: Invocation) -> Metadata:
    """Return the project; nothing of it is imported, so that a broken one can be mended."""
    from tidemill.errors import ProjectNotFoundError

    metadata = invocation.find_project()
    if metadata is None:
        raise ProjectNotFoundError(
            f"There is no project in {invocation.folder or os.getcwd()}, nor above. Make one: tidemill new"
        )
    if metadata.is_plain:
        raise CommandError(
            f"{metadata.project_path} is a plain folder: its pipelines are in {metadata.package_name}.py. "
            "Write another there, or make a project: tidemill new"
        )
    return metadata


def _package(metadata: Metadata) -> Path:
    return metadata.source_dir / metadata.package_name


def _conf(metadata: Metadata, env: str | None) -> Path:
    folder = metadata.project_path / "conf" / (env or _BASE)
    if not folder.is_dir():
        near = did_you_mean(folder.name, [each.name for each in folder.parent.glob("*")]) or ". Make the folder first."
        raise CommandError(f"There is no environment {relative(str(folder))}{near}")
    return folder


def _folders(metadata: Metadata) -> list[Path]:
    folder = _package(metadata) / "pipelines"
    return sorted(each for each in folder.glob("*") if each.is_dir() and each.name != "__pycache__")


def _places(metadata: Metadata, name: str, env: str | None) -> list[Path]:
    """Return where something of a pipeline may be."""
    root = metadata.project_path
    conf = root / "conf" / (env or _BASE)
    return [
        _package(metadata) / "pipelines" / name,
        root / "tests" / "pipelines" / name,
        *(conf / f"{kind}_{name}{end}" for kind in ("parameters", "catalog") for end in (".yml", ".yaml", ".json")),
        conf / "parameters" / f"{name}.yml",
        conf / "catalog" / f"{name}.yml",
    ]
