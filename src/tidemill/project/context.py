"""Context: what code of a project works with: catalog, parameters, pipelines, configuration."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidemill.catalog.parameters import named
from tidemill.config.loader import ConfigLoader
from tidemill.config.merge import nested, soft
from tidemill.project.loading import of_kind
from tidemill.project.project_settings import settings
from tidemill.project.registry import pipelines

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from pluggy import PluginManager

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.config import AbstractConfigLoader
    from tidemill.project.registry import Pipelines

_PATHS = frozenset({"filepath", "path", "filename"})
_ELSEWHERE = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:|[/\\~])")


class Context:
    """A project with one environment and one set of runtime parameters.

    Its catalog is made once and kept: a dataset that is added, or data in memory, stays.
    """

    def __init__(
        self,
        project_path: str | os.PathLike[str],
        config_loader: AbstractConfigLoader,
        env: str | None = None,
        package_name: str | None = None,
        hook_manager: PluginManager | None = None,
        runtime_params: Mapping[str, Any] | None = None,
        *,
        extra_params: Mapping[str, Any] | None = None,
        **_more: Any,
    ) -> None:
        """Hold what a session found; the hook `after_context_created` is called by the session.

        Args:
            project_path: The folder of the project.
            config_loader: Its configuration.
            env: The environment.
            package_name: The package with its code.
            hook_manager: Its hooks.
            runtime_params: Parameters that come before those of the configuration.
            extra_params: The older name of `runtime_params`.
        """
        self.project_path = Path(project_path).expanduser().resolve()
        self.config_loader = config_loader
        self.env = env
        self._package_name = package_name
        self._hook_manager = hook_manager
        self._runtime_params = dict(runtime_params or extra_params or {})
        self._made: DataCatalog | None = None

    @property
    def _extra_params(self) -> dict[str, Any]:
        return self._runtime_params

    @property
    def catalog(self) -> DataCatalog:
        """The project's catalog, parameters included."""
        if self._made is None:
            self._made = self._get_catalog()
        return self._made

    @property
    def params(self) -> dict[str, Any]:
        """The parameters: those of the configuration, and above them those of this run."""
        found = of_kind(self.config_loader, "parameters")
        # Our loader has put them above already, keys with dots into their places.
        if isinstance(self.config_loader, ConfigLoader):
            return found
        return soft(found, nested(self._runtime_params, found))

    @property
    def pipelines(self) -> Pipelines:
        """The project's pipelines: name -> pipeline."""
        return pipelines

    def _get_catalog(
        self, save_version: str | None = None, load_versions: Mapping[str, str] | None = None
    ) -> DataCatalog:
        """Return a new catalog, and tell the hooks.

        Args:
            save_version: The version that it saves; by default one made now.
            load_versions: Dataset name -> the version to load instead of the latest.

        Raises:
            ConfigError: The configuration cannot be read.
            DatasetError: The catalog that it holds is none.
        """
        definitions = anchored(of_kind(self.config_loader, "catalog"), self.project_path.as_posix())
        credentials = self._get_config_credentials()
        pinned = dict(load_versions) if load_versions else load_versions
        catalog = settings.DATA_CATALOG_CLASS.from_config(
            catalog=definitions, credentials=credentials, load_versions=pinned, save_version=save_version
        )
        parameters = named(self.params)
        for name, value in parameters.items():
            catalog[name] = value
        if self._hook_manager is not None:
            self._hook_manager.hook.after_catalog_created(
                catalog=catalog,
                conf_catalog=definitions,
                conf_creds=credentials,
                parameters=parameters,
                feed_dict=parameters,
                save_version=save_version,
                load_versions=pinned,
            )
        return catalog  # type: ignore[no-any-return] # of the class that the settings name

    def _get_config_credentials(self) -> dict[str, Any]:
        return of_kind(self.config_loader, "credentials")

    def _get_parameters(self) -> dict[str, Any]:
        return named(self.params)

    _get_feed_dict = _get_parameters

    def __repr__(self) -> str:
        where = f", env={self.env!r}" if self.env else ""
        return f"{type(self).__name__}({str(self.project_path)!r}{where})"


def anchored(definitions: Mapping[str, Any], root: str) -> dict[str, Any]:
    """Return the definitions of a catalog with paths that are found wherever the process is.

    Those of arguments that go to libraries (`load_args` ...) are left as they are.
    """
    return {name: _anchored(each, root) if isinstance(each, dict) else each for name, each in definitions.items()}


def _anchored(definition: Mapping[str, Any], root: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in definition.items():
        if isinstance(value, dict):
            found[key] = value if str(key).endswith(("_args", "metadata")) else _anchored(value, root)
        elif key in _PATHS and isinstance(value, str) and value and not _ELSEWHERE.match(value):
            found[key] = f"{root}/{value}"
        else:
            found[key] = value
    return found
