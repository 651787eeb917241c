"""DaskRunner: nodes as tasks of dask.distributed, on this machine or on a cluster."""

from __future__ import annotations

import os
import pickle
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from tidemill.errors import PipelineError
from tidemill.runner import travel
from tidemill.runner.cluster import InCluster
from tidemill.runner.dispatch import Dispatch
from tidemill.runner.interrupts import Interrupts
from tidemill.runner.localcluster import local_client
from tidemill.runner.runner import AbstractRunner, check_workers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.io.dataset import AbstractDataset
    from tidemill.pipeline.pipeline import Pipeline
    from tidemill.runner.task import Task

_LARGE = 1_000_000


class DaskRunner(AbstractRunner):
    """Runs nodes on Dask: each loads and saves where it runs, and what it hands on stays in the cluster's memory.

    Without an address there is a cluster of processes on this machine, for each run one. Workers that are lost are
    replaced, and Dask does again what was lost with them.
    """

    shares_memory: ClassVar[bool] = False

    def __init__(
        self,
        address: Any = None,
        is_async: bool = False,
        *,
        max_workers: int | None = None,
        client_args: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        """Set where to run.

        Args:
            address: That of a scheduler, a cluster, or a `distributed.Client`, which stays open; left out, a cluster
                on this machine.
            is_async: Whether the datasets of one node are loaded, and saved, at once, in threads.
            max_workers: How many processes a cluster on this machine has; by default one for each processor.
            client_args: What else is handed to `distributed.Client`.
            options: As of AbstractRunner.

        Raises:
            PipelineError: Dask is not installed, or there is to be no worker.
        """
        super().__init__(is_async=is_async, **options)
        check_workers("DaskRunner", max_workers)
        try:
            import distributed  # noqa: F401 - found now, not in the middle
        except ImportError as exc:
            raise PipelineError("DaskRunner needs Dask: pip install 'tidemill[dask]'") from exc
        self._address, self._most = address, max_workers
        self._client_args = dict(client_args or {})

    def _problems(self, pipeline: Pipeline, supply: DataCatalog) -> list[str]:
        """Return what keeps the pipeline from running in other processes, all of it."""
        import cloudpickle

        return [
            *travel.node_problems(pipeline.nodes, cloudpickle.dumps),
            *travel.dataset_problems(pipeline.nodes, supply, cloudpickle.dumps),
            *super()._problems(pipeline, supply),
        ]

    @contextmanager
    def _executor(self, task: Task) -> Iterator[Dispatch]:
        with Interrupts() as interrupts, self._client() as (client, is_ours):
            run = f"tidemill-{os.urandom(6).hex()}"
            users = _hand_over(task, client)
            dispatch = Dispatch(client, task, run, _pickled(task), interrupts, is_ours=is_ours)
            try:
                yield dispatch
                travel.bring_back(users, task.catalog)
            except Exception:  # what is done is done
                if not dispatch.has_lost_all:
                    travel.bring_back(users, task.catalog)
                raise
            except BaseException:  # Ctrl-C
                dispatch.stop_saving()
                raise
            finally:
                if not is_ours:  # ours ends with the run
                    dispatch.close()

    @contextmanager
    def _client(self) -> Iterator[tuple[Any, bool]]:
        """Yield a client, and whether its cluster is there for this run only."""
        import distributed

        client_class: Any = distributed.Client  # its types are not written down
        if isinstance(self._address, client_class):
            yield self._address, False
        elif self._address is not None or "address" in self._client_args:
            given = {} if self._address is None else {"address": self._address}
            with client_class(**{"set_as_default": False, **given, **self._client_args}) as client:
                yield client, False
        else:
            with local_client(self._most or os.cpu_count() or 1, self._client_args) as client:
                yield client, True


def _pickled(task: Task) -> bytes:
    import cloudpickle

    try:
        pickled: bytes = cloudpickle.dumps(task, pickle.HIGHEST_PROTOCOL)
    except Exception as exc:  # whatever pickling the user's objects raises
        raise PipelineError(f"The run cannot be sent to other processes: {type(exc).__name__}: {exc}") from exc
    return pickled


def _hand_over(task: Task, client: Any) -> dict[str, AbstractDataset[Any, Any]]:
    """Let what is in memory be in the cluster's, and return the user's datasets of which that is the place now."""
    from dask.sizeof import sizeof

    travel.drop_unused(task.catalog, task.nodes)
    users = {}
    written = {name for node in task.nodes for name in node.outputs}
    for name in travel.names_of(task.nodes):
        dataset = task.catalog[name]
        if name in task.in_memory or not travel.is_in_memory(dataset):
            continue
        if name in written or sizeof(travel.data_of(dataset)) > _LARGE:  # what is small goes along with the task
            users[name] = dataset
    for name in (*task.in_memory, *users):
        place = InCluster(gathers=name in task.gathered)
        if name in users and users[name].exists():
            place.futures = (client.scatter([travel.data_of(users[name])], broadcast=True, hash=False)[0],)
        task.catalog[name] = place
    return users
