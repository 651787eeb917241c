"""The files of a kind of configuration, read one by one: none that is broken hides another. And lines in them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from tidemill.errors import ConfigError, MissingConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml import Node

    from tidemill.config import AbstractConfigLoader
    from tidemill.config.layers import Files
    from tidemill.config.places import Place


class Spot(NamedTuple):
    """A place in a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class KindFiles:
    """The files of one kind, of the environments that the loader uses."""

    def __init__(self, loader: AbstractConfigLoader, kind: str) -> None:
        """Read them.

        Args:
            loader: The project's; one that is no ConfigLoader knows no files.
            kind: Such as `catalog`.
        """
        from tidemill.config import ConfigLoader

        self.errors: list[ConfigError] = []
        self._where: Place | None = None
        self._each: dict[str, dict[Any, Any]] = {}
        self._nodes: dict[str, Node | None] = {}
        if isinstance(loader, ConfigLoader):
            self._read(loader, kind)

    def values(self) -> dict[Any, Any]:
        """Return what the files say that can be read, as it stands there; the run's environment goes over the base."""
        found: dict[Any, Any] = {}
        for each in self._each.values():
            found.update(each)
        return found

    def each(self) -> dict[str, dict[Any, Any]]:
        """Return file -> what it says."""
        return dict(self._each)

    def spot(self, path: tuple[Any, ...], file: str | None = None) -> Spot | None:
        """Return where a value stands, or the nearest of what it is in; None if no file has it."""
        files = [file] if file else [each for each in reversed(self._each) if path and path[0] in self._each[each]]
        if not files or self._where is None:
            return None
        from tidemill.config.lines import line_of, node_of

        if files[0] not in self._nodes:
            self._nodes[files[0]] = node_of(self._where.read(files[0]))
        return Spot(self._shown(files[0]), line_of(self._nodes[files[0]], path))

    def _shown(self, file: str) -> str:
        return relative(self._where.shown(file) if self._where is not None else file)

    def _read(self, loader: Any, kind: str) -> None:
        from tidemill.config.places import place

        try:
            self._where = place(loader.conf_source)
        except ConfigError as exc:
            self.errors.append(exc)
            return
        environments = dict.fromkeys([loader.base_env, loader.env or loader.default_run_env])
        how: dict[str, Any] = {
            "ignore_hidden": loader.ignore_hidden,
            "text_keys": kind != "parameters",
            "leaves": kind == "parameters",
        }
        for folder in environments:
            for files in self._collected(self._where, folder, loader.config_patterns[kind], how):
                self._each.update(files.each)

    def _collected(self, where: Place, folder: str, patterns: list[str], how: dict[str, Any]) -> Iterator[Files]:
        from tidemill.config.layers import collected

        try:
            found = collected(where, folder, patterns, **how)
            yield from [found] if found is not None else []
        except ConfigError as whole:
            before = len(self.errors)
            for path in where.files(folder) or []:
                try:
                    one = collected(_Only(where, path), folder, patterns, **how)
                    yield from [one] if one is not None else []
                except ConfigError as exc:
                    self.errors.append(exc)
            if len(self.errors) == before:
                self.errors.append(whole)  # it is about two files


class _Only:
    """A place in which there is one file."""

    def __init__(self, where: Place, path: str) -> None:
        self._where, self._path = where, path

    def folders(self) -> list[str]:
        return self._where.folders()

    def files(self, folder: str, *, deep: bool = True) -> list[str] | None:  # noqa: ARG002 - a place's signature
        return [self._path]

    def read(self, path: str) -> str:
        return self._where.read(path)

    def shown(self, path: str) -> str:
        return self._where.shown(path)


def loaded(loader: AbstractConfigLoader, kind: str, files: KindFiles) -> tuple[dict[Any, Any], list[ConfigError]]:
    """Return the configuration of a kind, and what is wrong with it; as it stands in the files where it is broken."""
    from tidemill.project.loading import of_kind

    try:
        return of_kind(loader, kind), []
    except MissingConfigError as exc:
        return {}, [exc]
    except ConfigError as exc:
        mistakes = getattr(loader, "mistakes", None)
        if files.errors or mistakes is None:
            return files.values(), files.errors or [exc]
    try:
        found, errors = mistakes(kind)
    except ConfigError as exc:
        return files.values(), [exc]
    return found, errors


def relative(path: str) -> str:
    """Return a path as the user would type it: from here, where it is below."""
    if "://" in path:
        return path
    shorter = os.path.relpath(path)
    return path if shorter.startswith("..") else shorter
