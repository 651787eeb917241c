"""Projects of Kedro: the alias is put in place before anything of theirs is imported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tidemill.compat.finder import install, is_installed
from tidemill.errors import ProjectNotFoundError
from tidemill.project import configured
from tidemill.project.discovery import bootstrap_project, find_project
from tidemill.project.metadata import Metadata, read_pyproject

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from pluggy import PluginManager


def bootstrap(path: str | os.PathLike[str] | None = None) -> Metadata:
    """Open the project that a folder is in, as `bootstrap_project` does; in a project of Kedro, `install()` first.

    So too in a project of ours that says `kedro_plugins = true` in its `pyproject.toml`.

    Raises:
        ProjectNotFoundError: There is none.
        ProjectError: It is not as it should be.
    """
    found = find_project(path)
    if found is None and path is None and configured.package_name is not None:
        return _of_package(configured.package_name)
    if found is not None and found.kedro_plugins:
        install()
    return bootstrap_project(path)


def project_metadata(project_path: str | os.PathLike[str]) -> Metadata:
    """Return what a project says of itself; nothing of it is imported.

    Raises:
        ProjectNotFoundError: There is no project in this folder.
    """
    found = read_pyproject(Path(project_path).expanduser().resolve())
    if found is None:
        raise ProjectNotFoundError(
            f"There is no project in {project_path}: no `pyproject.toml` with [tool.kedro] or [tool.tidemill]."
        )
    return found


def register_hooks(manager: PluginManager, hooks: Iterable[object]) -> None:
    """Register hook objects that are not registered yet."""
    for each in hooks:
        if not manager.is_registered(each):
            manager.register(each)


def _of_package(package: str) -> Metadata:
    """Return the project of an installed package that runs where the process is: configuration lies there."""
    here = Path.cwd()
    metadata = Metadata(here, package, package, here, is_kedro=is_installed(), kedro_plugins=is_installed())
    configured.configure_project(package, metadata)
    return metadata
