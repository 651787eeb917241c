"""Fixtures for every room: a Python of one's own, and an S3 server on this machine."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tidemill.runner import preparation
from tidemill.testing import s3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# OpenBLAS, of which NumPy, SciPy and OpenCV bring one each, ends its threads at every fork; a thread that multiplies
# matrices at that moment waits for ever. Here it has none. NumPy is imported later.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Two shared cores: a deadline would measure the machine.
settings.register_profile("tidemill", deadline=None)
settings.load_profile("tidemill")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for the S3 server, before `-m` chooses; put last what makes a process large.

    With TensorFlow a process is some 500 MB larger, and each fork of the drills of other tests takes twice as long.
    """
    for item in items:
        place = item.callspec.params.get("place") if hasattr(item, "callspec") else None
        if place == "s3" or {"s3_server", "s3_place"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker("s3")
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a long text by its beginning and its length: the names of all tests are held by each process."""
    return f"{val[:30]!a}, {len(val)} characters" if isinstance(val, (str, bytes)) and len(val) > 200 else None


def pytest_collection_finish() -> None:
    """Let no garbage collection walk over the tests, and so copy them in each child that is forked."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def workers_prepared_as_before() -> Iterator[None]:
    """A project that a test opens is not what the workers of the next test are prepared with."""
    before = dict(preparation._SET)
    yield
    preparation._SET.clear()
    preparation._SET.update(before)


@pytest.fixture
def fresh_python() -> Callable[[str], str]:
    """Run code in a Python that has imported nothing, and return what it prints; warnings are errors."""

    def run(code: str) -> str:
        command = [sys.executable, "-I", "-W", "error", "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


@dataclass(frozen=True)
class Bucket:
    """An empty bucket, and what fsspec needs to reach it."""

    name: str
    endpoint: str

    @property
    def url(self) -> str:
        return f"s3://{self.name}"

    @property
    def credentials(self) -> dict[str, Any]:
        return {"key": "a-key", "secret": "a-secret", "client_kwargs": {"endpoint_url": self.endpoint}}


@pytest.fixture(scope="session")
def s3_server() -> str:
    """The address of an S3 server (moto) in a process of its own, one for the session."""
    return s3.server()


@pytest.fixture
def s3_bucket(s3_server: str) -> Bucket:
    """A bucket that no other test uses."""
    return Bucket(s3.new_bucket(), s3_server)
