"""Logging of a project: what its `logging.yml` says, or what an application shows where there is none."""

from __future__ import annotations

import logging
import os
import sys
from collections import UserDict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidemill.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidemill.project.metadata import Metadata

#: Where a file is named that comes before those of the project.
VARIABLES = ("TIDEMILL_LOGGING_CONFIG", "KEDRO_LOGGING_CONFIG")
_NAMES = ("logging.yml", "logging.yaml")


class _Logging(UserDict[str, Any]):
    """The configuration that took effect last, as `logging.config.dictConfig` took it."""

    def configure(self, config: dict[str, Any]) -> None:
        """Let a configuration take effect."""
        configure_logging(config)

    def set_project_logging(self, package: str) -> None:
        """Let what the modules of a package log be seen from INFO on, unless it is set already."""
        logger = logging.getLogger(package)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.INFO)


LOGGING = _Logging()


def configure_logging(logging_config: dict[str, Any]) -> None:
    """Let a configuration, in the form of `logging.config.dictConfig`, take effect."""
    from logging.config import dictConfig

    dictConfig(logging_config)
    LOGGING.data = logging_config


def set_up_as_said(metadata: Metadata | None, env: str | None = None) -> bool:
    """Let the `logging.yml` that the user has take effect, and tell whether there is one.

    Args:
        metadata: The project, whose file is used unless one of the `VARIABLES` names another.
        env: The environment whose file comes first.

    Raises:
        ProjectError: It cannot be read, or is no configuration of logging.
    """
    file = said_file(metadata, env)
    if file is None:
        return False
    from tidemill.config import read_yaml
    from tidemill.runner.preparation import prepare_workers_with

    config = read_yaml(str(file))
    if not isinstance(config, dict):
        raise ProjectError(f"{file} is no configuration of logging: it holds a {type(config).__name__}, not keys.")
    root = metadata.project_path if metadata is not None else Path.cwd()
    applied = {**config, "version": config.get("version", 1), "handlers": _anchored(config.get("handlers"), root)}
    if applied == LOGGING.data:  # to do it once more would open its files once more
        return True
    try:
        configure_logging(applied)
    except (ValueError, TypeError, AttributeError, ImportError, OSError) as exc:
        cause = f": {exc.__cause__}" if exc.__cause__ is not None else ""
        raise ProjectError(f"{file} cannot be used to configure logging: {exc}{cause}") from exc
    prepare_workers_with(configure_logging, applied)
    return True


def set_up(metadata: Metadata | None = None, env: str | None = None, handler: logging.Handler | None = None) -> None:
    """Set up logging of an application: what the user's file says, or else warnings, and what the project logs.

    Only programs call this; a library leaves logging alone.

    Args:
        metadata: The project.
        env: The environment.
        handler: What shows it; by default lines on the standard error stream.
    """
    if set_up_as_said(metadata, env):
        return
    root = logging.getLogger()
    if not root.handlers:
        if handler is None:
            handler = logging.StreamHandler(sys.stderr)
            handler.setFormatter(_Short())
            handler.addFilter(_Ours(metadata.package_name if metadata is not None else ""))
        root.addHandler(handler)
    if metadata is not None:
        LOGGING.set_project_logging(metadata.package_name)
    from tidemill.runner.preparation import prepare_workers_with

    prepare_workers_with(set_up, metadata, env)


def said_file(metadata: Metadata | None, env: str | None = None) -> Path | None:
    """Return the file that configures logging, or None.

    Raises:
        ProjectError: A variable names a file that is not there.
    """
    for variable in VARIABLES:
        if value := os.environ.get(variable):
            file = Path(value)
            if not file.is_file():
                raise ProjectError(
                    f"The environment variable {variable} names {value!r}, and there is no such file. Mend or unset it."
                )
            return file
    if metadata is None:
        return None
    return next((file for file in _places(metadata, env) if file.is_file()), None)


def _places(metadata: Metadata, env: str | None) -> Iterator[Path]:
    conf = metadata.project_path / "conf"
    for folder in (
        conf / (env or "local"),
        conf,
        conf / "base",
        *([metadata.project_path] if metadata.is_plain else []),
    ):
        for name in _NAMES:
            yield folder / name


def _anchored(handlers: Any, root: Path) -> Any:
    """Return handlers whose files are in the project, wherever the process is, with the folders that they need."""
    if not isinstance(handlers, dict):
        return {}
    found: dict[str, Any] = {}
    for name, each in handlers.items():
        if isinstance(each, dict) and isinstance(file := each.get("filename"), str):
            path = root / file
            path.parent.mkdir(parents=True, exist_ok=True)
            found[name] = {**each, "filename": str(path)}
        else:
            found[name] = each
    return found


class _Ours(logging.Filter):
    """Lets pass warnings of everybody, and news of the project and of Tidemill: some libraries are talkative."""

    def filter(self, record: logging.LogRecord) -> bool:
        is_ours = record.name.partition(".")[0] in {"tidemill", "__main__"}
        return record.levelno >= logging.WARNING or is_ours or (bool(self.name) and super().filter(record) is True)


class _Short(logging.Formatter):
    """The message alone where it is news, with its kind and where it comes from where it is a warning."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return text if record.levelno <= logging.INFO else f"{record.levelname} {record.name}: {text}"


def __getattr__(name: str) -> Any:
    if name != "RichHandler":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from rich.logging import RichHandler as Rich

    class RichHandler(Rich):
        """Rich's handler, with the arguments that `logging.yml` files give it."""

    RichHandler.__module__ = __name__
    RichHandler.__qualname__ = "RichHandler"
    globals()[name] = RichHandler
    return RichHandler
