"""The config loader of a project: the class and arguments of its settings, and where its configuration is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidemill.config.loader import ConfigLoader
from tidemill.errors import MissingConfigError, NoFilesError
from tidemill.project.accepted import accepted
from tidemill.project.plain import CONF
from tidemill.project.project_settings import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemill.config import AbstractConfigLoader
    from tidemill.project.metadata import Metadata

#: Where the environment is named that is used unless another is asked for.
ENVIRONMENT_VARIABLES = ("TIDEMILL_ENV", "KEDRO_ENV")
#: Of a plain folder, only its own files are configuration: what lies deeper is data.
_FLAT = {name: [f"{name}*"] for name in ("catalog", "parameters", "credentials", "globals")}


def config_loader(
    project_path: Path,
    *,
    env: str | None = None,
    conf_source: str | os.PathLike[str] | None = None,
    runtime_params: Mapping[str, Any] | None = None,
    metadata: Metadata | None = None,
) -> AbstractConfigLoader:
    """Return the loader that the project's settings ask for.

    Args:
        project_path: The folder of the project.
        env: The environment.
        conf_source: Where the configuration is, instead of where the settings say: a folder, an archive, an address.
        runtime_params: Parameters of this run.
        metadata: The project.
    """
    arguments: dict[str, Any] = dict(settings.CONFIG_LOADER_ARGS)
    source = str(conf_source or settings.CONF_SOURCE)
    if not conf_source and "://" not in source:
        source = str(project_path / source)
    if metadata is not None and metadata.is_plain and not conf_source and not (project_path / CONF).is_dir():
        source = str(project_path)
        arguments = {"config_patterns": _FLAT}
    elif not settings.is_set("CONFIG_LOADER_ARGS") and _has_no_environments(source):
        arguments = {}
    elif settings.is_set("CONFIG_LOADER_ARGS") and "base_env" not in arguments and Path(source, "base").is_dir():
        # Who sets one argument does not mean to unset the others.
        arguments = {"base_env": "base", "default_run_env": "local", **arguments}
    kind = settings.CONFIG_LOADER_CLASS
    if not settings.is_set("CONFIG_LOADER_ARGS"):  # the defaults, for a class that takes them
        arguments = accepted(kind, arguments)
    return kind(conf_source=source, env=env, runtime_params=dict(runtime_params or {}), **arguments)


def of_kind(loader: AbstractConfigLoader, kind: str) -> dict[str, Any]:
    """Return the configuration of a kind; nothing where there are no files of it, but an environment must be there.

    Raises:
        ConfigError: It cannot be read.
    """
    try:
        return dict(loader[kind])
    except NoFilesError:
        return {}
    except MissingConfigError:
        if isinstance(loader, ConfigLoader):
            raise
        return {}  # loaders of the user's own do not tell the one from the other


def chosen_environment(env: str | None) -> str | None:
    """Return the environment that was asked for, here or by a variable of the process; None for the default."""
    return env or next((value for name in ENVIRONMENT_VARIABLES if (value := os.environ.get(name))), None)


def _has_no_environments(source: str) -> bool:
    folder = Path(source)
    return folder.is_dir() and not (folder / "base").is_dir() and any(each.is_file() for each in folder.iterdir())
