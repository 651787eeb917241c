"""Opening a project in a notebook, and opening it again after its code or configuration has changed."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

from tidemill.errors import ProjectNotFoundError, TidemillError

if TYPE_CHECKING:
    from tidemill.project import Session

#: Where the command line says which project is meant.
VARIABLE = "TIDEMILL_PROJECT_PATH"
#: The room beside this one, which is named and not imported: only plugins and typed parameters need it.
_PLUGINS, _PARSING = "tidemill.cli.plugins", "tidemill.cli.parsing"
_opened: dict[str, str] = {}


def reload_tidemill(
    path: str | os.PathLike[str] | None = None,
    env: str | None = None,
    runtime_params: dict[str, Any] | None = None,
    local_namespace: dict[str, Any] | None = None,
    conf_source: str | os.PathLike[str] | None = None,
    *,
    extra_params: dict[str, Any] | None = None,
) -> Session:
    """Open a project, its code and configuration read anew, and return its session.

    In IPython, `catalog`, `context`, `session` and `pipelines` become those of the project.

    Args:
        path: A folder in the project; by default the one that was opened last, or the folder one is in.
        env: The environment.
        runtime_params: Parameters that come before those of the configuration.
        local_namespace: Takes the variables instead of IPython's own.
        conf_source: Where the configuration is, instead of where the settings say.
        extra_params: The older name of `runtime_params`.

    Raises:
        ProjectNotFoundError: There is no project.
    """
    from tidemill.compat import bootstrap
    from tidemill.project import Session, find_project, pipelines
    from tidemill.project.configured import forget_modules
    from tidemill.project.logs import set_up

    where = os.fspath(path) if path is not None else _opened.get("path") or os.environ.get(VARIABLE) or None
    found = find_project(where)
    if found is not None:
        forget_modules(found.package_name)
    metadata = bootstrap(where)
    set_up(metadata, env)
    session = Session.create(
        metadata.project_path, env=env, runtime_params=runtime_params or extra_params, conf_source=conf_source
    )
    context = session.load_context()
    variables = {"catalog": context.catalog, "context": context, "session": session, "pipelines": pipelines}
    _opened["path"] = str(metadata.project_path)
    shell = running_shell()
    if local_namespace is not None:
        local_namespace.update(variables)
    elif shell is not None:
        shell.push(variables)
    if shell is not None:
        _register_plugins(shell, metadata)
        print(f"{metadata.project_name}: catalog, context, session and pipelines are here.")  # noqa: T201 - as IPython tells
    return session


reload_kedro = reload_tidemill


def open_if_there(shell: Any) -> None:
    """Open the project that one is in; where there is none, or a broken one, say how to go on."""
    try:
        reload_tidemill()
    except ProjectNotFoundError:
        print("There is no project here. Open one: %reload_tidemill <folder>")  # noqa: T201
    except TidemillError as exc:
        print(f"{type(exc).__name__}: {exc}\nThen: %reload_tidemill")  # noqa: T201
    except Exception:  # noqa: BLE001 - what the project's own code raises must not take the magics away
        shell.showtraceback()
        print("Mend it, then: %reload_tidemill")  # noqa: T201


def running_shell() -> Any:
    """Return the IPython that this runs in, or None."""
    import sys

    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


def parameters(text: str | None) -> dict[str, Any]:
    """Return the parameters in `a=1,model.depth:3`, as the command line takes them."""
    found: dict[str, Any] = importlib.import_module(_PARSING).parameters(text) if text else {}
    return found


def _register_plugins(shell: Any, metadata: Any) -> None:
    """Register the magics that installed packages announce, Kedro's where the project asks for them."""
    plugins = importlib.import_module(_PLUGINS)
    for entry in plugins.entry_points(plugins.counting(metadata, plugins.MAGICS)):
        magic = plugins.load(entry)
        if callable(magic):
            shell.register_magic_function(magic, magic_kind="line", magic_name=getattr(magic, "__name__", entry.name))
