"""A Dask cluster of processes on this machine, of which nothing is left afterwards, whenever that is."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import tempfile
import time
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any

from tidemill.errors import PipelineError
from tidemill.io.show import printed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

#: How long processes may still appear when the start of a cluster is broken off, and when there are none any more.
_PATIENCE, _QUIET = 0.5, 0.05


@contextmanager
def local_client(workers: int, client_args: Mapping[str, Any]) -> Iterator[Any]:
    """Yield a client of a cluster that is there for as long as this is entered.

    Args:
        workers: How many processes.
        client_args: What else is handed to `LocalCluster`.

    Raises:
        PipelineError: The cluster does not start.
    """
    import distributed

    client_class: Any = distributed.Client  # its types are not written down

    with tempfile.TemporaryDirectory(prefix="tidemill-dask-", ignore_cleanup_errors=True) as folder:
        cluster_args = {
            "n_workers": workers,
            "threads_per_worker": 1,
            "dashboard_address": ":0",  # Dask serves a page in any case; here it takes no port that others expect
            "local_directory": folder,
            "scheduler_kwargs": {"local_directory": folder},
            **client_args,
        }
        if cluster_args.get("processes", True):
            cluster_args.setdefault("worker_class", _nanny())
        resource_tracker.ensure_running()  # whoever starts it hears Ctrl-C from then on, whatever was set before
        others = set(multiprocessing.active_children())
        cluster: Any = distributed.LocalCluster.__new__(
            distributed.LocalCluster
        )  # in two steps: what is half made is to be found
        try:
            cluster.__init__(**cluster_args)
        except BaseException as exc:  # Ctrl-C too: nothing of it may be left
            with _silence():
                _break_off(cluster, others)
            if isinstance(exc, Exception):
                why = _first(exc)
                raise PipelineError(
                    f"No Dask cluster can be started on this machine: {type(why).__name__}: {printed(why)}\n"
                    "`client_args` go to `distributed.LocalCluster`; give it what it takes."
                ) from exc
            raise
        try:
            with client_class(cluster, set_as_default=False) as client:
                yield client
        except BaseException:  # as above
            with _silence():
                _end_workers(cluster)  # whatever they are at: nobody waits for it
                cluster.close(timeout=5)
                _give_up_folder(cluster)
            raise
        cluster.close(timeout=5)


def _first(error: BaseException) -> BaseException:
    """Return what was raised first: Dask tells of a worker that it failed, and behind that why."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _nanny() -> Any:
    """Return what starts a worker, such that a Ctrl-C at a terminal is not for the worker too: we tell it to end."""
    import distributed

    class QuietNanny(distributed.Nanny):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            # Processes, and the threads that start them, inherit this. A worker could only do it when it has started,
            # and print a traceback until then. `Tasks.setup` takes it back.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            super().__init__(*args, **kwargs)

    return QuietNanny


@contextmanager
def _silence() -> Iterator[None]:
    """Let Dask not tell what it misses of a cluster that is being ended: the user knows why, and it is no news."""
    loggers = [
        logging.getLogger(name) for name in list(logging.root.manager.loggerDict) if name.startswith("distributed")
    ]
    spoke = [each for each in loggers if not each.disabled]
    for each in spoke:
        each.disabled = True
    try:
        yield
    finally:
        for each in spoke:
            each.disabled = False


def _end_workers(cluster: Any) -> None:
    for nanny in cluster.workers.values():
        nanny.auto_restart = False
        pid: int | None = getattr(nanny, "pid", None)  # one that is just starting has none
        if pid and pid != os.getpid():
            for kill in (os.killpg, os.kill):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    kill(pid, signal.SIGKILL)


def _break_off(cluster: Any, others: Collection[Any]) -> None:
    """End what has begun of a cluster. It cannot be closed: Dask closes only what has come to run."""
    from distributed.core import Status

    runner = vars(cluster).get("_loop_runner")
    if runner is not None:
        runner.stop()  # nothing more is started
    cluster.status = Status.closed  # and nothing is left to do when the program ends
    _give_up_folder(cluster)
    now = time.monotonic()
    end, quiet = now + _PATIENCE, now + _QUIET
    while time.monotonic() < min(end, quiet):
        for process in set(multiprocessing.active_children()) - set(others):
            process.kill()
            quiet = time.monotonic() + _QUIET
        time.sleep(_QUIET / 5)


def _give_up_folder(cluster: Any) -> None:
    """Let the scheduler's folder be gone now: when the program ends, Dask would look for it where it is no more."""
    folder = getattr(getattr(cluster, "scheduler", None), "_workdir", None)
    if folder is not None:
        folder.release()
