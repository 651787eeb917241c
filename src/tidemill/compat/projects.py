"""Projects of Kedro: the alias is put in place before anything of theirs is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.compat.finder import install
from tidemill.project.discovery import bootstrap_project, find_project

if TYPE_CHECKING:
    import os

    from tidemill.project.metadata import Metadata


def bootstrap(path: str | os.PathLike[str] | None = None) -> Metadata:
    """Open the project that a folder is in, as `bootstrap_project` does; in a project of Kedro, `install()` first.

    So too in a project of ours that says `kedro_plugins = true` in its `pyproject.toml`.

    Raises:
        ProjectNotFoundError: There is none.
        ProjectError: It is not as it should be.
    """
    found = find_project(path)
    if found is not None and found.kedro_plugins:
        install()
    return bootstrap_project(path)
