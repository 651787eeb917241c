"""The command line: `tidemill`, made of click; a command is imported when it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.cli.entry import main as main
    from tidemill.cli.errors import CommandError as CommandError
    from tidemill.cli.packaged import run_package as run_package

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "CommandError": "tidemill.cli.errors",
        "main": "tidemill.cli.entry",
        "run_package": "tidemill.cli.packaged",
    },
)
