"""Invocation: what one call of the command line knows: which project, how errors are shown, the session when asked."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidemill.project import Metadata, Session


@dataclass
class Invocation:
    """One call of the command line; `@pass_invocation` hands it to a command."""

    #: Where the project is looked for, from there upwards; None: where the user is.
    folder: str | None = None
    traceback: bool = False
    arguments: list[str] = field(default_factory=list)
    #: What was called instead of `tidemill run`: a project that is installed.
    program: str = ""
    #: What is said after an error, instead of what the runner advises.
    after: list[str] | None = None
    _found: dict[str | None, Metadata | None] = field(default_factory=dict, repr=False)
    _opened: Metadata | None = field(default=None, repr=False)

    def find_project(self) -> Metadata | None:
        """Return the project, or None; nothing of it is imported.

        Raises:
            ProjectError: Its `pyproject.toml` cannot be read.
        """
        if self.folder not in self._found:
            from tidemill.project.discovery import find_project

            self._found[self.folder] = find_project(self.folder)
        return self._found[self.folder]

    def project(self) -> Metadata:
        """Return the project, ready to be imported.

        Raises:
            ProjectNotFoundError: There is none.
        """
        if self._opened is None:
            from tidemill.compat import bootstrap
            from tidemill.project.logs import set_up

            opened = self._packaged() or bootstrap(self.folder)
            set_up(opened)
            self._opened = opened
        return self._opened

    def _packaged(self) -> Metadata | None:
        """Return the project that was configured as an installed package; None if it was not, or its files are here."""
        from tidemill.project import configured

        package = configured.package_name
        found = self.find_project() if package else None
        if package is None or configured.metadata is not None or (found and found.package_name == package):
            return None
        from importlib.util import find_spec
        from pathlib import Path

        from tidemill.project.metadata import Metadata

        spec = find_spec(package)
        home = Path(spec.origin).parent.parent if spec and spec.origin else Path.cwd()
        return Metadata(Path.cwd(), package, package, home)

    @contextmanager
    def session(
        self, env: str | None = None, *, conf_source: str | None = None, params: dict[str, Any] | None = None
    ) -> Iterator[Session]:
        """Open a session of the project.

        Args:
            env: The environment of the configuration.
            conf_source: Where the configuration is, instead of the project's.
            params: Parameters given on the command line.

        Raises:
            ProjectNotFoundError: There is no project.
        """
        metadata = self.project()
        from tidemill.project import settings

        with settings.SESSION_CLASS.create(
            project_path=metadata.project_path, env=env, conf_source=conf_source, runtime_params=params
        ) as session:
            yield session


pass_invocation = click.make_pass_decorator(Invocation, ensure=True)
