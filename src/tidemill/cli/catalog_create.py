"""`tidemill catalog create`: entries for what a pipeline keeps in memory, as a file to go on from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tidemill.cli import complete
from tidemill.cli.catalog_files import relative
from tidemill.cli.command import command
from tidemill.cli.errors import CommandError
from tidemill.cli.invocation import Invocation, pass_invocation
from tidemill.cli.looked import Looked
from tidemill.cli.shared_options import env_option
from tidemill.project.plain import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping


@command(in_project=True, examples=["tidemill catalog create --pipeline cleaning"])
@click.option("--pipeline", "-p", "pipeline", default=DEFAULT, metavar="NAME",
              shell_complete=complete.pipelines, help="Of which pipeline.")  # fmt: skip
@env_option
@pass_invocation
def create(invocation: Invocation, pipeline: str, env: str | None) -> None:
    """Add an entry for each dataset of a pipeline that the catalog does not define: a MemoryDataset, to be changed.

    They go to catalog_<pipeline>.yml in the environment's folder, below what is there.
    """
    from tidemill.catalog.usage import origins

    looked = Looked(invocation, env)
    names, patterns = looked.parsed()
    missing = origins(looked.uses((pipeline,))[pipeline].names, names, patterns).memory
    if not missing:
        click.echo(f"Nothing to add: the catalog defines every dataset of '{pipeline}'.", err=True)
        return
    path = _folder(looked, env) / f"catalog_{pipeline.strip('_').replace('.', '_')}.yml"
    _append(path, {name: {"type": "MemoryDataset"} for name in missing})
    click.echo(f"Added {len(missing)} entr{'ies' if len(missing) > 1 else 'y'} to {relative(str(path))}:")
    for name in missing:
        click.echo(f"  {name}")


def _folder(looked: Looked, env: str | None) -> Path:
    source = str(looked.loader.conf_source)
    if not os.path.isdir(source):
        raise CommandError(f"The configuration is in {source}, which is no folder: nothing can be added to it.")
    folder = Path(source, env or str(getattr(looked.loader, "base_env", "base")))
    if not folder.is_dir():
        raise CommandError(f"There is no environment '{env}': make the folder {relative(str(folder))}.")
    return folder


def _append(path: Path, entries: Mapping[str, Mapping[str, str]]) -> None:
    import yaml

    text = yaml.safe_dump(dict(entries), sort_keys=False, allow_unicode=True)
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    if before and not before.endswith("\n"):
        before += "\n"
    staged = path.with_name(f".{path.name}.tmp")
    staged.write_text(f"{before}\n{text}" if before else text, encoding="utf-8")
    os.replace(staged, path)
