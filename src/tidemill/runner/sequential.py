"""SequentialRunner: one node after the other."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tidemill.runner.interrupts import Interrupts
from tidemill.runner.runner import AbstractRunner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidemill.runner.task import Task
    from tidemill.runner.work import Report, Work


class SequentialRunner(AbstractRunner):
    """Runs one node after the other, in the order of `pipeline.nodes`, where it is called."""

    @contextmanager
    def _executor(self, task: Task) -> Iterator[_AtOnce]:
        with Interrupts() as interrupts:
            task.saving = interrupts.saving
            yield _AtOnce(task)


class _AtOnce:
    """An executor for which to begin work is to finish it."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._done: list[tuple[Work, Report | BaseException | None]] = []

    def has_room(self) -> bool:
        return not self._done

    def submit(self, work: Work) -> None:
        try:
            outcome: Report | BaseException | None = self._task(work)
        except Exception as error:  # noqa: BLE001 - the loop knows what follows
            outcome = error
        self._done.append((work, outcome))

    def finished(self) -> list[tuple[Work, Report | BaseException | None]]:
        done, self._done = self._done, []
        return done
