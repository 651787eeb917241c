"""Faults in children of a process that has imported a library and never used it, where a fork after use breaks it."""

from __future__ import annotations

import functools
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from tidemill.testing import faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from tidemill.testing.faults import Ended, Point
    from tidemill.testing.steps import Steps


def run(suite: str, action: Callable[[], None], steps: Steps | None = None, point: Point | None = None) -> Ended:
    """Do what `faults.run` does, in a child of another process.

    Args:
        suite: The module of the tests: each has a process of its own, which no other's libraries have disturbed.
        action: As of `faults.run`; it pickles.
        steps: As of `faults.run`; they pickle.
        point: As of `faults.run`.
    """
    return _process(suite).submit(faults.run, action, steps, point).result()


def run_on_full_disk(suite: str, action: Callable[[], None], size: int) -> Ended:
    """Do what `faults.run_on_full_disk` does, in a child of another process; all arguments pickle."""
    return _process(suite).submit(faults.run_on_full_disk, action, size).result()


@functools.lru_cache(maxsize=1)  # the modules come one after the other; a process that is let go of ends
def _process(_suite: str) -> ProcessPoolExecutor:
    """Return the process that forks: it has one thread, imports what it is sent, and ends with this one."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
