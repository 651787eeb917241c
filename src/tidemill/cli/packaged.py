"""Projects that are installed as packages: `python -m <package>`, with the options of `tidemill run`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def run_package(package: str, arguments: Sequence[str] | None = None) -> None:
    """Run the pipelines of an installed project, and end the program with its exit code.

    Its configuration is in ./conf, or where `--conf-source` says; no `pyproject.toml` is needed.

    Args:
        package: The project's package.
        arguments: The options of `tidemill run`; those of the process if left out.
    """
    from tidemill.cli.entry import main
    from tidemill.project.configured import configure_project

    configure_project(package)
    called = Path(sys.argv[0]).name
    program = f"python -m {package}" if called.endswith(".py") else called
    sys.exit(main(["run", *(sys.argv[1:] if arguments is None else arguments)], program))
