"""What a Dask worker does: one piece of work, on data that is in the cluster's memory and stays there."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pickle
import signal
import threading
from typing import TYPE_CHECKING, Any, ClassVar

from tidemill.io.dataset import AbstractDataset
from tidemill.io.memory import MemoryDataset
from tidemill.runner.fanout import Gathered
from tidemill.runner.interrupts import Saves
from tidemill.runner.raised import Raised

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tidemill.runner.preparation import Preparation
    from tidemill.runner.task import Task
    from tidemill.runner.work import Work

_PICKLED: dict[str, bytes] = {}
_TASKS: dict[str, Task] = {}
_LOCK = threading.Lock()


class Pieces:
    """Dictionaries of partitions that belong together."""

    def __init__(self, *pieces: Mapping[str, Any]) -> None:
        self.together = {part: data for each in pieces for part, data in each.items()}


class Failed:
    """Stands where data would be if the node that makes it had not failed."""


class InCluster(AbstractDataset[Any, Any]):
    """Data in the cluster's memory, known here by its futures only. Loading it brings it here."""

    _EPHEMERAL: ClassVar[bool] = True

    def __init__(self, *, gathers: bool = False) -> None:
        """Be empty.

        Args:
            gathers: Whether there may be many futures, of dictionaries that belong together.
        """
        self.gathers = gathers
        #: Returns the data of a future, by its key.
        self.fetch: Callable[[str], Any] | None = None
        self.futures: tuple[Any, ...] = ()
        #: Whether a node has made it.
        self.has_news = False

    def receive(self, future: Any) -> None:
        """Have what a node is going to make."""
        self.futures = (*self.futures, future) if self.gathers else (future,)
        self.has_news = True

    def forget(self, future: Any) -> None:
        """Do without what a node did not make."""
        self.futures = tuple(each for each in self.futures if each is not future)
        self.has_news = bool(self.futures)

    def _load(self) -> Any:
        results = [self.fetch(future.key) if self.fetch else future.result() for future in self.futures]
        if self.gathers:
            return {part: data for pieces in results for part, data in pieces.items()}
        return results[0]

    def _save(self, data: Any) -> None:
        raise NotImplementedError  # workers do

    def _exists(self) -> bool:
        return bool(self.futures)

    def _release(self) -> None:
        self.futures, self.has_news = (), False

    def _describe(self) -> dict[str, Any]:
        return {"futures": len(self.futures)}

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "futures": (), "has_news": False, "fetch": None}


class Tasks:
    """A plugin of Dask workers, those included that come later: it brings them the task of a run."""

    idempotent = True

    def __init__(self, run: str, pickled: bytes, preparation: Preparation, *, is_ours: bool) -> None:
        """Hold it.

        Args:
            run: Names the run among those of a cluster.
            pickled: The task.
            preparation: What is done before the task is unpickled, and before data comes.
            is_ours: Whether workers are there for this run only; then Ctrl-C at a terminal is not for them.
        """
        self.name, self.pickled, self.preparation = run, pickled, preparation
        self.owner = os.getpid() if is_ours else None

    def setup(self, worker: Any) -> None:  # noqa: ARG002 - Dask's signature
        """Be added to a worker. The task is not unpickled before there is something to do."""
        if self.owner not in {None, os.getpid()}:  # a worker may be a thread of the owner
            with contextlib.suppress(OSError):
                os.setpgid(0, 0)  # with the processes that nodes start, which so end with the worker
            _hear_interrupts()
        self.preparation.do()
        _PICKLED[self.name] = self.pickled

    def teardown(self, worker: Any) -> None:  # noqa: ARG002 - as above
        """Be removed from a worker."""
        _PICKLED.pop(self.name, None)
        with _LOCK:
            task = _TASKS.pop(self.name, None)
        if task is not None:
            vars(task)["saving"].close(0)  # a function that goes on all the same does not save
            task.end()


def carry_out(run: str, order: bytes, *values: Any) -> Any:
    """Do a piece of work, tell the client how it ended, and return what stays in memory.

    Args:
        run: Names the run among those of a cluster, and the topic on which the client listens.
        order: Pickled: the number that names this piece of work there, the work, the names of the datasets in memory
            that it needs.
        values: Their data, shared with others of this worker: it is copied when it is loaded.

    Returns:
        The data of the one output in memory; of several, name -> data.
    """
    from distributed import get_worker

    number, work, names = _opened(order)

    def tell(outcome: Any) -> None:
        get_worker().log_event(run, {"number": number, "outcome": pickle.dumps(outcome, 5)})

    if any(isinstance(value, Failed) for value in values):
        return Failed()
    task = _task(run)
    node = task.nodes[work.position]
    catalog = task.catalog.shallow_copy()
    made = {name: _empty(task, name) for name in node.outputs if isinstance(task.catalog[name], InCluster)}
    given = {name: _holding(value) for name, value in zip(names, values, strict=True)}
    for name, dataset in {**made, **given}.items():
        catalog[name] = dataset
    own = dataclasses.replace(task, catalog=catalog)
    own.saving = task.saving
    if node.each not in given:  # partitions that are no data in the cluster's memory are found once for each worker
        vars(own)["_fan"] = vars(task)["_fan"]
    try:
        report = own(work)
    except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
        tell(Raised.pack(error))
        return Failed()
    finally:
        own.end()
    if report is not None:
        tell(report)
    data = {name: _held(dataset) for name, dataset in made.items()}
    return next(iter(data.values())) if len(data) == 1 else data or None


def stop_saving(run: str, most: float) -> None:
    """Let no save of a run begin on this worker, and wait for those that are going on, so many seconds at most."""
    with _LOCK:
        task = _TASKS.get(run)
    if task is not None:
        vars(task)["saving"].close(most)


def part_of(data: Any, name: str) -> Any:
    """Return one of several outputs."""
    return data if isinstance(data, Failed) else data[name]


def _hear_interrupts() -> None:
    """Let Ctrl-C be heard, which is held back while a worker starts: programs that nodes start inherit that."""
    while signal.sigtimedwait({signal.SIGINT}, 0) is not None:
        pass  # one of before was for the client
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _task(run: str) -> Task:
    with _LOCK:
        task = _TASKS.get(run)
        if task is None:
            task = _TASKS[run] = pickle.loads(_PICKLED[run])  # noqa: S301 - our own client wrote it
            task.saving = Saves()
    return task


def _opened(order: bytes) -> tuple[int, Work, Sequence[str]]:
    opened: tuple[int, Work, Sequence[str]] = pickle.loads(order)  # noqa: S301 - our own client wrote it
    return opened


def _empty(task: Task, name: str) -> AbstractDataset[Any, Any]:
    dataset: AbstractDataset[Any, Any] = Gathered() if name in task.gathered else MemoryDataset()
    return dataset


def _holding(value: Any) -> AbstractDataset[Any, Any]:
    """Return a dataset that holds the value itself and gives out copies."""
    dataset: AbstractDataset[Any, Any]
    if isinstance(value, Pieces):
        dataset = Gathered()
        vars(dataset)["_pieces"] = value.together
    else:
        dataset = MemoryDataset()
        vars(dataset)["_data"] = value
    return dataset


def _held(dataset: AbstractDataset[Any, Any]) -> Mapping[str, Any] | Any:
    if isinstance(dataset, Gathered):
        return vars(dataset)["_pieces"] or {}
    return vars(dataset)["_data"] if dataset.exists() else None
