from __future__ import annotations

import copy
import threading

from tidemill import DataCatalog
from tidemill.io import versions
from tidemill.io.threadlock import ThreadLock
from tidemill.testing import faults


class Holder(threading.Thread):
    """Another thread that has a lock until it is told to let go."""

    def __init__(self, lock):
        super().__init__(daemon=True)
        self.lock, self.has_it, self.may_go = lock, threading.Event(), threading.Event()

    def run(self):
        with self.lock:
            self.has_it.set()
            self.may_go.wait(60)

    def __enter__(self):
        self.start()
        assert self.has_it.wait(60)

    def __exit__(self, *exc):
        self.may_go.set()
        self.join()


def in_a_fork_while_another_thread_holds(lock, action):
    with Holder(lock):
        return faults.run(action).error


def test_a_fork_finds_it_free():
    lock = ThreadLock()

    def take():
        with lock:
            pass

    assert in_a_fork_while_another_thread_holds(lock, take) == ""
    take()


def test_who_holds_it_may_take_it_again_where_that_was_asked_for():
    lock = ThreadLock(threading.RLock)
    with lock, lock:
        pass


def test_a_fork_can_name_versions_and_make_datasets():
    catalog = DataCatalog.from_config({"tides": {"type": "MemoryDataset", "data": 4}})
    other = copy.copy(catalog)

    assert in_a_fork_while_another_thread_holds(versions._LOCK, versions.generate_timestamp) == ""
    assert in_a_fork_while_another_thread_holds(catalog._lock, lambda: catalog.load("tides")) == ""
    assert other.load("tides") == catalog.load("tides") == 4
