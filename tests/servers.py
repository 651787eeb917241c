"""Servers on this machine, started for the tests that ask for them and ended with the tests.

Where one cannot start, what needs it is skipped and the reason shown; where TIDEMILL_SERVERS is "required", as in
`.ci/run`, it fails instead.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import getpass
import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PATIENCE = 60
# The server ends when this process does, and that ends when its standard input does: however the tests end, killed too.
_KEEPER = """
import json, subprocess, sys
order = json.loads(sys.stdin.readline())
with open(order["log"], "wb") as log:
    server = subprocess.Popen(order["command"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, **order["options"])
print(server.pid, flush=True)
sys.stdin.read()
server.send_signal(order["stop"])
try:
    server.wait(20)
except subprocess.TimeoutExpired:
    server.kill()
    server.wait()
"""


def unavailable(reason: str) -> NoReturn:
    """Skip this test, or fail it where all servers are required."""
    if os.environ.get("TIDEMILL_SERVERS") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


def program(name: str, *, install: str, folders: str = "") -> str:
    """Return the path of a program; without it the test is skipped.

    Args:
        name: The program.
        install: How it is installed, for the reason.
        folders: A glob pattern of folders where it is too, beside those on the PATH; the last one counts.
    """
    found = shutil.which(name) or next(iter(sorted(glob.glob(f"{folders}/{name}"), reverse=True)), None)
    return found or unavailable(f"{name} is not on this machine: {install}")


def library(name: str, *, install: str = "") -> None:
    """Skip this test unless a library that talks to the server can be found."""
    import importlib.util

    if importlib.util.find_spec(name) is None:
        unavailable(f"{name} is not installed: pip install {install or name}")


def free_port() -> int:
    """Return a port of this machine that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Tell whether somebody answers at a port of this machine."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def start(command: Sequence[str], is_ready: Callable[[], bool], *, stop: int = 15, **options: object) -> None:
    """Start a server that ends with this process, and return when it is ready.

    Args:
        command: The program and its arguments.
        is_ready: Tells whether it answers, asked until it does.
        stop: The number of the signal that ends it.
        options: What `subprocess.Popen` takes and JSON can say: `env`, `cwd`, `user`, `group`.
    """
    import json

    descriptor, log = tempfile.mkstemp(prefix="tidemill-server-", suffix=".log")
    os.close(descriptor)
    keeper = subprocess.Popen([sys.executable, "-c", _KEEPER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    order = {"command": [*command], "log": log, "stop": stop, "options": {"extra_groups": [], **options}}
    if "user" not in options:
        del order["options"]["extra_groups"]
    keeper.stdin.write(json.dumps(order) + "\n")
    keeper.stdin.flush()
    atexit.register(_end, keeper, log)
    pid = keeper.stdout.readline().strip()
    end = time.monotonic() + _PATIENCE
    while not is_ready():
        if not pid or keeper.poll() is not None or not _is_running(int(pid)) or time.monotonic() > end:
            with open(log, encoding="utf-8", errors="replace") as file:
                said = file.read()[-2000:]
            unavailable(f"{os.path.basename(command[0])} does not start here.\n{said}")
        time.sleep(0.05)


def _is_running(pid: int) -> bool:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return file.read().rpartition(")")[2].split()[0] != "Z"
    return not os.path.isdir("/proc/self")


def _end(keeper: subprocess.Popen[str], log: str) -> None:
    keeper.communicate()  # closes its standard input, and waits
    with contextlib.suppress(FileNotFoundError):
        os.unlink(log)


# PostgreSQL


@functools.cache
def postgresql() -> str:
    """Return the URL of an empty database on a PostgreSQL server, one for the whole session."""
    where = "/usr/lib/postgresql/*/bin"
    install = "apt-get install postgresql"
    initdb = program("initdb", install=install, folders=where)
    server = program("postgres", install=install, folders=where)
    library("psycopg", install="'psycopg[binary]'")
    folder = tempfile.mkdtemp(prefix="tidemill-postgresql-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # registered first, so done last
    data, port, user = os.path.join(folder, "data"), free_port(), _unprivileged_user(folder)
    made = subprocess.run(
        [initdb, "-D", data, "-U", "tide", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
        capture_output=True, text=True, check=False, cwd=folder, **user,
    )  # fmt: skip
    if made.returncode:
        unavailable(f"PostgreSQL's initdb fails here.\n{made.stderr}")
    command = [server, "-D", data, "-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1", "-F"]
    url = f"postgresql+psycopg://tide:flood@127.0.0.1:{port}/postgres"
    start(command, lambda: _accepts(url), stop=2, cwd=folder, **user)  # SIGINT: end now, and tidily
    return url


def _accepts(url: str) -> bool:
    import psycopg

    try:
        psycopg.connect(url.replace("+psycopg", "")).close()
    except psycopg.OperationalError:
        return False
    return True


def _unprivileged_user(folder: str) -> dict[str, str | int]:
    """Return as whom to run a server that refuses to be root's, and give that user the folder."""
    if os.getuid() != 0:
        return {}
    names = {each.pw_name for each in pwd.getpwall()}
    name = next((each for each in ("postgres", "nobody") if each in names), None)
    if name is None:
        unavailable(f"PostgreSQL does not run as {getpass.getuser()}, and there is no other user.")
    os.chown(folder, pwd.getpwnam(name).pw_uid, pwd.getpwnam(name).pw_gid)
    return {"user": name, "group": pwd.getpwnam(name).pw_gid}


# Redis


@functools.cache
def redis() -> str:
    """Return the URL of a Redis server with a password, one for the whole session."""
    server = program("redis-server", install="apt-get install redis-server")
    library("redis")
    folder = tempfile.mkdtemp(prefix="tidemill-redis-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    port = free_port()
    options = {
        "--port": str(port),
        "--bind": "127.0.0.1",
        "--dir": folder,
        "--save": "",
        "--requirepass": "flood-of-redis",
    }
    start([server, *(each for pair in options.items() for each in pair)], lambda: listens(port))
    return f"redis://:flood-of-redis@127.0.0.1:{port}"


# Stores of objects


@functools.cache
def azure() -> dict[str, str]:
    """Return what adlfs needs to reach an empty Azure Blob Storage (azurite, from npm), one for the whole session."""
    library("adlfs")
    home = os.environ.get("TIDEMILL_AZURITE", "node_modules")
    server = program(
        "azurite-blob", install="npm install azurite, and its folder .bin on the PATH", folders=f"{home}/.bin"
    )
    folder, port = tempfile.mkdtemp(prefix="tidemill-azurite-"), free_port()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    options = ["--silent", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry"]
    command = [os.path.abspath(server), *options, "--blobHost", "127.0.0.1", "--blobPort", str(port)]
    start(command, lambda: listens(port), cwd=folder)
    # The account that every emulator of Azure has, with the key that Microsoft has published for it.
    account, key = (
        "devstoreaccount1",
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    )
    parts = ("DefaultEndpointsProtocol=http", f"AccountName={account}", f"AccountKey={key}")
    return {"connection_string": ";".join((*parts, f"BlobEndpoint=http://127.0.0.1:{port}/{account}"))}


@functools.cache
def google_cloud() -> dict[str, str]:
    """Return what gcsfs needs to reach an empty Google Cloud Storage (the emulator on PyPI), one for the session."""
    library("gcsfs")
    library("gcp_storage_emulator", install="gcp-storage-emulator")
    port = free_port()
    serve = "from gcp_storage_emulator.__main__ import main; main()"
    arguments = ["start", "--host", "127.0.0.1", "--port", str(port), "--in-memory"]
    start([sys.executable, "-W", "ignore", "-c", serve, *arguments], lambda: listens(port))
    # gcsfs would ask by gRPC what kind of bucket it is, which no emulator answers.
    os.environ["GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT"] = "false"
    return {"endpoint_url": f"http://127.0.0.1:{port}", "token": "anon", "project": "tidemill"}
