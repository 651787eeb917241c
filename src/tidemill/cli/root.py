"""Root: the whole command line: ours, and what plugins and the project itself add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tidemill.cli.announced import any_announced
from tidemill.cli.command import Group
from tidemill.cli.invocation import Invocation
from tidemill.cli.plugins import (
    COMMAND_HOOKS,
    GLOBAL,
    INIT,
    PROJECT,
    counting,
    entry_points,
    load,
    package_of,
    warn_broken,
)
from tidemill.errors import TidemillError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidemill.project import Metadata


class Root(Group):
    """The whole command line: ours, and what plugins and the project add; theirs come first where names collide."""

    _added: dict[str, tuple[str, click.Command]] | None = None

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names: ours in the order of the table, then those that were added."""
        return [*self.table, *sorted(self._additions(ctx).keys() - self.table.keys())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command: the project's, a plugin's or ours."""
        found = self._additions(ctx).get(cmd_name)
        return found[1] if found is not None else super().get_command(ctx, cmd_name)

    def section_of(self, name: str) -> str:
        """Return who added a command."""
        return (self._added or {})[name][0]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command, under the name that it is called by."""
        name, command, rest = super().resolve_command(ctx, args)
        return ctx.ensure_object(Invocation).program or name, command, rest

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, with what plugins do around it."""
        invocation = ctx.ensure_object(Invocation)
        metadata = _metadata(invocation)
        groups = counting(metadata, (*INIT, *COMMAND_HOOKS))
        if not any_announced(groups):
            return super().invoke(ctx)
        from tidemill.cli.command_hooks import around

        with around(metadata, invocation.arguments, groups):
            return super().invoke(ctx)

    def _additions(self, ctx: click.Context) -> dict[str, tuple[str, click.Command]]:
        if self._added is None:
            self._added = {}
            for section, group in _groups(ctx.ensure_object(Invocation)):
                inner = click.Context(group, parent=ctx)
                try:
                    commands = [(name, group.get_command(inner, name)) for name in group.list_commands(inner)]
                except Exception as error:  # noqa: BLE001 - somebody else's code: the other commands work all the same
                    warn_broken(f"a group of commands ({section})", error)
                    continue
                for name, command in commands:
                    if command is not None:
                        self._added.setdefault(name, (section, command))
        return self._added


def _groups(invocation: Invocation) -> Iterator[tuple[str, click.Group]]:
    """Yield the groups of commands that are added, those that come first first, each with the section of its help."""
    metadata = _metadata(invocation)
    if metadata is not None:
        own = _of_project(invocation, metadata)
        if own is not None:
            yield "This project", own
    for entry in entry_points(counting(metadata, (*PROJECT, *GLOBAL) if metadata is not None else GLOBAL)):
        if metadata is not None and metadata.kedro_plugins:
            try:
                invocation.project()  # before the plugin imports what means Tidemill there
            except TidemillError:
                return  # as below
        found = load(entry)
        if isinstance(found, click.Group):
            yield f"From {package_of(entry)}", found
        elif isinstance(found, click.Command):
            yield f"From {package_of(entry)}", click.Group(commands={found.name or entry.name: found})
        elif found is not None:
            warn_broken(f"the plugin '{package_of(entry)}'", TypeError(f"{entry.value} is no click command"))


def _metadata(invocation: Invocation) -> Metadata | None:
    try:
        return invocation.find_project()
    except TidemillError:
        return None  # the command that needs the project says what is wrong with it


def _of_project(invocation: Invocation, metadata: Metadata) -> click.Group | None:
    """Return the commands of the project's own `cli.py`."""
    if metadata.is_plain:
        return None
    path = metadata.source_dir.joinpath(*metadata.package_name.split("."), "cli.py")
    if not path.is_file():
        return None
    from importlib import import_module

    try:
        invocation.project()
        found = getattr(import_module(f"{metadata.package_name}.cli"), "cli", None)
    except Exception as error:  # noqa: BLE001 - the other commands work all the same
        warn_broken(f"the project's {path.name}", error)
        return None
    return found if isinstance(found, click.Group) else None
