"""An S3 server (moto) on this machine, started when it is first asked for, and buckets on it."""

from __future__ import annotations

import atexit
import functools
import importlib.util
import itertools
import os
import subprocess
import sys
import urllib.request

import pytest

# It ends when its standard input does, so that it never outlives the tests, however they end.
_SERVER = """
import logging, sys
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""
_NEEDED = ("moto", "flask", "s3fs")
_numbers = itertools.count(1)


@functools.cache
def server() -> str:
    """Return the address of the server, one for the whole session, in a process of its own."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        reason = f"S3 is tested with {' and '.join(missing)}: pip install 'moto[s3,server]' s3fs"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    process = subprocess.Popen(  # noqa: S603 - our own code, in this very Python
        [sys.executable, "-c", _SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    atexit.register(_stop, process)
    assert process.stdout is not None
    return f"http://127.0.0.1:{int(process.stdout.readline())}"


def new_bucket() -> str:
    """Return the name of an empty bucket that nobody else uses."""
    name = f"bucket-{os.getpid()}-{next(_numbers)}"
    request = urllib.request.Request(f"{server()}/{name}", method="PUT")  # noqa: S310 - http, on this machine
    urllib.request.urlopen(request).close()  # noqa: S310
    return name


def environment() -> dict[str, str]:
    """Return the variables by which any client finds the server, for datasets that take no credentials."""
    return {
        "AWS_ACCESS_KEY_ID": "a-key",
        "AWS_SECRET_ACCESS_KEY": "a-secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server(),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _stop(process: subprocess.Popen[str]) -> None:
    process.communicate()  # closes its standard input
