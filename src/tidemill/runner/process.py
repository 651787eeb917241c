"""ParallelRunner: nodes in processes of this machine, their data handed on through shared memory."""

from __future__ import annotations

import multiprocessing
import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from tidemill.errors import PipelineError
from tidemill.runner import travel
from tidemill.runner.exchange import Exchange
from tidemill.runner.exchanged import Exchanged
from tidemill.runner.interrupts import Interrupts
from tidemill.runner.pool import Pool
from tidemill.runner.runner import AbstractRunner, check_workers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.io.dataset import AbstractDataset
    from tidemill.pipeline.pipeline import Pipeline
    from tidemill.runner.task import Task


class ParallelRunner(AbstractRunner):
    """Runs nodes in processes, several at once. Functions, datasets and hooks must pickle.

    A worker process that dies ends the run, or what ran there is tried again where there are retries.
    """

    shares_memory: ClassVar[bool] = False

    def __init__(
        self, max_workers: int | None = None, is_async: bool = False, start_method: str | None = None, **options: Any
    ) -> None:
        """Set how many processes, and how they start.

        Args:
            max_workers: How many there may be; by default as many as there are processors for this process.
            is_async: Whether the datasets of one node are loaded, and saved, at once, in threads.
            start_method: `fork`, `spawn` or `forkserver`; by default what `multiprocessing` does.
            options: As of AbstractRunner.

        Raises:
            PipelineError: There is no such number of workers, or no such start method.
        """
        super().__init__(is_async=is_async, **options)
        known = multiprocessing.get_all_start_methods()
        if start_method is not None and start_method not in known:
            raise PipelineError(f"ParallelRunner: there is no start method {start_method!r} here. Use one of {known}.")
        check_workers("ParallelRunner", max_workers)
        self._most = max_workers or _processors()
        self._context: Any = multiprocessing.get_context(start_method)

    def _problems(self, pipeline: Pipeline, supply: DataCatalog) -> list[str]:
        """Return what keeps the pipeline from running in processes, all of it."""
        return [
            *travel.node_problems(pipeline.nodes),
            *travel.dataset_problems(pipeline.nodes, supply),
            *super()._problems(pipeline, supply),
        ]

    @contextmanager
    def _executor(self, task: Task) -> Iterator[Pool]:
        with Interrupts() as interrupts, ExitStack() as stack:
            with interrupts.held():
                exchange = stack.enter_context(Exchange())
            users = _hand_over(task, exchange)
            pool = Pool(self._context, task, exchange, self._most, interrupts)
            try:
                yield pool
                travel.bring_back(users, task.catalog)
            except Exception:
                travel.bring_back(users, task.catalog)  # what is done is done
                raise
            finally:
                with interrupts.held():
                    pool.close()
                    exchange.close()


def _hand_over(task: Task, exchange: Exchange) -> dict[str, AbstractDataset[Any, Any]]:
    """Put what is in memory where workers find it, and return the user's datasets of which that is the place now."""
    travel.drop_unused(task.catalog, task.nodes)
    users = {}
    for name in travel.names_of(task.nodes):
        if name not in task.in_memory and travel.is_in_memory(task.catalog[name]):
            users[name] = task.catalog[name]
    for name in (*task.in_memory, *users):
        dataset = Exchanged(exchange, gathers=name in task.gathered)
        if name in users and users[name].exists():
            dataset.parcels = (exchange.put(travel.data_of(users[name])),)
        task.catalog[name] = dataset
    return users


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
