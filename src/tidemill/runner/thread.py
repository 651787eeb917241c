"""ThreadRunner: several nodes at once, in threads of this process."""

from __future__ import annotations

import os
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeAlias

from tidemill.runner.interrupts import Interrupts, Saves
from tidemill.runner.runner import AbstractRunner, check_workers
from tidemill.runner.threads import Crew

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tidemill.runner.loop import Observer
    from tidemill.runner.task import Task
    from tidemill.runner.work import Report, Work

    Ended: TypeAlias = tuple[Work, Report | BaseException | None]

_GRACE, _LOOK = 0.8, 0.1


class ThreadRunner(AbstractRunner):
    """Runs nodes in threads: for work that waits, for disks and networks, and for libraries that release the GIL.

    All nodes use the datasets of the one catalog. After Ctrl-C, a function that goes on in its thread cannot be
    stopped; it no longer keeps the program from ending, and what it returns is not saved.
    """

    def __init__(
        self,
        max_workers: int | None = None,
        is_async: bool = False,
        *,
        keep_going: bool = False,
        retries: int | Mapping[str, int] = 0,
        on_event: Observer | None = None,
    ) -> None:
        """Set how many threads there are.

        Args:
            max_workers: At most so many; by default four more than there are processors, and no more than 32.
            is_async: As of AbstractRunner.
            keep_going: As of AbstractRunner.
            retries: As of AbstractRunner.
            on_event: As of AbstractRunner.

        Raises:
            PipelineError: There would be no thread.
        """
        super().__init__(is_async, keep_going=keep_going, retries=retries, on_event=on_event)
        check_workers("ThreadRunner", max_workers)
        self._max_workers = max_workers or min(32, (os.cpu_count() or 1) + 4)

    @contextmanager
    def _executor(self, task: Task) -> Iterator[_InThreads]:
        threads = Crew(self._max_workers, "tidemill-node")
        task.saving = saves = Saves()
        with Interrupts() as interrupts:
            try:
                yield _InThreads(task, threads, self._max_workers, interrupts)
            except BaseException:  # Ctrl-C too: nothing more may begin
                with interrupts.held():
                    saves.close(_GRACE)  # what is saving may come to its end; what goes on does not begin to save
                    threads.dismiss()
                raise
            threads.dismiss(None)


class _InThreads:
    """An executor on threads."""

    def __init__(self, task: Task, threads: Crew, room: int, interrupts: Interrupts) -> None:
        self._task, self._threads, self._room = task, threads, room
        self._interrupts = interrupts
        self._ended: SimpleQueue[Ended] = SimpleQueue()

    def has_room(self) -> bool:
        return self._room > 0

    def submit(self, work: Work) -> None:
        self._room -= 1
        self._threads.do(lambda: self._ended.put((work, self._outcome(work))))

    def finished(self) -> list[Ended]:
        ended = [self._next()]
        try:
            while True:
                ended.append(self._ended.get_nowait())
        except Empty:
            pass
        self._room += len(ended)
        return ended

    def _next(self) -> Ended:
        while True:
            try:  # looked after now and then: not every kind of interruption wakes a thread that waits
                return self._ended.get(timeout=_LOOK)
            except Empty:
                self._interrupts.check()

    def _outcome(self, work: Work) -> Report | BaseException | None:
        try:
            return self._task(work)
        except BaseException as error:  # noqa: BLE001 - the loop knows what follows
            return error
