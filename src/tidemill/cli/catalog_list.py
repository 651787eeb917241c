"""`tidemill catalog list`, and what Kedro's commands say: the datasets by pipeline, type and factory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from tidemill.cli.columns import structured, table
from tidemill.cli.command import command
from tidemill.cli.invocation import Invocation, pass_invocation
from tidemill.cli.looked import Looked
from tidemill.cli.shared_options import env_option, form_option, of_pipelines, pipelines_option
from tidemill.project.plain import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemill.catalog.patterns import Patterns
    from tidemill.catalog.usage import Uses

_MEMORY = "MemoryDataset"


@command(
    "list",
    in_project=True,
    examples=[
        "tidemill catalog list",
        "tidemill catalog list --unused",
        "tidemill catalog list --pipeline cleaning --type pandas",
        "tidemill catalog list --format json",
    ],
)
@click.option("--search", metavar="REGEX", help="Only names in which this is found.")
@click.option("--type", "kind", metavar="TEXT", help="Only types in which this is found.")
@click.option("--unused", is_flag=True, help="Only what no pipeline uses.")
@pipelines_option
@form_option
@env_option
@pass_invocation
def list_datasets(
    invocation: Invocation,
    search: str | None,
    kind: str | None,
    unused: bool,
    pipelines: tuple[str, ...],
    form: str,
    env: str | None,
) -> None:
    """List the datasets of the catalog: their types, and which pipelines use them."""
    looked = Looked(invocation, env)
    names, patterns = looked.parsed()
    uses = looked.uses(of_pipelines(pipelines))
    found = rows(names, patterns, uses)
    if pipelines:
        found = [row for row in found if row["pipelines"]]
    if unused:
        found = [row for row in found if not row["pipelines"]]
    if search:
        fits = _expression(search)
        found = [row for row in found if fits(row["name"])]
    if kind:
        found = [row for row in found if kind.lower() in row["type"].lower()]
    if form != "table":
        structured({"datasets": found, "patterns": patterns.names()}, form)
        return
    if not found:
        click.echo("No dataset fits." if pipelines or unused or search or kind else "The catalog is empty.", err=True)
        return
    table([[row["name"], _shown(row), _users(row["pipelines"])] for row in found], ["NAME", "TYPE", "USED BY"])
    idle = sum(1 for row in found if not row["pipelines"])
    tail = f", {idle:,} of them unused" if idle else ""
    factories = f"; {len(patterns):,} pattern{'s' if len(patterns) > 1 else ''}" if len(patterns) else ""
    click.echo(f"{len(found):,} dataset{'s' if len(found) > 1 else ''}{tail}{factories}", err=True)


@command("list-patterns", in_project=True, examples=["tidemill catalog list-patterns"])
@env_option
@pass_invocation
def list_patterns(invocation: Invocation, env: str | None) -> None:
    """List the dataset factories in the order they are tried."""
    structured(Looked(invocation, env).parsed()[1].names(), "yaml")


@command("describe-datasets", in_project=True, examples=["tidemill catalog describe-datasets --pipeline cleaning"])
@pipelines_option
@env_option
@pass_invocation
def describe_datasets(invocation: Invocation, pipelines: tuple[str, ...], env: str | None) -> None:
    """Group what each pipeline uses: defined, made by factories, kept in memory; and by type."""
    from tidemill.catalog.usage import origins

    looked = Looked(invocation, env)
    names, patterns = looked.parsed()
    grouped = {}
    for pipeline, uses in looked.uses(of_pipelines(pipelines)).items():
        found = origins(uses.names, names, patterns)
        made = [name for each in found.factories.values() for name in each]
        grouped[pipeline] = {
            "datasets": _by_type(found.defined, names),
            "factories": _by_type(sorted(made), {name: patterns.resolve(name) or {} for name in made}),
            "defaults": {_MEMORY: found.memory} if found.memory else {},
        }
    structured(grouped, "yaml")


@command("resolve-patterns", in_project=True, examples=["tidemill catalog resolve-patterns --pipeline cleaning"])
@pipelines_option
@env_option
@pass_invocation
def resolve_patterns(invocation: Invocation, pipelines: tuple[str, ...], env: str | None) -> None:
    """Write out the whole catalog: what is defined, and what factories make for the names that pipelines use."""
    from tidemill.io.secrets.redaction import redact

    looked = Looked(invocation, env)
    names, patterns = looked.parsed()
    whole = dict(names)
    for uses in looked.uses(of_pipelines(pipelines)).values():
        for name in uses.names - whole.keys():
            whole[name] = patterns.resolve(name) or {"type": _MEMORY}
    structured({name: redact(dict(whole[name]), keep="credentials") for name in sorted(whole)}, "yaml")


def rows(names: Mapping[str, Any], patterns: Patterns, uses: Mapping[str, Uses]) -> list[dict[str, Any]]:
    """Return what there is to list of each dataset, by name: those of the catalog, and those that pipelines use."""
    users: dict[str, list[str]] = {}
    for pipeline, each in uses.items():
        for name in each.names:
            users.setdefault(name, []).append(pipeline)
    found = [_row(name, definition, None, users.get(name, [])) for name, definition in names.items()]
    for name in sorted(users.keys() - names.keys()):
        pattern = patterns.match(name)
        definition = patterns.resolve(name) if pattern else None
        found.append(_row(name, definition or {"type": _MEMORY}, pattern, users[name]))
    return found


def _row(name: str, definition: Mapping[str, Any], pattern: str | None, users: list[str]) -> dict[str, Any]:
    from tidemill.io.secrets.redaction import mask_url

    kind = definition["type"]
    path = definition.get("filepath") or definition.get("path")
    shown = None if path is None else str(path)
    return {
        "name": name,
        "type": kind if isinstance(kind, str) else f"{kind.__module__}.{kind.__qualname__}",
        "path": mask_url(shown) if shown and ("://" in shown or "@" in shown) else shown,
        "versioned": definition.get("versioned") is True,
        "pattern": pattern,
        "pipelines": sorted(users, key=lambda each: (each == DEFAULT, each)),
    }


def _shown(row: Mapping[str, Any]) -> str:
    # `kedro_datasets.pandas.csv_dataset.CSVDataset` says what it says by its last two parts.
    parts = row["type"].split(".")
    short = ".".join(parts[-2:]) if len(parts) > 2 and not row["type"].startswith(("_", ".")) else row["type"]
    origin = f" by {row['pattern']}" if row["pattern"] else ""
    return f"{short}{' (versioned)' if row['versioned'] else ''}{origin}"


def _users(pipelines: list[str]) -> str:
    named = [each for each in pipelines if each != DEFAULT]
    return ", ".join(named or (["(default)"] if pipelines else ["-"]))


def _by_type(names: list[str], definitions: Mapping[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(str(definitions[name]["type"]), []).append(name)
    return dict(sorted(found.items()))


def _expression(text: str) -> Any:
    try:
        return re.compile(text, re.IGNORECASE).search
    except re.error as exc:
        raise click.BadParameter(f"{text!r} is no regular expression: {exc}.", param_hint="--search") from exc
