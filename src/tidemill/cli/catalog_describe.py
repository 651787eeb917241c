"""`tidemill catalog describe`: one dataset, its definition, its versions, and who uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tidemill.cli import complete
from tidemill.cli.catalog_files import KindFiles
from tidemill.cli.columns import facts, structured
from tidemill.cli.command import command
from tidemill.cli.errors import CommandError
from tidemill.cli.invocation import Invocation, pass_invocation
from tidemill.cli.looked import Looked
from tidemill.cli.shared_options import env_option, form_option
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemill.catalog.patterns import Patterns


@command(in_project=True, examples=["tidemill catalog describe cars", "tidemill catalog describe cars --format yaml"])
@click.argument("name", shell_complete=complete.definitions)
@form_option
@env_option
@pass_invocation
def describe(invocation: Invocation, name: str, form: str, env: str | None) -> None:
    """Tell all about the dataset NAME: definition, place, versions, and which nodes write and read it."""
    looked = Looked(invocation, env)
    names, patterns = looked.parsed()
    nodes = _nodes(name)
    definition, pattern = _definition(name, names, patterns, used=any(nodes.values()))
    spot = KindFiles(looked.loader, "catalog").spot((pattern or name,))
    told = _told(name, definition, looked)
    if form != "table":
        more = {"defined_in": str(spot) if spot else None, "pattern": pattern, **nodes}
        structured({"name": name, **told, **more}, form)
        return
    facts([(key, text) for key, text in _pairs(name, told, pattern, str(spot or ""), nodes) if text])


def _definition(
    name: str, names: Mapping[str, Any], patterns: Patterns, *, used: bool
) -> tuple[Mapping[str, Any], str | None]:
    if name in names:
        return names[name], None
    made = patterns.resolve(name)
    if made is not None:
        return made, patterns.match(name)
    if used:
        return {"type": "MemoryDataset"}, None
    raise CommandError(f"The catalog has no dataset '{name}'{did_you_mean(name, [*names]) or '.'} See `catalog list`.")


def _nodes(name: str) -> dict[str, list[str]]:
    """Return the nodes that write and read a dataset."""
    from tidemill.project import pipelines

    found: dict[str, list[str]] = {"written_by": [], "read_by": []}
    for pipeline in pipelines.values():
        for node in pipeline.nodes:
            for key, used in (("written_by", node.outputs), ("read_by", node.inputs)):
                if name in used and node.name not in found[key]:
                    found[key].append(node.name)
    return found


def _told(name: str, definition: Mapping[str, Any], looked: Looked) -> dict[str, Any]:
    """Return type, place, whether it is there, its versions, and the definition, without secrets."""
    from tidemill.io.secrets.redaction import redact

    shown = redact(dict(definition), keep="credentials")
    place = shown.get("filepath") or shown.get("path")
    found: dict[str, Any] = {"type": str(definition["type"]), "path": place, "versioned": False}
    try:
        dataset = looked.dataset(name, definition)
        versions: list[str] = getattr(dataset, "list_versions", list)()
        found |= {"versioned": bool(vars(dataset).get("_version")), "versions": versions, "exists": dataset.exists()}
    except Exception as exc:  # noqa: BLE001 - a store out of reach, a library that lacks: the rest is told all the same
        found |= {"problem": str(exc).splitlines()[0] if str(exc) else type(exc).__name__}
    return {**found, "definition": shown}


def _pairs(
    name: str, told: Mapping[str, Any], pattern: str | None, spot: str, nodes: Mapping[str, list[str]]
) -> list[tuple[str, str]]:
    import yaml

    versions = told.get("versions") or []
    newest = f"{len(versions):,}, the newest {versions[0]}" if versions else "none yet"
    return [
        ("name", name),
        ("type", told["type"]),
        ("defined in", f"{spot}{f', by the pattern {pattern}' if pattern else ''}" or "nowhere: it stays in memory"),
        ("path", str(told["path"] or "")),
        ("problem", told.get("problem", "")),
        ("exists", {True: "yes", False: "no", None: ""}[told.get("exists")]),
        ("versions", newest if told["versioned"] else ""),
        ("written by", "\n".join(nodes["written_by"])),
        ("read by", "\n".join(nodes["read_by"])),
        ("definition", yaml.safe_dump(dict(told["definition"]), sort_keys=False).rstrip()),
    ]
