"""A Dask cluster of processes on this machine, of which nothing is left afterwards, whenever that is."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import tempfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

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
        others = set(multiprocessing.active_children())
        cluster: Any = distributed.LocalCluster.__new__(
            distributed.LocalCluster
        )  # in two steps: what is half made is to be found
        try:
            cluster.__init__(**cluster_args)
        except BaseException:
            _break_off(cluster, others)
            raise
        try:
            with client_class(cluster, set_as_default=False) as client:
                yield client
        except BaseException:
            _end_workers(cluster)  # whatever they are at: nobody waits for it
            raise
        finally:
            cluster.close(timeout=5)


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
    folder = getattr(getattr(cluster, "scheduler", None), "_workdir", None)
    if folder is not None:
        folder.release()
    now = time.monotonic()
    end, quiet = now + _PATIENCE, now + _QUIET
    while time.monotonic() < min(end, quiet):
        for process in set(multiprocessing.active_children()) - set(others):
            process.kill()
            quiet = time.monotonic() + _QUIET
        time.sleep(_QUIET / 5)
