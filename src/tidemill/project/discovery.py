"""From a folder to the project that it is in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tidemill.errors import ProjectNotFoundError
from tidemill.project import logs
from tidemill.project.configured import configure_project, forget_modules, import_from
from tidemill.project.metadata import read_pyproject
from tidemill.project.plain import plain_project

if TYPE_CHECKING:
    from tidemill.project.metadata import Metadata


def find_project(path: str | os.PathLike[str] | None = None) -> Metadata | None:
    """Return the project that a folder, or a file, is in: the nearest upwards; None if there is none.

    A project has a `pyproject.toml` with `[tool.tidemill]` or `[tool.kedro]`, or is a plain folder: see
    `tidemill.project.plain`. Nothing of it is imported.

    Raises:
        ProjectError: It is a project, and not as it should be.
    """
    start = Path(path if path is not None else Path.cwd()).expanduser().resolve()
    for folder in (start, *start.parents):
        found = read_pyproject(folder) or plain_project(folder)
        if found is not None:
            return found
    return None


def bootstrap_project(path: str | os.PathLike[str] | None = None) -> Metadata:
    """Open the project that a folder is in: its code can be imported, `settings` and `pipelines` are its own.

    A `logging.yml` that it has takes effect, and `PYTHONPATH` leads to its code in the processes that it starts.

    Raises:
        ProjectNotFoundError: There is none.
        ProjectError: It is not as it should be.
    """
    start = Path(path if path is not None else Path.cwd())
    found = find_project(start)
    if found is None:
        raise ProjectNotFoundError(
            f"There is no project in {start.expanduser().resolve()}, nor in the folders above it: no `pyproject.toml` "
            "with [tool.tidemill] or [tool.kedro], and no `catalog.yml` beside a Python file with a pipeline.\n"
            "Make one with `tidemill new`, or go to the folder where it is."
        )
    open_project(found)
    return found


def open_project(metadata: Metadata) -> None:
    """Do what `bootstrap_project` does, for a project that is found already."""
    source = str(metadata.source_dir)
    forget_modules(metadata.package_name, unless_under=metadata.source_dir)
    import_from(source)
    before = os.environ.get("PYTHONPATH")
    below = [each for each in before.split(os.pathsep) if each != source] if before else []
    os.environ["PYTHONPATH"] = os.pathsep.join([source, *below])
    configure_project(metadata.package_name, metadata)
    logs.set_up_as_said(metadata)
