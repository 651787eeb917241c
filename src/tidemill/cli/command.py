"""Command and Group: click's, with examples, `--traceback`, `--project`, near names, and commands imported by table."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from tidemill.cli.invocation import Invocation
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tidemill.cli.table import Row

_SHORT = 160
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Command(click.Command):
    """A command that shows examples in its help and takes `--traceback`, and `--project` if it works in one."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), in_project: bool = False, **kwargs: Any) -> None:
        """Make it.

        Args:
            args: As click's.
            examples: Lines a user would type; `# ...` at their ends is for the reader.
            in_project: Whether it takes `--project`.
            kwargs: As click's.
        """
        kwargs["context_settings"] = {**SETTINGS, **(kwargs.get("context_settings") or {})}
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        self.params += [project_option()] if in_project else []
        self.params.append(traceback_option())

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, then the epilog."""
        write_examples(self.examples, formatter)
        super().format_epilog(ctx, formatter)


class Group(click.Group):
    """A group of commands; those of its table are imported when they are called."""

    command_class = Command

    def __init__(
        self, *args: Any, examples: Sequence[str] = (), table: Mapping[str, Row] | None = None, **kwargs: Any
    ) -> None:
        """Make it.

        Args:
            args: As click's.
            examples: As a command's.
            table: Command -> where it is.
            kwargs: As click's.
        """
        kwargs["context_settings"] = {**SETTINGS, **(kwargs.get("context_settings") or {})}
        super().__init__(*args, **kwargs)
        self.examples, self.table = tuple(examples), dict(table or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, those of the table in its order."""
        return [*self.table, *(name for name in super().list_commands(ctx) if name not in self.table)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now, or None."""
        row = self.table.get(cmd_name)
        if row is None:
            return super().get_command(ctx, cmd_name)
        found: click.Command = getattr(import_module(row.module), row.attribute)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is called.

        Raises:
            UsageError: There is none of the name.
        """
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None and not ctx.resilient_parsing:
            if name.startswith("-"):
                self.parse_args(ctx, args)  # an option after all: click says what is wrong with it
            ctx.fail(f"There is no command '{name}'{did_you_mean(name, self.list_commands(ctx)) or '.'}")
        return command.name if command is not None else None, command, args[1:]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their lines of help, by section; those of the table without importing them."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            row = self.table.get(name)
            if row is not None:
                sections.setdefault(row.section, []).append((name, row.help))
                continue
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                sections.setdefault(self.section_of(name), []).append((name, command.get_short_help_str(limit=_SHORT)))
        for section, rows in sections.items():
            with formatter.section(section):
                formatter.write_dl(rows)

    def section_of(self, name: str) -> str:  # noqa: ARG002 - for those who override it
        """Return the heading above a command that no table has."""
        return "Commands"

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, then the epilog."""
        write_examples(self.examples, formatter)
        super().format_epilog(ctx, formatter)


def command(name: str | None = None, **attributes: Any) -> Callable[[Callable[..., Any]], Command]:
    """Make a function a `Command`: `@command(examples=["tidemill run"], in_project=True)`."""
    return click.command(name, cls=Command, **attributes)


def group(name: str | None = None, **attributes: Any) -> Callable[[Callable[..., Any]], Group]:
    """Make a function a `Group`, whose commands are made by `@thegroup.command(examples=[...])`."""
    return click.group(name, cls=Group, **attributes)


def write_examples(examples: Sequence[str], formatter: click.HelpFormatter) -> None:
    """Write examples, each on a line of its own."""
    if examples:
        with formatter.section("Examples" if len(examples) > 1 else "Example"):
            for line in examples:
                formatter.write(f"{' ' * formatter.current_indent}{line}\n")


def traceback_option() -> click.Option:
    """Return the option that every command takes."""

    def note(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        if value:
            ctx.ensure_object(Invocation).traceback = True

    return click.Option(
        ["--traceback"], is_flag=True, expose_value=False, callback=note, help="Show the whole traceback of an error."
    )


def project_option() -> click.Option:
    """Return the option that every command takes which works in a project."""

    def note(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
        if value is not None:
            ctx.ensure_object(Invocation).folder = value

    return click.Option(
        ["--project"],
        type=click.Path(exists=True, file_okay=False),
        expose_value=False,
        is_eager=True,
        callback=note,
        metavar="FOLDER",
        help="The project, instead of the one you are in.",
    )
