"""The program `tidemill`: its options, and what becomes of errors."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from tidemill.cli.command import project_option, traceback_option
from tidemill.cli.invocation import Invocation
from tidemill.cli.root import Root
from tidemill.cli.table import COMMANDS
from tidemill.cli.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAM, COMPLETE = "tidemill", "_TIDEMILL_COMPLETE"


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from tidemill.io.manifest import writer

        click.echo(f"{PROGRAM} {writer()['tidemill']}")
        ctx.exit()


@click.group(
    cls=Root,
    table=COMMANDS,
    examples=[
        "tidemill new my-project           # an empty project that runs",
        "tidemill run --from-nodes clean   # a part of it",
        "tidemill run --help               # all about a command",
    ],
)
@click.option("--version", "-V", is_flag=True, expose_value=False, is_eager=True, callback=_print_version,
              help="Show the version.")  # fmt: skip
def cli() -> None:
    """Name your data in a catalog, wire functions by these names, and run them."""


cli.params += [project_option(), traceback_option()]


def main(arguments: Sequence[str] | None = None, program: str = "") -> int:
    """Run a command, and return its exit code: 0, 1 for a failure, 2 for wrong arguments, 130 for Ctrl-C.

    Args:
        arguments: The command and its options; those of the process if left out.
        program: What users typed instead of `tidemill` and the command, for help and advice.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if COMPLETE in os.environ:
        from click.shell_completion import shell_complete

        return shell_complete(cli, {"obj": Invocation()}, PROGRAM, COMPLETE, os.environ[COMPLETE])
    invocation = Invocation(arguments=given, program=program)
    try:
        with Watch():
            return _run(given, invocation)
    except BrokenPipeError:  # `tidemill catalog list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt as interrupt:
        return _ended(interrupt, invocation)
    except Exception as error:  # noqa: BLE001 - the end of the program: every error is told here
        return _ended(error, invocation)


def _run(arguments: list[str], invocation: Invocation) -> int:
    import warnings

    from tidemill.cli.errors import format_warning

    warnings.formatwarning = format_warning
    code = 0
    try:
        color = False if os.environ.get("NO_COLOR") else None  # None: as the terminal can
        called = "" if invocation.program else PROGRAM
        with cli.make_context(called, list(arguments), obj=invocation, color=color) as ctx:
            cli.invoke(ctx)
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    sys.stdout.flush()
    return code


def _ended(error: BaseException, invocation: Invocation) -> int:
    from tidemill.cli.errors import tell

    return tell(error, invocation)
