"""Projects: a folder with configuration and code, opened, and its pipelines run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.project.configured import configure_project as configure_project
    from tidemill.project.context import Context as Context
    from tidemill.project.discovery import bootstrap_project as bootstrap_project
    from tidemill.project.discovery import find_project as find_project
    from tidemill.project.logs import LOGGING as LOGGING
    from tidemill.project.logs import configure_logging as configure_logging
    from tidemill.project.metadata import Metadata as Metadata
    from tidemill.project.prepared import Prepared as Prepared
    from tidemill.project.project_settings import Settings as Settings
    from tidemill.project.project_settings import validate_settings as validate_settings
    from tidemill.project.registry import find_pipelines as find_pipelines
    from tidemill.project.registry import pipelines as pipelines
    from tidemill.project.session import Session as Session
    from tidemill.project.stores import BaseSessionStore as BaseSessionStore
    from tidemill.project.stores import JSONStore as JSONStore
    from tidemill.project.stores import ShelveStore as ShelveStore

    PACKAGE_NAME: str | None
    settings: Settings

_HOMES = {
    "BaseSessionStore": "tidemill.project.stores",
    "Context": "tidemill.project.context",
    "JSONStore": "tidemill.project.stores",
    "LOGGING": "tidemill.project.logs",
    "Metadata": "tidemill.project.metadata",
    "Prepared": "tidemill.project.prepared",
    "Session": "tidemill.project.session",
    "Settings": "tidemill.project.project_settings",
    "ShelveStore": "tidemill.project.stores",
    "bootstrap_project": "tidemill.project.discovery",
    "configure_logging": "tidemill.project.logs",
    "configure_project": "tidemill.project.configured",
    "find_pipelines": "tidemill.project.registry",
    "find_project": "tidemill.project.discovery",
    "pipelines": "tidemill.project.registry",
    "settings": "tidemill.project.project_settings",
    "validate_settings": "tidemill.project.project_settings",
}
_resolve, __dir__, __all__ = front_door(__name__, _HOMES)
__all__ += ["PACKAGE_NAME"]


def __getattr__(name: str) -> Any:
    if name == "PACKAGE_NAME":  # changes with the project, so it is not kept here
        from tidemill.project import configured

        return configured.package_name
    return _resolve(name)
