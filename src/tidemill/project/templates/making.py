"""From a template and its variables to files on disk: all of them, or none."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidemill.errors import TemplateError
from tidemill.project.templates.naming import check_folder_name
from tidemill.project.templates.render import Renderer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemill.project.templates.layout import Template


def create(template: Template, values: Mapping[str, Any], parent: Path, name: str | None = None) -> Path:
    """Make a new folder from a template, and return it.

    The files are written beside the target and moved there when they are complete.

    Args:
        template: The template.
        values: Its variables.
        parent: The folder in which the new one is made; it is made too if need be.
        name: What the new folder is called; what the template calls it if left out.

    Raises:
        TemplateError: The folder is there already, or the template cannot be rendered. Nothing was changed then.
    """
    renderer = Renderer(template, values)
    target = parent / check_folder_name(name or renderer.root_name())
    if os.path.lexists(target):
        raise TemplateError(
            f"{target} is there already, and nothing is overwritten. Choose another name, or move it away."
        )
    made = _make_parents(parent)
    staging = None
    try:
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".tmp", dir=parent))
        staging.chmod(0o777 & ~_umask())
        write(renderer, staging)
        os.rename(staging, target)
    except BaseException as exc:  # Ctrl-C too: all of it, or none
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)
        for folder in made:
            folder.rmdir()
        if isinstance(exc, OSError):
            raise TemplateError(f"{target} cannot be made: {exc.strerror or exc}. Nothing was changed.") from exc
        raise
    return target


def write(renderer: Renderer, folder: Path) -> list[str]:
    """Write the files of a template into a folder, where none of them may be yet, and return their paths.

    Raises:
        TemplateError: It cannot be rendered.
        FileExistsError: One of them is there.
    """
    written = []
    for path, content, executable in renderer.files():
        target = folder.joinpath(*path.strip("/").split("/"))
        if path.endswith("/"):
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(content)
        if executable:
            target.chmod(target.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        written.append(path)
    return written


def _make_parents(folder: Path) -> list[Path]:
    """Make a folder with those above it, and return the ones that were not there, the deepest first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise TemplateError(f"The folder {folder} cannot be made: {exc.strerror}.") from exc
    return missing


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
