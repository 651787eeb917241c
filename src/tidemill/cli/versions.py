"""`tidemill versions`: what each version is, where it came from, and whether its files are still whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tidemill.cli import complete
from tidemill.cli.catalog_files import relative
from tidemill.cli.columns import facts, readable_size, structured, table
from tidemill.cli.command import group
from tidemill.cli.errors import CommandError
from tidemill.cli.invocation import Invocation, pass_invocation
from tidemill.cli.looked import Looked
from tidemill.cli.shared_options import env_option, form_option
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemill.io.manifest import Manifest
    from tidemill.io.verify import Verdict
    from tidemill.io.versioned import AbstractVersionedDataset

    Versioned = AbstractVersionedDataset[Any, Any]

_BAD = frozenset({"damaged"})


@group(examples=["tidemill versions list cars", "tidemill versions show cars", "tidemill versions verify"])
def versions() -> None:
    """List, show and verify the versions of datasets."""


@versions.command(
    "list",
    in_project=True,
    examples=["tidemill versions list              # every versioned dataset", "tidemill versions list cars -n 5"],
)
@click.argument("name", required=False, shell_complete=complete.definitions)
@click.option("--most", "-n", type=click.IntRange(min=1), metavar="NUMBER", help="Only so many, the newest.")
@form_option
@env_option
@pass_invocation
def list_versions(invocation: Invocation, name: str | None, most: int | None, form: str, env: str | None) -> None:
    """List the versions of the dataset NAME, the newest first; without NAME, every dataset that has versions."""
    looked = Looked(invocation, env)
    if name is None:
        _list_datasets(_all_versioned(looked), form)
        return
    dataset = _versioned(looked, name)
    found = dataset.list_versions()
    shown = [(version, dataset.manifest(version)) for version in found[:most]]
    if form != "table":
        structured([_plain(version, manifest) for version, manifest in shown], form)
        return
    if not found:
        click.echo(f"'{name}' has no versions yet: a run, or `catalog.save`, makes the first.", err=True)
        return
    rows = [[version, *_row(manifest)] for version, manifest in shown]
    table(rows, ["VERSION", "SIZE", "ROWS", "COMMIT", "MADE BY"])
    if len(shown) < len(found):
        click.echo(f"{len(found) - len(shown):,} older ones", err=True)


def _list_datasets(datasets: Mapping[str, Versioned], form: str) -> None:
    rows = [(name, found := dataset.list_versions(), next(iter(found), None)) for name, dataset in datasets.items()]
    if form != "table":
        structured([{"dataset": name, "versions": len(found), "newest": newest} for name, found, newest in rows], form)
    elif rows:
        table(
            [[name, f"{len(found):,}", newest or "-"] for name, found, newest in rows], ["NAME", "VERSIONS", "NEWEST"]
        )
    else:
        click.echo("No dataset keeps versions: add `versioned: true` to a definition, and each save is kept.", err=True)


@versions.command(
    "show",
    in_project=True,
    examples=["tidemill versions show cars", "tidemill versions show cars 2026-01-31T12.00.00.000Z --format json"],
)
@click.argument("name", shell_complete=complete.definitions)
@click.argument("version", required=False)
@form_option
@env_option
@pass_invocation
def show(invocation: Invocation, name: str, version: str | None, form: str, env: str | None) -> None:
    """Show all that is known of a version of the dataset NAME: the newest, or VERSION."""
    dataset = _versioned(Looked(invocation, env), name)
    version = _known(dataset, name, version)
    manifest = dataset.manifest(version)
    if form != "table":
        structured(_plain(version, manifest), form)
        return
    paths = dict(zip(dataset.list_versions(), dataset.list_versions(full_path=True), strict=True))
    facts([("name", name), ("version", version), *_facts(manifest, relative(paths[version]))])


@versions.command(
    "verify",
    in_project=True,
    examples=["tidemill versions verify              # every versioned dataset", "tidemill versions verify cars"],
)
@click.argument("name", required=False, shell_complete=complete.definitions)
@click.argument("version", required=False)
@form_option
@env_option
@pass_invocation
def verify(invocation: Invocation, name: str | None, version: str | None, form: str, env: str | None) -> None:
    """Read every file of the versions of NAME, or of all datasets, and compare it with its manifest.

    The exit code is 1 if one was changed, cut or removed.
    """
    from tidemill.io.verify import verify as verdicts_of

    looked = Looked(invocation, env)
    datasets = {name: _versioned(looked, name)} if name else _all_versioned(looked)
    found: dict[str, list[Verdict]] = {}
    for each, dataset in datasets.items():
        only = _known(dataset, each, version, verify=True) if version else None
        found[each] = [*verdicts_of(dataset, only)]
    bad = sum(verdict.state in _BAD for each in found.values() for verdict in each)
    if form != "table":
        structured([{"dataset": each, **verdict._asdict(), "problems": list(verdict.problems)}
                    for each, all_of_it in found.items() for verdict in all_of_it], form)  # fmt: skip
    else:
        _print_verdicts(found, bad)
    if bad:
        raise click.exceptions.Exit(1)


def _versioned(looked: Looked, name: str) -> Versioned:
    names, patterns = looked.parsed()
    definition = names.get(name) or patterns.resolve(name)
    if definition is None:
        known = [each for each, one in names.items() if one.get("versioned")] or [*names]
        raise CommandError(f"The catalog has no dataset '{name}'{did_you_mean(name, known) or '.'}")
    dataset = _inner(looked.dataset(name, definition))
    if dataset is None:
        raise CommandError(
            f"'{name}' ({definition['type']}) is not versioned: there is one state of it, the last that was saved. "
            "Add `versioned: true` to its definition to keep each."
        )
    return dataset


def _all_versioned(looked: Looked) -> dict[str, Versioned]:
    """Return the versioned datasets: those of the catalog, and those that factories make for the pipelines."""
    names, patterns = looked.parsed()
    whole = dict(names)
    if len(patterns):
        for uses in looked.uses().values():
            whole |= {name: made for name in uses.names - names.keys() if (made := patterns.resolve(name)) is not None}
    found = {}
    for name, definition in whole.items():
        if "versioned" in str(definition) and (dataset := _inner(looked.dataset(name, definition))) is not None:
            found[name] = dataset
    return found


def _inner(dataset: Any) -> Versioned | None:
    """Return what keeps versions: the dataset, or the one that it keeps in memory."""
    from tidemill.io.cached import uncached
    from tidemill.io.versioned import AbstractVersionedDataset

    dataset = uncached(dataset)
    return dataset if isinstance(dataset, AbstractVersionedDataset) and vars(dataset).get("_version") else None


def _known(dataset: Versioned, name: str, version: str | None, *, verify: bool = False) -> str:
    found = dataset.list_versions()
    if version in found or (verify and version):
        return str(version)
    if not found:
        raise CommandError(f"'{name}' has no versions yet: a run, or `catalog.save`, makes the first.")
    if version is None:
        return found[0]
    near = did_you_mean(version, found) or f". The newest is '{found[0]}'; see `tidemill versions list {name}`."
    raise CommandError(f"'{name}' has no version '{version}'{near}")


def _plain(version: str, manifest: Manifest | None) -> dict[str, Any]:
    import json

    return {"version": version, "manifest": False} if manifest is None else json.loads(manifest.to_json())


def _row(manifest: Manifest | None) -> list[str]:
    if manifest is None:
        return ["", "", "", "elsewhere: it has no manifest"]
    rows = manifest.data.get("rows")
    return [
        readable_size(sum(each.bytes for each in manifest.files)),
        f"{rows:,}" if isinstance(rows, int) else "-",
        _commit(manifest.run) or "-",
        str(manifest.run.get("node") or "no run"),
    ]


def _facts(manifest: Manifest | None, path: str) -> list[tuple[str, str]]:
    if manifest is None:
        return [("path", path), ("manifest", "none: it was not saved by Tidemill, and counts as whole")]
    files = [f"{each.path}, {readable_size(each.bytes)}, {each.checksum or 'no checksum'}" for each in manifest.files]
    data = manifest.data
    known = [
        ("type", manifest.type),
        ("saved at", manifest.saved_at),
        ("path", path),
        ("size", readable_size(sum(each.bytes for each in manifest.files))),
        ("data", f"{data['rows']:,} rows, {data['columns']:,} columns" if {"rows", "columns"} <= data.keys() else ""),
        ("columns", ", ".join(f"{key}: {kind}" for key, kind in (data.get("schema") or {}).items())),
        ("run", str(manifest.run.get("id") or "")),
        ("node", str(manifest.run.get("node") or "")),
        ("commit", _commit(manifest.run, short=False)),
        ("inputs", "\n".join(key if each is None else f"{key}: {each}" for key, each in manifest.inputs.items())),
        ("parameters", "\n".join(f"{key}: {each}" for key, each in manifest.parameters.items())),
        ("written by", ", ".join(f"{key} {each}" for key, each in manifest.writer.items())),
        ("files", "\n".join(files)),
    ]
    return [(key, text) for key, text in known if text]


def _commit(run: Mapping[str, Any], *, short: bool = True) -> str:
    git = run.get("git")
    found = git.get("commit") if isinstance(git, dict) else git or run.get("git_commit") or run.get("commit")
    if not found:
        return ""
    dirty = (git.get("dirty") if isinstance(git, dict) else run.get("git_dirty") or run.get("dirty")) is True
    return f"{str(found)[:7] if short else found}{'+' if dirty and short else ', with changes' if dirty else ''}"


def _print_verdicts(found: Mapping[str, list[Verdict]], bad: int) -> None:
    rows = [[name, verdict.version, verdict.state] for name, each in found.items() for verdict in each]
    if rows:
        table(rows, ["NAME", "VERSION", "STATE"])
    for name, each in found.items():
        for verdict in each:
            for problem in verdict.problems:
                click.echo(f"{name} {verdict.version}: {problem}")
    total = sum(verdict.bytes for each in found.values() for verdict in each)
    what = f"{bad:,} damaged" if bad else "none damaged"
    click.echo(
        f"{len(rows):,} version{'s' if len(rows) != 1 else ''} verified ({readable_size(total)}): {what}.", err=True
    )
