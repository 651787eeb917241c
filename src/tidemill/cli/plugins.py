"""Plugins: what installed packages announce by entry points, imported when it is needed; broken, it is a warning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tidemill.cli.announced import any_announced

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint

    from tidemill.project import Metadata

GLOBAL = ("tidemill.global_commands", "kedro.global_commands")
PROJECT = ("tidemill.project_commands", "kedro.project_commands")
INIT = ("tidemill.init", "kedro.init")
COMMAND_HOOKS = ("tidemill.cli_hooks", "kedro.cli_hooks")
MAGICS = ("tidemill.line_magic", "kedro.line_magic")


def counting(metadata: Metadata | None, groups: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of these groups that count: Kedro's not in a project of ours that does not say so."""
    if metadata is None or metadata.kedro_plugins:
        return groups
    return tuple(group for group in groups if not group.startswith("kedro."))


def entry_points(groups: tuple[str, ...]) -> Iterator[EntryPoint]:
    """Yield what installed packages announce in these groups, none of it imported."""
    if not any_announced(groups):
        return
    from importlib import metadata

    from tidemill.hooks import is_left_alone

    for group in groups:
        for each in metadata.entry_points(group=group):
            if not is_left_alone(package_of(each)):
                yield each


def package_of(entry: EntryPoint) -> str:
    """Return the name of the package that announces this."""
    return entry.dist.name if entry.dist is not None else entry.name


def load(entry: EntryPoint) -> Any:
    """Import what is announced; None, and a line of warning, where that fails."""
    try:
        return entry.load()
    except Exception as error:  # noqa: BLE001 - somebody else's package: whatever is wrong with it must not stop ours
        warn_broken(f"the plugin '{package_of(entry)}' ({entry.value})", error)
        return None


def warn_broken(what: str, error: BaseException) -> None:
    """Say in one line that something of others is left out, and why."""
    first = (str(error).strip().splitlines() or [""])[0]
    click.echo(f"Warning: {what} is left out: {type(error).__name__}: {first}", err=True)
