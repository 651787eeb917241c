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


def run(action: Callable[[], None], steps: Steps | None = None, point: Point | None = None) -> Ended:
    """Do what `faults.run` does, in a child of another process; all arguments pickle."""
    return _process().submit(faults.run, action, steps, point).result()


def run_on_full_disk(action: Callable[[], None], size: int) -> Ended:
    """Do what `faults.run_on_full_disk` does, in a child of another process; all arguments pickle."""
    return _process().submit(faults.run_on_full_disk, action, size).result()


@functools.cache
def _process() -> ProcessPoolExecutor:
    """Return the process that forks: it has one thread, imports what it is sent, and ends with this one."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
