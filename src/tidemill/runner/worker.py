"""A worker process: it takes work from a connection, does it, and sends back what became of it."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
from typing import TYPE_CHECKING, NamedTuple

from tidemill.runner.exchanged import Exchanged
from tidemill.runner.raised import Raised

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from multiprocessing.connection import Connection

    from tidemill.runner.exchange import Exchange, Parcel
    from tidemill.runner.preparation import Preparation
    from tidemill.runner.task import Task
    from tidemill.runner.work import Known, Report, Work

_PR_SET_PDEATHSIG = 1


class Order(NamedTuple):
    """Work, and the data in memory that it needs: dataset name -> where it lies."""

    work: Work
    given: Mapping[str, tuple[Parcel, ...]]


class Outcome(NamedTuple):
    """What became of an order: what it has to tell, or what it raised, and the data in memory that it made."""

    report: Report | None = None
    raised: Raised | None = None
    made: Mapping[str, tuple[Parcel, ...]] = {}


def serve(
    connection: Connection,
    parcel: Parcel,
    exchange: Exchange,
    inherited: Iterable[Connection],
    preparation: Preparation,
) -> None:
    """Do what is ordered until the connection ends.

    Args:
        connection: Orders come in here; outcomes go out, a first one to say that the worker is ready.
        parcel: The task, pickled: whatever the start method, a worker has nothing of its parent's but what it was sent.
        exchange: Where data in memory lies.
        inherited: The connections of other workers, copied by a fork.
        preparation: What is done before the task is unpickled.
    """
    with contextlib.suppress(_Ended):
        _become_worker()
        exchange.leave()
        for each in inherited:
            each.close()
        try:
            preparation.do()
            task: Task = parcel.load()
        except _Ended:
            raise
        except BaseException as error:  # noqa: BLE001 - raised again in the process that waits for us
            connection.send_bytes(pickle.dumps(Outcome(raised=Raised.pack(error)), 5))
            return
        try:
            connection.send_bytes(pickle.dumps(Outcome(), 5))
            _serve(connection, task)
        finally:
            task.end()


def _serve(connection: Connection, task: Task) -> None:
    told: dict[str, Known] = {}
    with contextlib.suppress(EOFError, OSError):  # whoever ordered is gone
        while message := connection.recv_bytes():
            outcome = _carried_out(task, pickle.loads(message), told)  # noqa: S301 - our own parent wrote it
            connection.send_bytes(pickle.dumps(outcome, 5))


def _carried_out(task: Task, order: Order, told: dict[str, Known]) -> Outcome:
    node = task.nodes[order.work.position]
    inputs, outputs = _exchanged(task, order.given), _exchanged(task, node.outputs)
    for name, parcels in order.given.items():
        inputs[name].parcels = parcels
    try:
        report = task(order.work)
    except _Ended:
        raise
    except BaseException as error:  # noqa: BLE001 - raised again in the process that waits for us
        for dataset in outputs.values():
            dataset.release()
        return Outcome(raised=Raised.pack(error))
    finally:
        for dataset in inputs.values():
            dataset.take()  # they are not ours to free
    if report is not None and report.known:  # long where there are many partitions; so it is told once
        news = {name: known for name, known in report.known.items() if told.get(name) != known}
        told.update(news)
        report = report._replace(known=news)
    return Outcome(report, None, {name: dataset.take() for name, dataset in outputs.items()})


def _exchanged(task: Task, names: Iterable[str]) -> dict[str, Exchanged]:
    return {name: dataset for name in names if isinstance(dataset := task.catalog[name], Exchanged)}


class _Ended(KeyboardInterrupt):
    """The parent wants no more work: all that is going on unwinds, as after Ctrl-C."""


def _end(number: int, _: object) -> None:
    signal.signal(number, signal.SIG_DFL)  # a second time is meant
    raise _Ended


def _become_worker() -> None:
    """Be out of the way of Ctrl-C, which is for the parent, and end when the parent says so, or is gone."""
    with contextlib.suppress(OSError):
        os.setpgid(0, 0)  # so that processes which nodes start can be ended with us
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _end)
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
