"""No command opens a connection, nor does a process that it starts: an audit hook in each of them would say so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.test_transcripts import LEAVES

import tidemill as package_under_test

#: Python runs it at the start of every process. What is refused is written down too: a program may swallow the error.
WATCH = """
import os, sys

def watch(event, arguments):
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1] if len(arguments) > 1 else None
        if address is None or isinstance(address, (str, bytes)) or str(address[0]).startswith(("127.", "::1")):
            return  # another process of this machine
    elif event not in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "urllib.Request"}:
        return
    elif event.startswith("socket") and str(arguments[0]) in {"localhost", "127.0.0.1", "::1", "", "None"}:
        return
    with open(os.environ["WATCHED"], "a") as file:
        print(event, arguments, sys.argv, file=file)
    raise OSError(f"watched: {event}")

sys.addaudithook(watch)
"""
#: Command -> its arguments. Each works alone: parallel workers share the commands among them.
CALLS = {
    "run": [],
    "ipython": ["--", "--no-banner", "-c", "print(catalog.keys())"],
    "jupyter setup": [],
    "jupyter notebook": ["--", "--version"],
    "jupyter lab": ["--", "--version"],
    "catalog list": [],
    "catalog describe": ["months"],
    "catalog list-patterns": [],
    "catalog describe-datasets": [],
    "catalog resolve-patterns": [],
    "catalog check": ["--live"],
    "catalog create": [],
    "catalog schema": [],
    "versions list": ["changes"],
    "versions show": ["changes"],
    "versions verify": [],
    "registry list": [],
    "registry describe": [],
    "new": ["another", "--example"],
    "starter list": [],
    "pipeline create": ["cleaning"],
    "pipeline list": [],
    "pipeline delete": ["reporting", "--yes"],
    "package": [],
    "completion": ["bash"],
    "info": [],
}
NEEDS = {
    "ipython": "IPython",
    "jupyter setup": "ipykernel",
    "jupyter notebook": "notebook",
    "jupyter lab": "jupyterlab",
    "package": "build",
}


@pytest.fixture(scope="module")
def call(tmp_path_factory):
    """Call a command in an example project, watched; return what became of it, and what was refused."""
    place = tmp_path_factory.mktemp("offline")
    (place / "watch").mkdir()
    (place / "watch/sitecustomize.py").write_text(WATCH)
    refused = place / "refused"
    variables = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(place / "watch"), str(Path(package_under_test.__file__).parents[1])]),
        "WATCHED": str(refused),
        "HOME": str(place / "home"),
        "JUPYTER_DATA_DIR": str(place / "jupyter"),
        "IPYTHONDIR": str(place / "ipython"),
    }

    def call(*arguments: str, folder: Path) -> tuple[subprocess.CompletedProcess[str], str]:
        refused.write_text("")
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
        return done, refused.read_text()

    for folder, command in [
        (place, ["new", "rates", "--example"]),
        (place / "rates", ["run"]),
        (place / "rates", ["pipeline", "create", "reporting"]),  # what is deleted
    ]:
        made, _ = call("-m", "tidemill", *command, folder=folder)
        assert made.returncode == 0, made.stderr
    return lambda *arguments: call(*arguments, folder=place / "rates")


def test_every_command_is_called():
    assert sorted(CALLS) == sorted(LEAVES)


@pytest.mark.parametrize("name", CALLS)
def test_a_command_opens_no_connection(call, name):
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])

    done, refused = call("-m", "tidemill", *name.split(), *CALLS[name])

    assert refused == ""
    assert done.returncode == 0, done.stdout + done.stderr


def test_one_would_be_seen(call):
    done, refused = call("-c", "import urllib.request; urllib.request.urlopen('http://example.invalid')")

    assert done.returncode == 1
    assert refused.startswith("urllib.Request")
    assert call("-c", "import socket; socket.create_connection(('192.0.2.1', 80))")[1].startswith("socket.")
