"""AbstractRunner: the one loop that runs a pipeline, on whatever executor a subclass brings.

How a runner is made: write `_executor(task)`, a context manager that yields an `Executor`, and if need be
`_problems(pipeline, supply)`. The loop hands out `Work` and does not look into it; to do it is to call `task(work)`,
wherever that is. A `Task` pickles when its nodes, catalog and hooks do.

- `task.catalog` is the run's own copy. Before it yields, `_executor` may put datasets of its own into it:
  `task.catalog[name] = ...` for each of `task.in_memory`, the datasets that live for this run only, and for the user's
  datasets in memory. `task.gathered`, a part of `task.in_memory`, are saved in pieces, `save({partition: data})`, by
  several workers at once (first of all `save({})`), and load as one dictionary of all pieces, sorted. The loop calls
  `release()` on all of these in this process when nobody needs them any more, and `load()` on the free outputs before
  it leaves the context manager.
- `finished()` gives back each work with a `Report`, None (nothing to tell) or what it raised, any BaseException. An
  exception that comes from another process keeps its `__dict__`: `__notes__` and what the failure was are in there.
  A worker that is gone is a `WorkerLostError`, given for each work that was on it.
- Once one fails, the loop takes no new work (unless `keep_going`), waits for what runs, and leaves. When an exception
  leaves the context manager's body, Ctrl-C above all, it returns within a second: nothing more is begun or waited for,
  processes are ended, files removed.
- `shares_memory = False` on the runner: `Work.known` tells a worker the versions and partitions that earlier work read,
  and `task(work)` reports what it read itself; confirming there needs no more than that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from tidemill.errors import PipelineError, RunError
from tidemill.hooks import node_hooks
from tidemill.io import provenance
from tidemill.io.versions import generate_timestamp
from tidemill.names import did_you_mean
from tidemill.pipeline.wiring import check_retries
from tidemill.runner.failure import add_note, together
from tidemill.runner.loop import Loop
from tidemill.runner.resume import advice, only_missing
from tidemill.runner.supply import supplied
from tidemill.runner.task import Task

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager

    from pluggy import PluginManager

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.pipeline.pipeline import Pipeline
    from tidemill.runner.loop import Observer
    from tidemill.runner.work import Report, Work


class Executor(Protocol):
    """Does work, in one place or several."""

    def has_room(self) -> bool:
        """Tell whether more work would begin at once."""

    def submit(self, work: Work) -> None:
        """Begin a piece of work."""

    def finished(self) -> Iterable[tuple[Work, Report | BaseException | None]]:
        """Wait for at least one piece of the work that was begun, and return what is done, with how it ended."""


class AbstractRunner(ABC):
    """Runs pipelines. Subclasses say on what, by an executor; what a run does and means is the same for all."""

    #: Whether work is done on the very datasets of this process.
    shares_memory: ClassVar[bool] = True

    def __init__(
        self,
        is_async: bool = False,
        *,
        keep_going: bool = False,
        retries: int | Mapping[str, int] = 0,
        on_event: Observer | None = None,
    ) -> None:
        """Set what a run does besides.

        Args:
            is_async: Whether the inputs of a node are loaded at once, in threads, and its outputs saved so.
            keep_going: Whether nodes that do not need what a failed one makes run all the same; what failed is raised
                at the end, all of it.
            retries: How often a load, a call of the function or a save is done again when it fails: for all nodes, or
                node name -> how often, which comes before what the node says itself (`node(..., retries=2)`), as that
                comes before a number for all. A generator's function is not called again.
            on_event: Called in this thread with each `Event` of a run.
        """
        self._is_async, self._keep_going = is_async, keep_going
        self._retries, self._on_event = retries, on_event

    def run(
        self,
        pipeline: Pipeline,
        catalog: DataCatalog,
        hook_manager: PluginManager | Iterable[object] | None = None,
        run_id: str | None = None,
        only_missing_outputs: bool = False,
        *,
        session_id: str | None = None,
    ) -> dict[str, Any]:
        """Run every node, and return the free outputs that the catalog does not have: name -> data.

        Datasets that the catalog does not have live in memory, for the run only; the catalog gains none of them.

        Args:
            pipeline: What to run.
            catalog: Where its inputs are, and where its outputs go.
            hook_manager: The hooks around nodes and datasets: a manager, or a list of hook objects. Those around the
                run are called by the session that starts it.
            run_id: Names the run in the manifests of what it saves; by default the time.
            only_missing_outputs: Whether to leave out nodes whose outputs are there, or live in memory, unless others
                need their work.
            session_id: An older name of `run_id`.

        Raises:
            PipelineError: The run cannot start: inputs are missing, all named; nothing has run.
            DatasetError: A dataset could not be made, loaded, saved or confirmed.
            RunError: With `keep_going`, all that failed and what could not run.
            Exception: What a node's function raised, as it was, with notes that name the node and how to go on.
        """
        if only_missing_outputs:
            pipeline = only_missing(pipeline, catalog)
        _check_retries(self._retries, pipeline)
        supply, in_memory, gathered = supplied(pipeline, catalog, lambda supply: self._problems(pipeline, supply))
        task = Task(
            pipeline.graph.nodes,
            supply,
            run_id or session_id or generate_timestamp(),
            in_memory=in_memory,
            gathered=gathered,
            hooks=node_hooks(hook_manager),
            is_async=self._is_async,
            retries=self._retries,
            only_missing=only_missing_outputs,
            reports=not self.shares_memory,
            began=datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            origin=provenance.origin(),
        )
        loop = Loop(pipeline, task, keep_going=self._keep_going, on_event=self._on_event)
        outputs = sorted(name for name in pipeline.outputs() if name in in_memory)
        try:
            with self._executor(task) as executor:
                loop.run(executor)
                made = {name: supply.load(name) for name in outputs if not loop.failures or supply.exists(name)}
            if loop.failures:
                raise _all_that_failed(loop, pipeline, catalog, made)
        except BaseException as error:  # Ctrl-C too: it is told how to go on
            if not isinstance(error, RunError) and (found := advice(pipeline, catalog, loop.left)) is not None:
                add_note(error, found)
            loop.end(error)
            raise
        finally:
            task.end()
        loop.end()
        return made

    def _problems(self, pipeline: Pipeline, supply: DataCatalog) -> Sequence[str]:  # noqa: ARG002 - for those who override it
        """Return what keeps this runner from running the pipeline, found before anything has run.

        Args:
            pipeline: What is to run.
            supply: All its datasets.
        """
        return ()

    @abstractmethod
    def _executor(self, task: Task) -> AbstractContextManager[Executor]:
        """Return what does the work of one run.

        Args:
            task: To do a piece of work is to call it with that.
        """


def check_workers(runner: str, max_workers: int | None) -> None:
    """Refuse a runner that nobody works for.

    Raises:
        PipelineError: There is to be none, or fewer.
    """
    if max_workers is not None and max_workers < 1:
        raise PipelineError(f"{runner}: `max_workers` is {max_workers}; give 1 or more, or leave it out.")


def _check_retries(retries: int | Mapping[str, int], pipeline: Pipeline) -> None:
    for name, number in retries.items() if isinstance(retries, Mapping) else [("", retries)]:
        check_retries(number, f"`retries`{f' of node {name!r}' if name else ''}")
    if not isinstance(retries, Mapping):
        return
    names = [node.name for node in pipeline.graph.nodes]
    for unknown in sorted(retries.keys() - set(names)):
        raise PipelineError(
            f"`retries` names '{unknown}', and the pipeline has no such node{did_you_mean(unknown, names) or '.'}"
        )


def _all_that_failed(loop: Loop, pipeline: Pipeline, catalog: DataCatalog, made: dict[str, Any]) -> RunError:
    skipped = tuple(pipeline.graph.nodes[position].name for position in sorted(loop.skipped))
    text = together(loop.failures, skipped, loop.count_done, advice(pipeline, catalog, loop.left))
    error = RunError(text, loop.failures, skipped, made)
    error.__cause__ = next(iter(loop.failures.values()))
    return error
