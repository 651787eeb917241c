"""Starters by name: the two that are shipped, and those that installed packages bring by their entry points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidemill.errors import TemplateError
from tidemill.names import did_you_mean
from tidemill.project.templates.source import looks_like_url

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUPS = ("tidemill.starters", "kedro.starters")
_SHIPPED = Path(__file__).parent.parent / "starters"
BLANK, EXAMPLE = "blank", "example"


@dataclass(frozen=True)
class StarterSpec:
    """A starter that a package brings: what it is called, and where its template is.

    Attributes:
        alias: What `--starter` calls it.
        template_path: A folder or an archive on this machine.
        directory: The folder in there.
        origin: Who brings it.
    """

    alias: str
    template_path: str
    directory: str | None = None
    origin: str | None = None


def shipped() -> dict[str, StarterSpec]:
    """Return the starters that come with Tidemill."""
    return {name: StarterSpec(name, str(_SHIPPED / name), origin="tidemill") for name in (BLANK, EXAMPLE)}


def find(name: str, directory: str | None = None) -> StarterSpec:
    """Return the starter of this name, or the template at this path.

    Raises:
        TemplateError: There is none, or it would have to be fetched.
    """
    found = shipped().get(name)
    if found is None and looks_like_url(name):
        raise _fetched(name)
    if found is None and not Path(name).expanduser().exists():
        brought = installed()
        found = brought.get(name)
        if found is None:
            known = [*shipped(), *brought]
            raise TemplateError(
                f"There is no starter '{name}'{did_you_mean(name, known) or '.'}\n"
                f"Give one of {', '.join(known)}, or the path of a folder, zip or tar archive."
            )
        if looks_like_url(found.template_path):
            raise _fetched(found.template_path)
    if found is None:
        return StarterSpec(name, name, directory)
    return StarterSpec(found.alias, found.template_path, directory or found.directory, found.origin)


def installed() -> dict[str, StarterSpec]:
    """Return the starters of installed packages; each package is imported.

    Raises:
        TemplateError: A package that cannot be, or that brings something else.
    """
    from importlib.metadata import entry_points

    found: dict[str, StarterSpec] = {}
    for group in GROUPS:
        for point in entry_points(group=group):
            for each in _of(point):
                found.setdefault(each.alias, each)
    return found


def _of(point: EntryPoint) -> list[StarterSpec]:
    origin = point.dist.name if point.dist else point.value
    try:
        listed: Any = point.load()
    except Exception as exc:  # whatever importing somebody else's package raises
        raise TemplateError(
            f"The starters of '{origin}' cannot be loaded ({point.value}): {type(exc).__name__}: {exc}\n"
            "Mend or uninstall that package."
        ) from exc
    each = listed if isinstance(listed, Iterable) else [listed]
    try:
        return [
            StarterSpec(str(one.alias), str(one.template_path), getattr(one, "directory", None), origin) for one in each
        ]
    except AttributeError as exc:
        raise TemplateError(
            f"The starters of '{origin}' ({point.value}) are no list of StarterSpec(alias, template_path)."
        ) from exc


def _fetched(url: str) -> TemplateError:
    plain = url.removeprefix("git+")
    return TemplateError(
        f"'{url}' would have to be fetched, and no command of Tidemill uses the network.\n"
        "Fetch it, then name the folder:\n"
        f"  git clone {plain} template\n  tidemill new --starter template"
    )
