"""The command line: `tidemill`, made of click; a command is imported when it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.cli.command import Command as Command
    from tidemill.cli.command import Group as Group
    from tidemill.cli.entry import main as main
    from tidemill.cli.errors import CommandError as CommandError
    from tidemill.cli.invocation import Invocation as Invocation
    from tidemill.cli.invocation import pass_invocation as pass_invocation
    from tidemill.cli.packaged import run_package as run_package

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "Command": "tidemill.cli.command",
        "CommandError": "tidemill.cli.errors",
        "Group": "tidemill.cli.command",
        "Invocation": "tidemill.cli.invocation",
        "main": "tidemill.cli.entry",
        "pass_invocation": "tidemill.cli.invocation",
        "run_package": "tidemill.cli.packaged",
    },
)
