"""Preparation: what worker processes do before anything of the user's is unpickled, or imported, in them.

A worker that is started anew, by spawn or forkserver or on a Dask cluster, knows nothing of what the application set up
in this process: which project is configured, that `import kedro` means Tidemill, where logs go. Whoever sets such a
thing up says so here, and runners see to it that each worker does it too.
"""

from __future__ import annotations

import os
import pickle
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from tidemill.errors import PipelineError
from tidemill.io.threadlock import ThreadLock

if TYPE_CHECKING:
    from collections.abc import Callable

_SET: dict[Callable[..., object], bytes] = {}
_DONE: set[bytes] = set()
_LOCK = ThreadLock(threading.RLock)
#: What tells this process, and its forks, from others.
_HERE = os.urandom(8)


class Preparation(NamedTuple):
    """What is to be done, in order, and where it was set. It pickles without anything of the user's."""

    home: bytes
    steps: tuple[bytes, ...] = ()

    def do(self) -> None:
        """Do it, once in each process; nothing in the one where it was set, or in a fork of that.

        Raises:
            PipelineError: A step cannot be imported here, or raised.
        """
        if self.home == _HERE:
            return
        with _LOCK:
            for step in self.steps:
                if step in _DONE:
                    continue
                name, pickled = pickle.loads(step)  # noqa: S301 - our own parent wrote it
                try:
                    function, arguments = pickle.loads(pickled)  # noqa: S301 - as above
                    function(*arguments)
                except Exception as exc:  # whatever the application's function raises
                    raise PipelineError(
                        f"A worker process could not be prepared: `{name}` failed there: {type(exc).__name__}: {exc}"
                    ) from exc
                _DONE.add(step)


def prepare_workers_with(function: Callable[..., object], *arguments: Any) -> None:
    """Let every worker that is started anew, from now on, call this before it unpickles or imports what it is to run.

    Functions are called in the order in which they were given, each once in a worker. The same function given again
    takes the place of its earlier call. It is not called here, nor in forked workers, which have all that is here.

    Args:
        function: It stands at the top level of a module that can be imported where workers run.
        arguments: Pickled now: what is changed in them later, workers do not see.

    Raises:
        PipelineError: It does not pickle.
    """
    name = f"{getattr(function, '__module__', '?')}.{getattr(function, '__qualname__', repr(function))}"
    try:
        step = pickle.dumps((name, pickle.dumps((function, arguments), 5)), 5)
    except Exception as exc:  # whatever pickling the application's arguments raises
        raise PipelineError(
            f"Workers cannot be prepared with `{name}`: {type(exc).__name__}: {exc} Give a function that stands at the "
            "top level of a module, and arguments that pickle."
        ) from exc
    with _LOCK:
        _SET[function] = step


def no_longer_prepare_workers_with(function: Callable[..., object]) -> None:
    """Leave a function out of what workers call, if it was in it."""
    with _LOCK:
        _SET.pop(function, None)


def preparation() -> Preparation:
    """Return what was set in this process."""
    with _LOCK:
        return Preparation(_HERE, tuple(_SET.values()))
