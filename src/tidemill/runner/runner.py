"""AbstractRunner: the one loop that runs a pipeline, on whatever executor a subclass brings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Protocol

from tidemill.io.versions import generate_timestamp
from tidemill.runner.schedule import Schedule
from tidemill.runner.supply import supplied
from tidemill.runner.task import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.pipeline.pipeline import Pipeline


class Executor(Protocol):
    """Runs nodes, known by their positions, in one place or several."""

    def has_room(self) -> bool:
        """Tell whether another node would begin at once."""

    def submit(self, position: int) -> None:
        """Begin to run a node."""

    def finished(self) -> Iterable[int]:
        """Wait for at least one of the nodes that were begun, and return those that are done.

        Raises:
            Exception: What a node raised.
        """


class AbstractRunner(ABC):
    """Runs pipelines. Subclasses say on what, by an executor; what a run does and means is the same for all."""

    def run(self, pipeline: Pipeline, catalog: DataCatalog, *, run_id: str | None = None) -> dict[str, Any]:
        """Run every node, and return the free outputs that the catalog does not have: name -> data.

        Datasets that the catalog does not have live in memory, for the run only; the catalog gains none of them.

        Args:
            pipeline: What to run.
            catalog: Where its inputs are, and where its outputs go.
            run_id: Names the run in the manifests of what it saves; by default the time.

        Raises:
            PipelineError: The run cannot start: inputs are missing, all named; nothing has run.
            DatasetError: A dataset could not be made, loaded, saved or confirmed.
            Exception: What a node's function raised, as it was, with a note that names the node.
        """
        supply = supplied(pipeline, catalog)
        schedule = Schedule(pipeline)
        with self._executor(Task(pipeline.graph.nodes, supply, run_id or generate_timestamp())) as executor:
            while schedule:
                while executor.has_room() and (position := schedule.take()) is not None:
                    executor.submit(position)
                for position in executor.finished():
                    for name in schedule.done(position):
                        supply.release(name)
        return {name: supply.load(name) for name in sorted(pipeline.outputs()) if name not in catalog}

    @abstractmethod
    def _executor(self, task: Callable[[int], None]) -> AbstractContextManager[Executor]:
        """Return what runs the nodes of one run.

        Args:
            task: Runs the node at a position, to its end.
        """
