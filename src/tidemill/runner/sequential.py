"""SequentialRunner: one node after the other."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tidemill.runner.runner import AbstractRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class SequentialRunner(AbstractRunner):
    """Runs one node after the other, in the order of `pipeline.nodes`, where it is called."""

    @contextmanager
    def _executor(self, task: Callable[[int], None]) -> Iterator[_AtOnce]:
        yield _AtOnce(task)


class _AtOnce:
    """An executor for which to begin a node is to finish it."""

    def __init__(self, task: Callable[[int], None]) -> None:
        self._task = task
        self._done: list[int] = []

    def has_room(self) -> bool:
        return not self._done

    def submit(self, position: int) -> None:
        self._task(position)
        self._done.append(position)

    def finished(self) -> list[int]:
        done, self._done = self._done, []
        return done
