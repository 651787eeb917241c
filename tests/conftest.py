"""Fixtures for every room: a Python of one's own, and an S3 server on this machine."""

from __future__ import annotations

import itertools
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Two shared cores: a deadline would measure the machine.
settings.register_profile("tidemill", deadline=None)
settings.load_profile("tidemill")

# It ends when its standard input does, so that it never outlives the tests, however they end.
S3_SERVER = """
import logging, sys
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for the S3 server, before `-m` chooses."""
    for item in items:
        if "s3_server" in getattr(item, "fixturenames", ()):
            item.add_marker("s3")


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
def s3_server() -> Iterator[str]:
    """The address of an S3 server (moto) in a process of its own, one for the session."""
    command = [sys.executable, "-c", S3_SERVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        server.stdin.close()


bucket_numbers = itertools.count(1)


@pytest.fixture
def s3_bucket(s3_server: str) -> Bucket:
    """A bucket that no other test uses."""
    bucket = Bucket(f"bucket-{next(bucket_numbers)}", s3_server)
    request = urllib.request.Request(f"{s3_server}/{bucket.name}", method="PUT")  # noqa: S310 - http, on this machine
    urllib.request.urlopen(request).close()  # noqa: S310
    return bucket
