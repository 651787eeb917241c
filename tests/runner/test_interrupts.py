"""Ctrl-C: what holds it back, and what makes up for one that Python dropped."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import threading
import time

import pytest

from tidemill import DaskRunner, DataCatalog, ParallelRunner, Pipeline, SequentialRunner, ThreadRunner, node
from tidemill.cli.watch import Watch
from tidemill.runner import interrupts
from tidemill.runner.interrupts import AbandonedError, Interrupts, Saves


@pytest.fixture(autouse=True)
def pythons_handler():
    """A library that other tests use, Spark for one, may have left its own."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.01)  # a line of Python, for the handler to be called


def test_it_comes_at_once_by_itself():
    with Interrupts(), pytest.raises(KeyboardInterrupt):
        interrupt()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_is_held_comes_to_its_end():
    done = []
    with Interrupts() as interrupts:

        def begin() -> None:
            with interrupts.held():
                with interrupts.held():
                    interrupt()
                    done.append("inner")
                done.append("outer")

        with pytest.raises(KeyboardInterrupt):
            begin()
        assert done == ["inner", "outer"]
        with interrupts.held():  # what came before is no reason to raise again
            pass


def test_what_is_raised_where_it_is_held_is_not_hidden():
    def fail() -> None:
        with interrupts.held():
            interrupt()
            raise ValueError("of its own")

    with Interrupts() as interrupts, pytest.raises(ValueError, match="of its own"):
        fail()


def test_what_was_dropped_is_raised_again():
    with Interrupts() as interrupts:
        interrupts.check()
        with contextlib.suppress(KeyboardInterrupt):  # as Python does in a destructor
            interrupt()
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()


def test_what_was_dropped_before_the_run_ends_it_at_its_beginning():
    ran = []
    with Watch():
        SequentialRunner().run(Pipeline([node(ran.append, "x", None)]), DataCatalog({"x": 1}))
        with contextlib.suppress(KeyboardInterrupt):  # as Python does while it imports
            interrupt()
        with pytest.raises(KeyboardInterrupt):
            SequentialRunner().run(Pipeline([node(ran.append, "x", None)]), DataCatalog({"x": 2}))
    assert ran == [1]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # fork, where there are threads
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")  # Dask's own
@pytest.mark.parametrize(
    "make",
    [
        ThreadRunner,
        functools.partial(ParallelRunner, 1, start_method="fork"),
        functools.partial(DaskRunner, max_workers=1),
    ],
)
def test_a_run_ends_though_it_was_dropped(make):
    def observe(event) -> None:
        if event.what == "node begins":
            with contextlib.suppress(KeyboardInterrupt):
                interrupt()

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        make(on_event=observe).run(Pipeline([node(time.sleep, "long", "x")]), DataCatalog({"long": 20}))
    assert time.monotonic() - began < 20


def test_a_programs_own_handler_stays():
    came = []
    before = signal.signal(signal.SIGINT, lambda *_: came.append(1))
    try:
        with Interrupts() as interrupts, interrupts.held():
            interrupt()
        assert came == [1]
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_handler_that_a_library_sets_meanwhile_stays():
    def of_the_library(*_) -> None: ...

    with Interrupts():
        signal.signal(signal.SIGINT, of_the_library)
    assert signal.getsignal(signal.SIGINT) is of_the_library


def test_elsewhere_than_in_the_main_thread_nothing_changes():
    found = []

    def run() -> None:
        with Interrupts():
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]


def test_a_save_that_takes_too_long_is_interrupted_after_a_moment(monkeypatch):
    monkeypatch.setattr(interrupts, "_MOMENT", 0.05)
    began, done = time.monotonic(), []

    def save() -> None:
        with Interrupts() as ours, ours.saving:
            interrupt()
            done.append("a little")
            time.sleep(30)

    with pytest.raises(KeyboardInterrupt):
        save()
    assert done == ["a little"]
    assert time.monotonic() - began < 20


def test_a_save_that_ends_in_time_is_interrupted_once(monkeypatch):
    monkeypatch.setattr(interrupts, "_MOMENT", 0.05)
    came = []
    with Interrupts() as ours:
        try:
            with ours.saving:
                interrupt()
                came.append("saved")
        except KeyboardInterrupt:
            came.append("Ctrl-C")
        time.sleep(0.1)  # longer than the moment
    assert came == ["saved", "Ctrl-C"]


def test_saves_that_go_on_are_waited_for_and_no_more_begin():
    saves, ended = Saves(), []

    def save() -> None:
        with saves:
            begun.set()
            time.sleep(0.05)
            ended.append(1)

    begun = threading.Event()
    thread = threading.Thread(target=save)
    thread.start()
    begun.wait()
    saves.close(10)
    assert ended == [1]
    with pytest.raises(AbandonedError, match="nothing of it is saved"):
        save()
    thread.join()
    saves.close(10)  # again: nothing to wait for
