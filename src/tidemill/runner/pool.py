"""Pool: worker processes, each with one piece of work at a time, and what to say when one of them dies."""

from __future__ import annotations

import contextlib
import os
import pickle
import selectors
import signal
import time
from typing import TYPE_CHECKING, Any

from tidemill.errors import PipelineError, WorkerLostError
from tidemill.runner.exchanged import Exchanged
from tidemill.runner.preparation import preparation
from tidemill.runner.worker import Order, Outcome, serve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemill.runner.exchange import Exchange, Parcel
    from tidemill.runner.interrupts import Interrupts
    from tidemill.runner.task import Task
    from tidemill.runner.work import Known, Report, Work

#: A worker whose own children outlive it keeps its connection open; so it is asked for, now and then, whether it lives.
_LOOK_AFTER = 0.5
_PATIENCE, _GRACE = 5.0, 0.6


class Pool:
    """Starts workers when there is work for them, and hands it out."""

    def __init__(self, context: Any, task: Task, exchange: Exchange, most: int, interrupts: Interrupts) -> None:
        """Pickle the task, once for all workers; none is started yet.

        Args:
            context: That of `multiprocessing`, which says how processes start.
            task: Does the work.
            exchange: Where data in memory lies.
            most: How many workers there may be.
            interrupts: Ctrl-C, held back while a process is started.

        Raises:
            PipelineError: The task does not pickle.
        """
        self._context, self._task, self._exchange, self._most = context, task, exchange, most
        self._interrupts = interrupts
        self._preparation = preparation()
        self._workers: list[_Worker] = []
        self._idle: list[_Worker] = []
        self._lost: list[tuple[Work, BaseException]] = []
        self._looked_after = time.monotonic()
        try:
            self._parcel = exchange.put(task)
        except Exception as exc:  # whatever pickling the user's objects raises
            raise PipelineError(f"The run cannot be sent to other processes: {type(exc).__name__}: {exc}") from exc
        self._selector = selectors.DefaultSelector()

    def has_room(self) -> bool:
        """Tell whether a worker is idle, or may be started."""
        return bool(self._idle) or len(self._workers) < self._most

    def submit(self, work: Work) -> None:
        """Send work to a worker."""
        while True:
            worker = self._idle.pop() if self._idle else self._start()
            try:
                worker.send(work, self._given(work))
            except OSError:  # it died while it was idle: none of this has begun, and another one may do it
                self._bury(worker)
            else:
                worker.work = work
                return

    def finished(self) -> list[tuple[Work, Report | BaseException | None]]:
        """Wait for at least one worker.

        Raises:
            PipelineError: A worker could not start.
        """
        done: list[tuple[Work, Report | BaseException | None]] = [*self._lost]
        self._lost.clear()
        while not done:
            for key, _ in self._selector.select(_LOOK_AFTER):
                done += self._heard(key.data)
            self._interrupts.check()
            if time.monotonic() - self._looked_after > _LOOK_AFTER:
                self._look_after()
            done += self._lost
            self._lost.clear()
        return done

    def close(self) -> None:
        """End every worker: an idle one is asked to, the others, whose work nobody waits for any more, are made to.

        These stop at their next line of Python, and leave nothing half saved; those that have none soon are killed.
        """
        for worker in self._idle:
            worker.dismiss()
        busy = [worker for worker in self._workers if worker not in self._idle]
        for worker in busy:
            worker.end(signal.SIGTERM)
        deadline = time.monotonic() + _GRACE
        for worker in busy:
            worker.process.join(max(0.0, deadline - time.monotonic()))
        deadline = time.monotonic() + _PATIENCE
        for worker in self._workers:
            worker.process.join(0 if worker in busy else max(0.0, deadline - time.monotonic()))
            worker.end(signal.SIGKILL)
        for worker in self._workers:
            worker.process.join()
            self._selector.unregister(worker.connection)
            worker.connection.close()
            worker.process.close()
        self._workers.clear()
        self._idle.clear()
        self._selector.close()

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        forks = self._context.get_start_method() == "fork"
        inherited = [*(each.connection for each in self._workers), ours] if forks else []
        process = self._context.Process(
            target=serve,
            args=(theirs, self._parcel, self._exchange, inherited, self._preparation),
            name="tidemill-worker",
        )
        with self._interrupts.held():
            try:
                process.start()
            finally:
                theirs.close()
            worker = _Worker(process, ours)
            self._workers.append(worker)
            self._selector.register(ours, selectors.EVENT_READ, worker)
        return worker

    def _given(self, work: Work) -> dict[str, tuple[Parcel, ...]]:
        found = {name: self._task.catalog[name] for name in self._task.nodes[work.position].inputs}
        return {name: each.parcels for name, each in found.items() if isinstance(each, Exchanged)}

    def _heard(self, worker: _Worker) -> list[tuple[Work, Report | BaseException | None]]:
        try:
            outcome: Outcome = pickle.loads(worker.connection.recv_bytes())  # noqa: S301 - our own worker wrote it
        except (EOFError, OSError):
            self._bury(worker)
            return []
        if not worker.is_ready:
            if outcome.raised is not None:
                error = outcome.raised.unpack()
                if isinstance(error, PipelineError):  # it says all there is to say
                    raise error
                raise PipelineError(
                    "A worker process cannot load what it is to run. Functions must be importable there under the "
                    "name they have here."
                ) from error
            worker.is_ready = True
            return []
        work, worker.work = worker.work, None
        self._idle.append(worker)
        if work is None:
            return []
        for name, parcels in outcome.made.items():
            dataset = self._task.catalog[name]
            if isinstance(dataset, Exchanged):
                dataset.receive(parcels)
        return [(work, outcome.report if outcome.raised is None else outcome.raised.unpack())]

    def _look_after(self) -> None:
        self._looked_after = time.monotonic()
        for worker in [each for each in self._workers if not each.process.is_alive()]:
            if not worker.connection.poll():
                self._bury(worker)

    def _bury(self, worker: _Worker) -> None:
        """Take a dead worker out, and note what was lost with it.

        Raises:
            PipelineError: It never came to work.
        """
        how = worker.ending()
        self._selector.unregister(worker.connection)
        worker.connection.close()
        self._workers.remove(worker)
        worker.process.close()
        if worker in self._idle:
            self._idle.remove(worker)
        if not worker.is_ready:
            guard = (
                " A script that runs a pipeline does so below `if __name__ == '__main__':`, because each worker "
                "imports it too."
                if self._context.get_start_method() != "fork"
                else ""
            )
            raise PipelineError(f"A worker process {how} before it could begin.{guard}")
        if worker.work is not None:
            node = self._task.nodes[worker.work.position]
            part = "" if worker.work.part is None else f", partition '{worker.work.part}',"
            self._lost.append((worker.work, WorkerLostError(f"The process that ran node '{node.name}'{part} {how}.")))


class _Worker:
    """A process, the connection to it, and what it is at."""

    def __init__(self, process: Any, connection: Any) -> None:
        self.process, self.connection = process, connection
        self.work: Work | None = None
        self.is_ready = False
        self._known: dict[str, Known] = {}

    def send(self, work: Work, given: Mapping[str, tuple[Parcel, ...]]) -> None:
        """Send work; what the worker has been told already is left out."""
        if work.known:
            news = {name: known for name, known in work.known.items() if self._known.get(name) is not known}
            self._known.update(news)
            work = work._replace(known=news)
        self.connection.send_bytes(pickle.dumps(Order(work, given), 5))

    def dismiss(self) -> None:
        """Let it end by itself."""
        with contextlib.suppress(OSError):
            self.connection.send_bytes(b"")

    def end(self, number: int) -> None:
        """Send a signal to it and to what it has started; nothing happens if it is gone."""
        if self.process.is_alive():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, number)

    def ending(self) -> str:
        """Return how it ended, in words."""
        self.process.join(_PATIENCE)
        code = self.process.exitcode
        if code is None:
            self.end(signal.SIGKILL)
            self.process.join()
            return "stopped answering"
        if code >= 0:
            return f"ended by itself, with exit code {code} (`os._exit`, or a crash in a library)"
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        why = {
            signal.SIGKILL: " (by somebody, or by the system because memory was full)",
            signal.SIGSEGV: " (a crash in a library, or recursion without an end)",
        }
        return f"was killed by {name}{why.get(-code, '')}"
