"""`tidemill catalog schema`: a JSON schema with which editors complete and check catalogs while one types."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tidemill.cli.catalog_files import relative
from tidemill.cli.command import command
from tidemill.cli.invocation import Invocation, pass_invocation
from tidemill.cli.looked import Looked
from tidemill.errors import TidemillError

_FILE = "catalog.schema.json"
_HOW = """\b
VS Code (extension "YAML" by Red Hat), Neovim, Emacs: the first line of each
catalog file says where the schema is, as seen from that file:
  # yaml-language-server: $schema=../../.tidemill/catalog.schema.json
PyCharm: Settings > Languages & Frameworks > Schemas and DTDs > JSON Schema
Mappings > + > Schema file: .tidemill/catalog.schema.json, File path pattern:
catalog*.yml"""


@command(
    in_project=True,
    epilog=_HOW,
    examples=[
        "tidemill catalog schema                    # writes .tidemill/catalog.schema.json",
        "tidemill catalog schema --out schema.json",
        "tidemill catalog schema --out -            # prints it",
    ],
)
@click.option("--out", "-o", metavar="FILE", help="Where it goes; - prints it.")
@pass_invocation
def schema(invocation: Invocation, out: str | None) -> None:
    """Write a JSON schema for catalogs, made from the datasets that are installed and those of the project.

    Run it again after you install or write datasets.
    """
    from itertools import chain

    from tidemill.catalog import kinds
    from tidemill.catalog.schema import is_known
    from tidemill.catalog.schema import schema as made_of

    metadata = invocation.find_project()
    theirs = kinds.of_source(metadata.source_dir, metadata.package_name) if metadata is not None else ()
    known = [*chain(kinds.ours(), theirs, kinds.of_package())]
    named = _used(invocation) if metadata is not None else []
    whole = made_of([*known, *kinds.of_types(each for each in named if not is_known(each, known))])
    text = json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
    if out == "-":
        click.echo(text, nl=False)
        return
    path = Path(out) if out else _own_folder(metadata.project_path if metadata else Path.cwd()) / _FILE
    path.write_text(text, encoding="utf-8")
    click.echo(f"Wrote {relative(str(path))}: {len(whole['$defs']) - 3} kinds of datasets.")
    click.echo("How editors find it: tidemill catalog schema --help", err=True)


def _used(invocation: Invocation) -> list[str]:
    """Return the types that the project's catalog names, nested ones too; a broken one is for `catalog check`."""
    try:
        definitions = Looked(invocation, None).definitions()
    except TidemillError:
        return []
    inner = [each.get("dataset") for each in definitions.values() if isinstance(each, dict)]
    types = [each.get("type") if isinstance(each, dict) else each for each in (*definitions.values(), *inner)]
    return [each for each in types if isinstance(each, str) and "{" not in each]


def _own_folder(project: Path) -> Path:
    from tidemill.cli.errors import make_own_folder

    folder = project / ".tidemill"
    make_own_folder(folder)
    return folder
