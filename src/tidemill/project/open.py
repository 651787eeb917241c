"""`open_catalog`: the catalog of a file, of a folder of configuration, or of a project, in one line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidemill.errors import ConfigError, MissingConfigError
from tidemill.names import did_you_mean
from tidemill.project.context import anchored
from tidemill.project.live import LiveCatalog
from tidemill.project.loading import chosen_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tidemill.config import AbstractConfigLoader

_FILES = (".yml", ".yaml", ".json")
_KINDS = ("catalog", "parameters", "credentials", "globals")


def open_catalog(
    source: str | os.PathLike[str] | Mapping[str, Any] = ".",
    *,
    env: str | None = None,
    credentials: Mapping[str, Any] | None = None,
    globals: Mapping[str, Any] | None = None,  # noqa: A002 - as `${globals:...}` calls them
    params: Mapping[str, Any] | None = None,
    load_versions: Mapping[str, str] | None = None,
    resolvers: Mapping[str, Callable[..., Any]] | None = None,
) -> LiveCatalog:
    """Return a live catalog: every load sees the latest version, every save makes a new one.

    Relative paths in it begin at the project; without a project, beside the file or the folder of configuration. Of a
    project, the code can be imported from then on: its catalog may name datasets of its own.

    Args:
        source: A `catalog.yml`, a folder of configuration (or an archive, or an address), a project's folder, or
            definitions.
        env: The environment whose configuration goes over the base.
        credentials: Name -> credentials, over those of the configuration.
        globals: Over those of the configuration, for `${globals:...}`.
        params: Over the parameters, and for `${runtime_params:...}`.
        load_versions: Dataset name -> the version to load instead of the latest.
        resolvers: Name -> function, for `${name:...}`.

    Raises:
        MissingConfigError: There is no catalog.
        ConfigError: The configuration cannot be understood; or what is for files of it is given with definitions.
        DatasetError: The catalog that it holds is none.
    """
    if not isinstance(source, (str, os.PathLike)):
        ignored = [name for name, each in {"env": env, "globals": globals, "resolvers": resolvers}.items() if each]
        if ignored:
            raise ConfigError(f"`{ignored[0]}` is for files of configuration, and `source` holds definitions. Drop it.")
        catalog = LiveCatalog.from_config(source, credentials, load_versions)
        if params:
            catalog.add_parameters(params)
        return catalog
    loader, root = _loader(os.fspath(source), env, {"runtime_params": dict(params or {})}, dict(resolvers or {}))
    if globals:
        loader["globals"] = {**loader["globals"], **globals}
    definitions = loader["catalog"]
    if root is not None:
        definitions = anchored(definitions, root.as_posix())
    known = {**(loader.get("credentials") or {}), **(credentials or {})}
    catalog = LiveCatalog.from_config(definitions, known, load_versions)
    parameters = loader.get("parameters")
    if parameters is not None:
        catalog.add_parameters(parameters)
    return catalog


def _loader(
    source: str, env: str | None, arguments: dict[str, Any], resolvers: dict[str, Any]
) -> tuple[AbstractConfigLoader, Path | None]:
    """Return what reads the configuration, and where relative paths in it begin."""
    from tidemill.config import ConfigLoader
    from tidemill.project.configured import import_from
    from tidemill.project.discovery import find_project

    arguments["custom_resolvers"] = resolvers
    both: dict[str, Any] = {"base_env": "base", "default_run_env": "local"}
    named = chosen_environment(env)
    if "://" in source:
        return ConfigLoader(source, named, **arguments, **both), None
    path = Path(source).expanduser().resolve()
    if not path.exists():
        raise MissingConfigError(
            f"{source}: there is no such file or folder{did_you_mean(path.name, _beside(path)) or '.'}\n"
            "Give a catalog.yml, a folder of configuration, or a project."
        )
    is_catalog = path.is_file() and path.suffix in _FILES
    conf = path / "conf" if (path / "conf").is_dir() else path
    project = find_project(path)
    if project:
        import_from(str(project.source_dir))  # its catalog may name classes of its own
    root = project.project_path if project else _root(path.parent if is_catalog else conf)
    if not is_catalog and (conf.is_file() or (conf / "base").is_dir()):
        return ConfigLoader(str(conf), named, **arguments, **both), root
    if env is not None:
        raise MissingConfigError(
            f"{source} has no environments, so there is no '{env}'.\nMake conf/base and conf/{env}."
        )
    if conf.name == "conf":
        return ConfigLoader(str(conf), **arguments), root
    patterns = {kind: [f"{kind}*"] for kind in _KINDS}  # what lies deeper, beside a catalog, is data
    if is_catalog:
        patterns["catalog"] = [path.name]
    return ConfigLoader(str(path.parent if is_catalog else path), config_patterns=patterns, **arguments), root


def _root(folder: Path) -> Path:
    """Return where the paths in a catalog begin that no project is around: above the folder of configuration."""
    if folder.name == "conf" or (folder / "base").is_dir() or folder.is_file():
        return folder.parent
    return folder.parent.parent if (folder.parent / "base").is_dir() else folder


def _beside(path: Path) -> list[str]:
    return [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
