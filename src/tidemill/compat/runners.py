"""AbstractRunner as Kedro's: runners of the user's own bring `_run`, which runs all nodes itself."""

from __future__ import annotations

from abc import ABCMeta
from typing import TYPE_CHECKING, Any

from tidemill.hooks import hook_manager as manager_of
from tidemill.io.versions import generate_timestamp
from tidemill.runner.resume import only_missing
from tidemill.runner.runner import AbstractRunner as Ours
from tidemill.runner.supply import supplied

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.pipeline.pipeline import Pipeline
    from tidemill.runner.runner import Executor
    from tidemill.runner.task import Task


class _Known(ABCMeta):
    """Lets our own runners pass for Kedro's."""

    def __instancecheck__(cls, instance: object) -> bool:
        return super().__instancecheck__(instance) or (cls is AbstractRunner and Ours in type(instance).__mro__)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return super().__subclasscheck__(subclass) or (cls is AbstractRunner and Ours in subclass.__mro__)


class AbstractRunner(Ours, metaclass=_Known):
    """A runner whose `_run(pipeline, catalog, hook_manager, session_id)` the user writes."""

    def __init__(
        self, is_async: bool = False, extra_dataset_patterns: dict[str, Any] | None = None, **options: Any
    ) -> None:
        """Set what a run does besides.

        Args:
            is_async: Handed on to `_run` as `self._is_async`.
            extra_dataset_patterns: Of releases in which a runner decided what is kept in memory; not needed.
            options: Those of our own runners.
        """
        super().__init__(is_async, **options)
        self._extra_dataset_patterns = extra_dataset_patterns

    def run(
        self,
        pipeline: Pipeline,
        catalog: DataCatalog,
        hook_manager: Any = None,
        run_id: str | None = None,
        only_missing_outputs: bool = False,
        *,
        session_id: str | None = None,
    ) -> dict[str, Any]:
        """Let `_run` run the pipeline on a catalog that has all its datasets, and return the outputs kept in memory.

        Raises:
            PipelineError: Inputs are missing.
            Exception: What `_run` raised.
        """
        if only_missing_outputs:
            pipeline = only_missing(pipeline, catalog)
        supply, in_memory, _ = supplied(pipeline, catalog)
        create = getattr(self, "create_default_dataset", getattr(self, "create_default_data_set", None))
        if create is not None:
            for name in in_memory:
                supply[name] = create(name)
        self._run(pipeline, supply, hook_manager or manager_of(), run_id or session_id or generate_timestamp())
        return {name: supply.load(name) for name in sorted(pipeline.outputs() & in_memory) if supply.exists(name)}

    def _run(
        self, pipeline: Pipeline, catalog: DataCatalog, hook_manager: Any = None, run_id: str | None = None
    ) -> None:
        raise NotImplementedError(
            f"{type(self).__name__} has no `_run(pipeline, catalog, hook_manager, session_id)`: write it, or inherit "
            "from SequentialRunner, ThreadRunner or ParallelRunner."
        )

    def _executor(self, task: Task) -> AbstractContextManager[Executor]:
        raise NotImplementedError("`_run` does all the work.")
