"""Dispatch: hands work to a Dask scheduler, some of it ahead of time, and hears how it ended."""

from __future__ import annotations

import contextlib
import logging
import pickle
import threading
import time
import weakref
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from tidemill.errors import WorkerLostError
from tidemill.io.show import printed
from tidemill.pipeline.signature import name_of
from tidemill.runner.cluster import InCluster, Pieces, Tasks, carry_out, part_of, stop_saving
from tidemill.runner.preparation import preparation
from tidemill.runner.raised import Raised
from tidemill.runner.travel import names_of
from tidemill.runner.work import Work

if TYPE_CHECKING:
    from tidemill.pipeline.node import Node
    from tidemill.runner.interrupts import Interrupts
    from tidemill.runner.task import Task
    from tidemill.runner.work import Report

_LOG = logging.getLogger(__name__)
#: How often futures are looked at, in seconds: soon where there are few. To be called for each would cost more.
_SHORTEST, _LONGEST, _MANY = 0.002, 0.05, 50
#: How often to see whether there are workers while nothing is heard, and for how long there may be none.
_LOOK_AFTER, _PATIENCE = 5.0, 60.0
#: How long saves that are going on may take when a run is broken off.
_MOMENT = 0.6
_GOING_ON = {"pending", "lost"}  # Dask makes again what was lost with a worker
#: How many nodes may be with the scheduler before it is their turn.
_MOST_AHEAD = 256


class _Sent:
    """A piece of work that is with the scheduler."""

    def __init__(self, number: int, work: Work, future: Any, made: list[tuple[InCluster, Any]]) -> None:
        self.number, self.work, self.future, self.made = number, work, future, made
        self.is_ours = False  # ahead of time: whether the loop has come to it
        self.outcome: Any = None
        self.is_done = False


class Dispatch:
    """The executor on a client.

    A node that only computes, in memory from what is in memory, is sent along with those that it waits for: Dask then
    begins it at once, and does not have to ask us in between. The loop comes to it later, and finds it begun or done.
    """

    def __init__(
        self, client: Any, task: Task, run: str, pickled: bytes, interrupts: Interrupts, *, is_ours: bool
    ) -> None:
        """Listen to the workers.

        Args:
            client: A `distributed.Client`.
            task: Does the work.
            run: Names this run in the cluster.
            pickled: The task.
            interrupts: Ctrl-C, looked for while there is nothing to hear.
            is_ours: Whether the workers are there for this run only.
        """
        self._client, self._task, self._run, self._interrupts = client, task, run, interrupts
        self._is_ours = is_ours
        #: Whether all workers are gone, with all that was in their memory.
        self.has_lost_all = False
        self._looked_after = self._had_workers = time.monotonic()
        self._heard: SimpleQueue[tuple[int, bytes]] = SimpleQueue()
        self._sent: dict[int, _Sent] = {}
        self._ahead: dict[int, _Sent] = {}  # by position
        self._ready: list[_Sent] = []
        self._count = 0
        self._futures: list[weakref.ref[Any]] = []  # all of this run
        self._children = _children(task)
        client.register_plugin(_plugin(run, pickled, is_ours=is_ours))
        client.subscribe_topic(run, self._hear)
        self._fetched: dict[str, Any] = {}
        for dataset in self._in_cluster():
            dataset.fetch = self._fetch

    def has_room(self) -> bool:
        """Dask keeps what has to wait."""
        return True

    def submit(self, work: Work) -> None:
        """Send work, if it is not there yet."""
        sent = self._ahead.pop(work.position, None)
        if sent is None:
            sent = self._send(work)
        sent.is_ours = True
        if sent.is_done:
            self._end(sent, sent.outcome)
        if work.step == "node":
            self._send_ahead(work.position)

    def finished(self) -> list[tuple[Work, Report | BaseException | None]]:
        """Wait for at least one piece of work.

        Raises:
            WorkerLostError: There are no workers any more, and nobody else who could start some.
        """
        self._looked_after = self._had_workers = time.monotonic()
        pause = _SHORTEST * (1 + len(self._sent) / _MANY)
        while not self._ready:
            with contextlib.suppress(Empty):
                self._note(*self._heard.get(timeout=pause))
            begin = time.monotonic()
            self._look()
            self._interrupts.check()
            if begin - self._looked_after > _LOOK_AFTER:
                self._look_after_workers()
            pause = min(max(2 * pause, 20 * (time.monotonic() - begin)), _LONGEST)
        done = [(sent.work, sent.outcome) for sent in self._ready]
        for sent in self._ready:
            if isinstance(sent.outcome, BaseException):
                self._take_back(sent)
        self._ready = []
        return done

    def stop_saving(self) -> None:
        """Let workers begin no more saves, and for a moment wait for those that are going on."""
        stopping = threading.Thread(target=self._stop_saving, daemon=True)
        stopping.start()
        stopping.join(_MOMENT)

    def _stop_saving(self) -> None:
        with contextlib.suppress(Exception):  # the cluster may be gone
            self._client.run(stop_saving, self._run, _MOMENT / 2)

    def close(self) -> None:
        """Let go of all that is not done."""
        with contextlib.suppress(Exception):  # the scheduler may be gone
            self._client.unsubscribe_topic(self._run)
            self._client.unregister_worker_plugin(self._run)
        futures = [sent.future for sent in self._sent.values()]
        if futures:
            with contextlib.suppress(Exception):  # as above
                self._client.cancel(futures, force=True)
        for dataset in self._in_cluster():
            dataset.release()
        for future in filter(None, (each() for each in self._futures)):
            future.release()  # what an error's traceback holds would stay in the cluster's memory
        self._sent.clear()
        self._ahead.clear()
        self._fetched.clear()

    # Sending.

    def _send(self, work: Work) -> _Sent:
        node = self._task.nodes[work.position]
        self._count += 1
        inputs = {name: each for name in node.inputs if isinstance(each := self._task.catalog[name], InCluster)}
        future = self._submit(
            carry_out,
            self._run,
            pickle.dumps((self._count, work, tuple(inputs)), 5),  # as it is, Dask would look for futures in it
            *map(self._value, inputs.values()),
            key=f"{_prefix(node)}-{self._run}-{self._count}",
        )
        outputs = {name: each for name in node.outputs if isinstance(each := self._task.catalog[name], InCluster)}
        made = []
        for name, dataset in outputs.items():
            if work.step == "node" or (dataset.gathers and work.step != "end"):
                many = len(outputs) > 1
                one = self._submit(part_of, future, name, pure=False) if many else future
                dataset.receive(one)
                made.append((dataset, one))
        sent = self._sent[self._count] = _Sent(self._count, work, future, made)
        return sent

    def _submit(self, *args: Any, **options: Any) -> Any:
        future = self._client.submit(*args, **options)
        self._futures.append(weakref.ref(future))
        return future

    def _value(self, dataset: InCluster) -> Any:
        if dataset.gathers:
            return self._submit(Pieces, *dataset.futures, pure=False)
        return dataset.futures[0]

    def _send_ahead(self, position: int) -> None:
        waiting = [position]
        while waiting and len(self._ahead) < _MOST_AHEAD:
            for child in self._children[waiting.pop()]:
                if child in self._ahead or not self._may_be_ahead(child):
                    continue
                self._ahead[child] = self._send(Work(child))
                waiting.append(child)

    def _may_be_ahead(self, position: int) -> bool:
        """Tell whether a node only computes, and all that it needs is being made."""
        node = self._task.nodes[position]
        if node.each or node.yields or node.confirms or not all(name in self._task.in_memory for name in node.outputs):
            return False
        inputs = [self._task.catalog[name] for name in node.inputs]
        return all(isinstance(each, InCluster) and each.exists() and not each.gathers for each in inputs)

    def _take_back(self, failed: _Sent) -> None:
        """Forget what a node did not make, and what was sent ahead of it."""
        waiting = [failed]
        while waiting:
            sent = waiting.pop()
            for dataset, future in sent.made:
                dataset.forget(future)
            if sent.work.step == "node":
                for child in self._children[sent.work.position]:
                    ahead = self._ahead.pop(child, None)
                    if ahead is not None:
                        self._sent.pop(ahead.number, None)
                        waiting.append(ahead)

    # Fetching.

    def _in_cluster(self) -> list[InCluster]:
        found = map(self._task.catalog.__getitem__, names_of(self._task.nodes))
        return [each for each in found if isinstance(each, InCluster)]

    def _fetch(self, key: str) -> Any:
        """Return the data of a future; with it comes, by one request, all that has been made and not released."""
        if key in self._fetched:
            return self._fetched.pop(key)
        wanted = {future.key: future for each in self._in_cluster() if each.has_news for future in each.futures}
        self._fetched.update(zip(wanted, self._client.gather([*wanted.values()]), strict=True))
        return self._fetched.pop(key)

    # Hearing.

    def _hear(self, event: tuple[float, Any]) -> None:
        self._heard.put((event[1]["number"], event[1]["outcome"]))

    def _note(self, number: int, outcome: bytes) -> None:
        sent = self._sent.get(number)
        if sent is None or sent.is_done:
            return  # done again after a worker was lost
        found = pickle.loads(outcome)  # noqa: S301 - our own worker wrote it
        self._end(sent, found.unpack() if isinstance(found, Raised) else found)

    def _end(self, sent: _Sent, outcome: Any) -> None:
        sent.outcome, sent.is_done = outcome, True
        if sent.is_ours:
            self._ready.append(sent)
            del self._sent[sent.number]

    def _look(self) -> None:
        """Find what has ended. Of work that went well and has nothing to tell, nothing is heard."""
        found = [(each, each.future.status) for each in self._sent.values()]
        ended = [(each, status) for each, status in found if status not in _GOING_ON]
        while not self._heard.empty():  # what was told comes before the end of the future, on the same way
            self._note(*self._heard.get())
        for sent, status in ended:
            if not sent.is_done:
                self._end(sent, None if status == "finished" else self._lost(sent, status))

    def _look_after_workers(self) -> None:
        """See whether there are workers: Dask starts lost ones again, but not always, and waits for ever."""
        count = len(self._client.nthreads())
        self._looked_after = time.monotonic()
        if count:
            self._had_workers = self._looked_after
        elif not self._is_ours:
            _LOG.warning("The Dask cluster has no workers. Waiting for some.")
        elif self._looked_after - self._had_workers > _PATIENCE:
            self.has_lost_all = True
            raise WorkerLostError(f"All Dask workers were lost, and none has come back within {_PATIENCE:.0f} seconds.")

    def _lost(self, sent: _Sent, status: str) -> WorkerLostError:
        node = self._task.nodes[sent.work.position]
        part = "" if sent.work.part is None else f", partition '{sent.work.part}',"
        why = f"its task is {status}"
        if status == "error":
            error = sent.future.exception(timeout=1)
            why = f"{type(error).__name__}: {printed(error)}"
        return WorkerLostError(f"The Dask worker that ran node '{node.name}'{part} was lost, again and again. {why}")


def _plugin(run: str, pickled: bytes, *, is_ours: bool) -> Any:
    from distributed.diagnostics.plugin import WorkerPlugin

    class Plugin(Tasks, WorkerPlugin):
        """What Dask takes for a plugin."""

    return Plugin(run, pickled, preparation(), is_ours=is_ours)


def _prefix(node: Node) -> str:
    """Return what Dask goes by when it groups tasks and guesses how long they take: the function."""
    return name_of(node.func).replace("-", "_")


def _children(task: Task) -> list[list[int]]:
    makers = {name: position for position, node in enumerate(task.nodes) for name in node.outputs}
    children: list[list[int]] = [[] for _ in task.nodes]
    for position, node in enumerate(task.nodes):
        for maker in {makers[name] for name in node.inputs if name in makers}:
            children[maker].append(position)
    return children
