"""Threads that do not keep a program from ending: Python waits for those of `concurrent.futures`, whatever they do."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Crew:
    """Threads that begin when there is work for them, up to a number, and take it from one queue."""

    def __init__(self, most: int, name: str) -> None:
        """Have no thread yet.

        Args:
            most: How many threads there may be.
            name: What their names begin with.
        """
        self._most, self._name = most, name
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._unclaimed = 0  # jobs that are waiting or being done

    def do(self, job: Callable[[], None]) -> None:
        """Let a thread do this; the job says itself how it went."""
        with self._lock:
            self._unclaimed += 1
            if self._unclaimed > len(self._threads) < self._most:
                thread = threading.Thread(target=self._work, name=f"{self._name}-{len(self._threads)}", daemon=True)
                thread.start()
                self._threads.append(thread)
        self._jobs.put(job)

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        """Return what the function gives for each item, all at once; what one raises is raised when all have ended."""
        import contextvars

        ended: SimpleQueue[tuple[int, Any, BaseException | None]] = SimpleQueue()

        def one(index: int, item: Any) -> None:
            try:
                result, error = function(item), None
            except BaseException as exc:  # noqa: BLE001 - raised again, where it is waited for
                result, error = None, exc
            ended.put((index, result, error))

        count = 0
        for index, item in enumerate(items):
            context = contextvars.copy_context()  # provenance is known there too
            self.do(lambda index=index, item=item, context=context: context.run(one, index, item))  # type: ignore[misc]
            count += 1
        results = sorted((ended.get() for _ in range(count)), key=lambda each: each[0])
        for _, _, error in results:
            if error is not None:
                raise error
        return [result for _, result, _ in results]

    def dismiss(self, wait: float | None = 0.0) -> bool:
        """Let the threads end when they have done what they are doing.

        Args:
            wait: How long to wait for that, in seconds altogether; None for as long as it takes.

        Returns:
            Whether all have ended.
        """
        import time

        for _ in range(len(self._threads) + 1):  # one more for a thread whose beginning was interrupted
            self._jobs.put(None)
        end = None if wait is None else time.monotonic() + wait
        for thread in self._threads:
            thread.join(None if end is None else max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            del job  # with all that it holds
            with self._lock:
                self._unclaimed -= 1
