"""KedroSession: a session that is created as in any release of Kedro since 0.17."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tidemill.project import configured
from tidemill.project.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self


class KedroSession(Session):
    """A session; before release 0.19 the first argument of `create` was the package's name."""

    @classmethod
    def create(
        cls,
        project_path: str | os.PathLike[str] | None = None,
        save_on_close: bool | str | os.PathLike[str] = True,
        env: Any = None,
        runtime_params: Any = None,
        conf_source: Any = None,
        *,
        package_name: str | None = None,
        extra_params: Mapping[str, Any] | None = None,
    ) -> Self:
        """Return a session: see `tidemill.project.Session.create`."""
        if (
            isinstance(project_path, str)
            and project_path == configured.package_name
            and not os.path.isdir(project_path)
        ):
            package_name, project_path = project_path, None
        if package_name is not None and configured.package_name is None:
            configured.configure_project(package_name)
        if not isinstance(save_on_close, bool):  # (package_name, project_path, save_on_close, env, extra_params)
            project_path, save_on_close = save_on_close, True
            if isinstance(env, bool):
                save_on_close, env, runtime_params, conf_source = env, runtime_params, conf_source, None
        return super().create(project_path, save_on_close, env, runtime_params or extra_params, conf_source)
