"""Metadata: what a project's `pyproject.toml` says of it, or what is seen of a folder that has none."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tidemill.errors import ProjectError
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

#: The tables that make a folder a project, ours first.
OURS, KEDROS = "tidemill", "kedro"
#: The release of Kedro whose names, arguments and templates are understood; hooks and templates ask for it.
KEDRO_VERSION = "1.7.0"
#: What to do where code written for Kedro is met without Kedro's names.
AS_KEDROS = "Code written for Kedro needs its names: open the project with `tidemill.compat.bootstrap(folder)`."
_FILE = "pyproject.toml"
_KEYS = (
    "package_name",
    "project_name",
    "source_dir",
    "tidemill_init_version",
    "tools",
    "example_pipeline",
    "kedro_plugins",
)


@dataclass(frozen=True)
class Metadata:
    """A project: where it is, what it is called, where its code is."""

    project_path: Path
    package_name: str
    project_name: str
    source_dir: Path
    config_file: Path | None = None
    """Its `pyproject.toml`; None for a plain folder."""
    init_version: str | None = None
    """The version of what made it, as it says itself."""
    is_kedro: bool = False
    """Whether it is a project of Kedro: `[tool.kedro]`."""
    kedro_plugins: bool = False
    """Whether it uses plugins that were written for Kedro."""
    is_plain: bool = False
    """Whether it is a folder with a catalog and one Python file; `package_name` is the module of that file."""
    tools: Any = field(default=(), repr=False)
    example_pipeline: Any = field(default=False, repr=False)

    @property
    def kedro_init_version(self) -> str | None:
        """The name that projects of Kedro know `init_version` by."""
        return self.init_version

    @property
    def tidemill_init_version(self) -> str | None:
        """The name of `init_version` in `[tool.tidemill]`."""
        return self.init_version

    @property
    def generation(self) -> tuple[int, int] | None:
        """The release of Kedro that the project is written for, such as (0, 18); None for a project of our own."""
        if not self.is_kedro:
            return None
        parts = (self.init_version or "").split(".")
        try:
            return int(parts[0]), int(parts[1])
        except (IndexError, ValueError):
            return None


def read_pyproject(folder: Path) -> Metadata | None:
    """Return what the `pyproject.toml` of a folder says; None if there is none, or it has no table of ours or Kedro's.

    Raises:
        ProjectError: It cannot be read, or lacks what it needs.
    """
    file = folder / _FILE
    try:
        text = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if b"tidemill" not in text and b"kedro" not in text:  # parsing costs more than looking
        return None
    tool = parsed_toml(file, text).get("tool", {})
    for name in (OURS, KEDROS):
        if isinstance(table := tool.get(name), dict):
            return _metadata(file, name, table)
    return None


def parsed_toml(file: Path, text: bytes) -> dict[str, Any]:
    """Return what a TOML file says.

    Raises:
        ProjectError: It is none.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        parsed: dict[str, Any] = tomllib.loads(text.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ProjectError(f"{file} cannot be read as TOML: {exc}. Mend that line.") from exc
    return parsed


def _metadata(file: Path, name: str, table: dict[str, Any]) -> Metadata:
    if name == OURS:
        for key, value in table.items():
            if key not in _KEYS and not isinstance(value, dict):
                near = did_you_mean(key, list(_KEYS)) or f". There are {', '.join(_KEYS)}."
                raise ProjectError(f"{file}: [tool.{name}] has '{key}', and there is no such key{near}")
    package = table.get("package_name")
    if not isinstance(package, str) or not all(part.isidentifier() for part in package.split(".")):
        what = "has no `package_name`" if package is None else f"says `package_name = {package!r}`"
        raise ProjectError(
            f"{file}: [tool.{name}] {what}. Name the package of the project, as Python imports it: "
            f'package_name = "my_project".'
        )
    source = table.get("source_dir", "src")
    source_dir = (file.parent / str(source)).resolve()
    if not source_dir.is_relative_to(file.parent):
        raise ProjectError(f"{file}: [tool.{name}] says `source_dir = {source!r}`, which is outside of the project.")
    if not source_dir.is_dir():
        raise ProjectError(
            f"{file}: [tool.{name}] says that the code is in {source_dir}, and there is no such folder. Make it, "
            "or say where the code is: `source_dir`."
        )
    version = table.get(f"{name}_init_version", table.get("project_version"))
    return Metadata(
        project_path=file.parent,
        package_name=package,
        project_name=str(table.get("project_name", package)),
        source_dir=source_dir,
        config_file=file,
        init_version=None if version is None else str(version),
        is_kedro=name == KEDROS,
        kedro_plugins=name == KEDROS or bool(table.get("kedro_plugins")),
        tools=table.get("tools", ()),
        example_pipeline=table.get("example_pipeline", False),
    )
