"""Session: one project opened for work, with its hooks and its context, in which pipelines are run."""

from __future__ import annotations

import getpass
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidemill.hooks import GROUPS, hook_manager, load_entry_points
from tidemill.io.show import printed
from tidemill.io.versions import generate_timestamp
from tidemill.project import configured, logs
from tidemill.project.accepted import accepted
from tidemill.project.discovery import find_project, open_project
from tidemill.project.loading import chosen_environment, config_loader
from tidemill.project.prepared import Prepared, chosen_pipeline, run_params
from tidemill.project.project_settings import settings

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping
    from types import TracebackType

    from pluggy import PluginManager
    from typing_extensions import Self

    from tidemill.config import AbstractConfigLoader
    from tidemill.project.context import Context
    from tidemill.project.metadata import Metadata
    from tidemill.project.stores import BaseSessionStore
    from tidemill.runner.runner import AbstractRunner

_STORE_FOLDER = "sessions"


class Session:
    """A project opened for work, with one environment and one set of runtime parameters.

    It stays usable, whatever becomes of its runs. The first run saves the version `session_id`, each further run one
    of its own.
    """

    def __init__(
        self,
        session_id: str,
        package_name: str | None = None,
        project_path: str | os.PathLike[str] | None = None,
        save_on_close: bool = False,
        conf_source: str | os.PathLike[str] | None = None,
        *,
        env: str | None = None,
        runtime_params: Mapping[str, Any] | None = None,
        metadata: Metadata | None = None,
    ) -> None:
        """Open a project that is configured; `create` finds and configures it."""
        self.session_id = session_id
        self.metadata = metadata
        self.save_on_close = save_on_close
        self._package_name = package_name or configured.package_name
        self._project_path = Path(project_path if project_path is not None else Path.cwd()).expanduser().resolve()
        self._conf_source = conf_source
        self._env = env
        self._runtime_params = dict(runtime_params or {})
        self._context: Context | None = None
        self._runs = 0
        self._hook_manager = self._hooks()
        self._store: BaseSessionStore = self._open_store()

    @classmethod
    def create(
        cls,
        project_path: str | os.PathLike[str] | None = None,
        save_on_close: bool = True,
        env: str | None = None,
        runtime_params: Mapping[str, Any] | None = None,
        conf_source: str | os.PathLike[str] | None = None,
        *,
        extra_params: Mapping[str, Any] | None = None,
    ) -> Self:
        """Return a session of the project that a folder is in, or of the one that is configured.

        Args:
            project_path: The folder; by default where the process is.
            save_on_close: Whether the session's store is saved at its end.
            env: The environment: a folder beside `conf/base`. By default what `TIDEMILL_ENV` or `KEDRO_ENV` says.
            runtime_params: Parameters that come before those of the configuration.
            conf_source: Where the configuration is, instead of where the settings say.
            extra_params: The older name of `runtime_params`.

        Raises:
            ProjectNotFoundError: There is no project there, and none is configured.
            SettingsError: Its settings cannot be.
        """
        metadata = _opened(project_path)
        where = metadata.project_path if metadata is not None else project_path
        environment = chosen_environment(env)
        if environment is not None:
            logs.set_up_as_said(metadata, environment)
        session = cls(
            generate_timestamp(),
            project_path=where,
            save_on_close=save_on_close,
            conf_source=conf_source,
            env=environment,
            runtime_params=runtime_params or extra_params,
            metadata=metadata,
        )
        session.store.update(
            project_path=session._project_path,
            session_id=session.session_id,
            package_name=configured.package_name,
            runtime_params=session._runtime_params,
            username=_user(),
            **({"env": environment} if environment else {}),
        )
        return session

    @property
    def store(self) -> BaseSessionStore:
        """What the session notes of itself, kept where the settings say."""
        return self._store

    @property
    def hook_manager(self) -> PluginManager:
        """The project's hooks, and those of installed packages."""
        return self._hook_manager

    def load_context(self) -> Context:
        """Return the context of this session; the first time it is made, and the hook `after_context_created` called.

        Raises:
            SettingsError: A setting cannot be.
        """
        if self._context is None:
            kind = settings.CONTEXT_CLASS
            known = {
                "package_name": self._package_name,
                "project_path": self._project_path,
                "config_loader": self._get_config_loader(),
                "env": self._env,
                "runtime_params": self._runtime_params,
                "extra_params": self._runtime_params,
                "hook_manager": self._hook_manager,
            }
            context = kind(**accepted(kind, known, either=("runtime_params", "extra_params")))
            self._hook_manager.hook.after_context_created(context=context)
            self._context = context
        return self._context

    def prepare(
        self,
        pipeline_name: str | None = None,
        pipeline_names: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        node_names: Iterable[str] | None = None,
        from_nodes: Iterable[str] | None = None,
        to_nodes: Iterable[str] | None = None,
        from_inputs: Iterable[str] | None = None,
        to_outputs: Iterable[str] | None = None,
        load_versions: Mapping[str, str] | None = None,
        namespaces: Iterable[str] | None = None,
        only_missing_outputs: bool = False,
        *,
        namespace: str | None = None,
    ) -> Prepared:
        """Return a run that can be looked at, and then be run: its pipeline and its catalog are made, nothing has run.

        The arguments are those of `run`.
        """
        wanted = {
            "tags": tags,
            "from_nodes": from_nodes,
            "to_nodes": to_nodes,
            "node_names": node_names,
            "from_inputs": from_inputs,
            "to_outputs": to_outputs,
            "node_namespaces": namespaces or ([namespace] if namespace else None),
        }
        context = self.load_context()
        names = list(pipeline_names or ([pipeline_name] if pipeline_name else []))
        whole, selection, part = chosen_pipeline(names, wanted)
        run_id = self.session_id if self._runs == 0 else generate_timestamp()
        catalog = context._get_catalog(save_version=run_id, load_versions=load_versions)  # noqa: SLF001 - its contract
        self._runs += 1
        said = run_params(
            self,
            run_id,
            wanted,
            pipeline_name=pipeline_name,
            pipeline_names=pipeline_names,
            load_versions=load_versions,
            only_missing_outputs=only_missing_outputs,
        )
        return Prepared(
            session=self,
            context=context,
            catalog=catalog,
            pipeline=part,
            whole=whole,
            selection=selection,
            run_id=run_id,
            run_params=said,
            load_versions=dict(load_versions or {}),
            only_missing_outputs=only_missing_outputs,
        )

    def run(
        self,
        pipeline_name: str | None = None,
        pipeline_names: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        runner: AbstractRunner | None = None,
        node_names: Iterable[str] | None = None,
        from_nodes: Iterable[str] | None = None,
        to_nodes: Iterable[str] | None = None,
        from_inputs: Iterable[str] | None = None,
        to_outputs: Iterable[str] | None = None,
        load_versions: Mapping[str, str] | None = None,
        namespaces: Iterable[str] | None = None,
        only_missing_outputs: bool = False,
        *,
        namespace: str | None = None,
    ) -> dict[str, Any]:
        """Run a pipeline, and return its free outputs that the catalog does not have.

        Args:
            pipeline_name: Its name; by default the project's default pipeline.
            pipeline_names: Several, run as one.
            tags: As of `Pipeline.filter`, like the others up to `to_outputs`.
            runner: What runs it; by default one node after the other, in this process.
            node_names: See `tags`.
            from_nodes: See `tags`.
            to_nodes: See `tags`.
            from_inputs: See `tags`.
            to_outputs: See `tags`.
            load_versions: Dataset name -> the version to load instead of the latest.
            namespaces: Only nodes in these.
            only_missing_outputs: Whether to leave out nodes whose outputs are there, unless others need their work.
            namespace: An older name of `namespaces`, for one.

        Raises:
            PipelineNotFoundError: There is no such pipeline.
            PipelineError: No node is left, something named is not there, or the run cannot start.
            Exception: What a node raised.
        """
        prepared = self.prepare(
            pipeline_name,
            pipeline_names,
            tags,
            node_names,
            from_nodes,
            to_nodes,
            from_inputs,
            to_outputs,
            load_versions,
            namespaces,
            only_missing_outputs,
            namespace=namespace,
        )
        return prepared.run(runner)

    def close(self) -> None:
        """End the session: its store is saved, if it was so created."""
        if self.save_on_close:
            self._store.save()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and kind is not None:
            self._store["exception"] = {
                "type": f"{kind.__module__}.{kind.__qualname__}",
                "value": printed(error),
                "traceback": traceback.format_tb(trace),
            }
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._project_path)!r}, session_id={self.session_id!r})"

    def _get_config_loader(self) -> AbstractConfigLoader:
        return config_loader(
            self._project_path,
            env=self._env,
            conf_source=self._conf_source,
            runtime_params=self._runtime_params,
            metadata=self.metadata,
        )

    def _hooks(self) -> PluginManager:
        manager = hook_manager(settings.HOOKS)
        of_kedro = configured.metadata is None or configured.metadata.kedro_plugins
        load_entry_points(manager, settings.DISABLE_HOOKS_FOR_PLUGINS, groups=GROUPS if of_kedro else GROUPS[:1])
        return manager

    def _open_store(self) -> BaseSessionStore:
        arguments = {"path": (self._project_path / _STORE_FOLDER).as_posix(), **settings.SESSION_STORE_ARGS}
        return settings.SESSION_STORE_CLASS(**arguments, session_id=self.session_id)


def _opened(project_path: str | os.PathLike[str] | None) -> Metadata | None:
    """Open the project that a folder is in, unless it is open; return None for a package that is configured alone."""
    known = configured.metadata
    if project_path is None and known is not None:
        return known
    found = find_project(project_path)
    if found is None or (configured.package_name is not None and known is None):
        if configured.package_name is None:
            from tidemill.project.discovery import bootstrap_project

            return bootstrap_project(project_path)  # says what is missing
        return None if found is None or found.package_name != configured.package_name else found
    if found != known:
        open_project(found)
    return found


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return ""
