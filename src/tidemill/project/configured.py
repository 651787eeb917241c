"""Which project this process works for; the only place that knows."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tidemill.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tidemill.project.metadata import Metadata

#: The package whose settings and pipelines are meant, and the project that it belongs to, where that is known.
package_name: str | None = None
metadata: Metadata | None = None
_forget: list[Callable[[], None]] = []


def configure_project(package: str, of: Metadata | None = None) -> None:
    """Let `settings` and `pipelines` be those of a package. What was read of them before is forgotten.

    Args:
        package: As Python imports it; it need not be on disk beside a `pyproject.toml`.
        of: The project that it belongs to.
    """
    from tidemill.runner.preparation import prepare_workers_with

    global package_name, metadata
    package_name, metadata = package, of
    for forget in _forget:
        forget()
    prepare_workers_with(configure_in_worker, package, of)


def configure_in_worker(package: str, of: Metadata | None) -> None:
    """Do what `configure_project` did in the process that started this one, before anything of the project's is needed.

    Args:
        package: As above.
        of: As above.
    """
    if of is not None:
        import_from(str(of.source_dir))
    configure_project(package, of)


def import_from(folder: str) -> None:
    """Let Python look into a folder before all others: a project that was open may have a package of the same name."""
    if folder in sys.path:
        sys.path.remove(folder)
    sys.path.insert(0, folder)


def on_change(forget: Callable[[], None]) -> None:
    """Have a function called whenever the project changes, or is to be read again."""
    _forget.append(forget)


def the_package() -> str:
    """Return the package that is configured.

    Raises:
        ProjectError: None is.
    """
    if package_name is None:
        raise ProjectError(
            "No project is open: its settings and pipelines are not known. Open one first: "
            "`tidemill.project.bootstrap_project(folder)`."
        )
    return package_name


def forget_modules(package: str, unless_under: Path | None = None) -> None:
    """Let Python forget what it has imported of a package, so that it is read again.

    Args:
        package: Its name.
        unless_under: If it was imported from this folder, it stays.
    """
    module = sys.modules.get(package)
    if module is None:
        return
    if unless_under is not None:
        places = [*getattr(module, "__path__", ()), getattr(module, "__file__", None) or ""]
        if any(place == str(unless_under) or place.startswith(f"{unless_under}{os.sep}") for place in places):
            return
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        del sys.modules[name]
