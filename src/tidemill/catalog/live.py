"""Asking stores: whether they can be reached, and whether what pipelines need is there; together, and not for ever."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Any

from tidemill.catalog.check import Problem
from tidemill.errors import DatasetError
from tidemill.io.dataset import AbstractDataset
from tidemill.io.failure import absent
from tidemill.io.incremental import IncrementalDataset

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_THREADS = 32


def live_problems(
    datasets: Mapping[str, AbstractDataset[Any, Any]], needed: Collection[str], limit: float
) -> list[Problem]:
    """Return which datasets cannot be reached, and which that are needed are not there.

    Args:
        datasets: Those to ask; what cannot tell whether it is there is left alone.
        needed: The names that must be there.
        limit: After so many seconds, what has not answered is a problem.
    """
    asked = {name: each for name, each in datasets.items() if _can_tell(each)}
    answers: dict[str, bool | DatasetError] = {}
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for name in asked:
        waiting.put(name)
    done = threading.Semaphore(0)

    def ask() -> None:
        while True:
            try:
                name = waiting.get_nowait()
            except queue.Empty:
                return
            answers[name] = _answer(asked[name])
            done.release()

    for number in range(min(_THREADS, len(asked))):
        # A daemon: a store that never answers must not keep the program from its end.
        threading.Thread(target=ask, name=f"tidemill-live-{number}", daemon=True).start()
    end = time.monotonic() + limit
    for _ in asked:
        if not done.acquire(timeout=max(0.0, end - time.monotonic())):
            break
    known = dict(answers)
    return [each for name in asked if (each := _problem(name, asked[name], known.get(name), needed, limit)) is not None]


def _answer(dataset: AbstractDataset[Any, Any]) -> bool | DatasetError:
    try:
        return dataset.exists()
    except DatasetError as exc:
        return exc
    except Exception as exc:  # noqa: BLE001 - of somebody else's code, in a thread: told like the rest
        return DatasetError(f"{type(exc).__name__}: {exc}")


def _problem(
    name: str,
    dataset: AbstractDataset[Any, Any],
    answer: bool | DatasetError | None,
    needed: Collection[str],
    limit: float,
) -> Problem | None:
    if answer is None:
        message = f"'{name}': its store has not answered within {limit:g} seconds. Look at the network and the place."
        return Problem(name, message, "unreachable")
    if isinstance(answer, DatasetError):
        return Problem(name, f"'{name}': it cannot be reached. {answer}", "unreachable")
    if answer or name not in needed or isinstance(dataset, IncrementalDataset):  # there may be nothing new
        return None
    return Problem(name, f"'{name}': a pipeline reads it, and it does not exist{absent(dataset)}", "missing")


def _can_tell(dataset: AbstractDataset[Any, Any]) -> bool:
    return not dataset._EPHEMERAL and type(dataset)._exists is not AbstractDataset._exists
