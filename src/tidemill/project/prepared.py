"""A run that is prepared: what will run and on what can be looked at, and then it is run, with the hooks around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidemill.errors import PipelineError
from tidemill.io import provenance
from tidemill.pipeline.select import Selection
from tidemill.project import preflight, revision
from tidemill.project.metadata import KEDRO_VERSION
from tidemill.project.plain import DEFAULT
from tidemill.project.registry import pipelines
from tidemill.runner.failure import add_note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.pipeline.pipeline import Pipeline
    from tidemill.project.context import Context
    from tidemill.project.session import Session
    from tidemill.runner.runner import AbstractRunner

_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Prepared:
    """What one run will do. Nothing has run; the hooks after the context and the catalog were made have been called."""

    session: Session
    context: Context
    catalog: DataCatalog
    pipeline: Pipeline
    """The nodes that will run, of the `whole` pipeline."""
    whole: Pipeline
    selection: Selection
    run_id: str
    """Names the run; the version that it saves."""
    run_params: dict[str, Any]
    """What hooks are told of the run."""
    load_versions: dict[str, str]
    only_missing_outputs: bool

    def run(self, runner: AbstractRunner | None = None) -> dict[str, Any]:
        """Run it, and return the free outputs that the catalog does not have.

        Args:
            runner: What runs it; by default one node after the other, in this process.

        Raises:
            PipelineError: The run cannot start.
            Exception: What a node raised.
        """
        if runner is None:
            from tidemill.runner.sequential import SequentialRunner

            runner = SequentialRunner()
        if isinstance(runner, type):
            raise TypeError(f"`runner` is the class {runner.__name__}; give an object: {runner.__name__}().")
        run_params = {**self.run_params, "runner": type(runner).__name__}
        manager = self.session.hook_manager
        hook, around = manager.hook, {"run_params": run_params, "pipeline": self.pipeline, "catalog": self.catalog}
        hook.before_pipeline_run(**around)
        try:
            preflight.check(self.pipeline, self.catalog, only_missing_outputs=self.only_missing_outputs)
            with provenance.running(revision.of(self.session._project_path)):  # noqa: SLF001 - of the same room
                made = runner.run(
                    self.pipeline, self.catalog, manager, self.run_id, only_missing_outputs=self.only_missing_outputs
                )
        except BaseException as error:  # Ctrl-C too: whoever hears of the beginning hears of the end
            try:
                hook.on_pipeline_error(error=error, **around)
            except Exception as another:  # noqa: BLE001 - must not hide what is being told
                add_note(error, f"The hook `on_pipeline_error` raised too: {type(another).__name__}: {another}")
            raise
        result = self._as_known(made)
        hook.after_pipeline_run(run_result=result, **around)
        return result

    def _as_known(self, made: dict[str, Any]) -> dict[str, Any]:
        """Return the outputs as the project expects them: since release 1.0 of Kedro, all free ones, as datasets."""
        metadata = self.session.metadata
        if metadata is None or (metadata.generation or (0, 0)) < (1, 0):
            return made
        from tidemill.io.memory import MemoryDataset

        found = {name: self.catalog[name] for name in sorted(self.pipeline.outputs()) if name in self.catalog}
        return found | {name: MemoryDataset(data, copy_mode="assign") for name, data in made.items()}


def chosen_pipeline(names: list[str], wanted: Mapping[str, Any]) -> tuple[Pipeline, Selection, Pipeline]:
    """Return the whole of these pipelines, which nodes are wanted, and the pipeline of these nodes.

    Raises:
        PipelineNotFoundError: There is none of one of the names.
        PipelineError: No node is left, or something named is not there.
    """
    chosen = [pipelines[name] for name in names or [DEFAULT]]
    whole = chosen[0] if len(chosen) == 1 else sum(chosen[1:], chosen[0])
    if not whole.nodes:
        empty = " and ".join(f"'{name}'" for name in names or [DEFAULT])
        others = [f"'{name}'" for name, each in pipelines.items() if each.nodes and name != DEFAULT]
        more = f"Name another one: {', '.join(others[:_SHOWN])}." if others else "Give it nodes."
        raise PipelineError(f"There is nothing to run: {empty} has no nodes. {more}")
    selection = Selection.of(**wanted)
    return whole, selection, whole.select(selection) if selection else whole


def run_params(
    session: Session,
    run_id: str,
    wanted: Mapping[str, Any],
    *,
    pipeline_name: str | None,
    pipeline_names: Iterable[str] | None,
    load_versions: Mapping[str, str] | None,
    only_missing_outputs: bool,
) -> dict[str, Any]:
    """Return what hooks are told of a run: its arguments as they were given, under the newer and the older names."""
    namespaces = wanted["node_namespaces"]
    params = session._runtime_params  # noqa: SLF001 - of the same room
    return {
        "run_id": run_id,
        "session_id": run_id,
        "project_path": session._project_path.as_posix(),  # noqa: SLF001
        "env": session._env,  # noqa: SLF001
        "kedro_version": KEDRO_VERSION,
        "tags": wanted["tags"],
        "from_nodes": wanted["from_nodes"],
        "to_nodes": wanted["to_nodes"],
        "node_names": wanted["node_names"],
        "from_inputs": wanted["from_inputs"],
        "to_outputs": wanted["to_outputs"],
        "load_versions": load_versions,
        "runtime_params": params,
        "extra_params": params,
        "pipeline_name": pipeline_name,
        "pipeline_names": None if pipeline_names is None else list(pipeline_names),
        "namespaces": namespaces,
        "namespace": next(iter(namespaces), None) if namespaces else None,
        "only_missing_outputs": only_missing_outputs,
    }
