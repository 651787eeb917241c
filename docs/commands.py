"""Write docs/reference/commands.md from the commands' own help: `python docs/commands.py`, or `make docs`."""

from __future__ import annotations

from importlib import import_module
from inspect import cleandoc
from pathlib import Path

import click

from tidemill.cli.table import COMMANDS

PAGE = Path(__file__).parent / "reference" / "commands.md"


def page() -> str:
    """Return the text of the page."""
    parts = ["# Commands\n\nWritten by `docs/commands.py` from what `--help` says.\n"]
    for name, row in COMMANDS.items():
        command = getattr(import_module(row.module), row.attribute)
        parts += _sections(command, _context(command, f"tidemill {name}"), 2)
    parts.append("## From Python\n\n::: tidemill.cli.main\n::: tidemill.cli.run_package\n")
    return "\n".join(parts)


def _sections(command: click.Command, context: click.Context, level: int) -> list[str]:
    """Return the section of a command, and below it those of its commands."""
    parts = [f"{'#' * level} `{context.command_path}`\n"]
    parts.append("```text\n" + "\n".join(_lines(command, context)) + "\n```\n")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                parts += _sections(inner, _context(inner, name, context), level + 1)
    return parts


def _context(command: click.Command, name: str, parent: click.Context | None = None) -> click.Context:
    """Return the context in which click writes the command's help when a user asks for it."""
    return click.Context(command, info_name=name, parent=parent, **command.context_settings)


def _lines(command: click.Command, context: click.Context) -> list[str]:
    formatter = click.HelpFormatter(width=88)
    command.format_help(context, formatter)
    return cleandoc(formatter.getvalue()).rstrip().splitlines()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
