from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import start_new_kernel
from tests.documents.terminal import SOURCE, Terminal

from tidemill.cli.entry import main


@pytest.fixture
def jupyter_home(folder, monkeypatch):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(folder / "jupyter"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(folder / "runtime"))
    monkeypatch.setenv("IPYTHONDIR", str(folder / "home"))
    return folder / "jupyter"


def command(folder, *arguments, cwd=None):
    environment = {**os.environ, "PYTHONPATH": SOURCE, "IPYTHONDIR": str(folder / "home"), "TERM": "dumb"}
    return subprocess.run(
        [sys.executable, "-m", "tidemill", *arguments],
        capture_output=True, text=True, cwd=cwd or folder, env=environment, timeout=120, check=False,
    )  # fmt: skip


class TestIPython:
    def test_an_environment_and_arguments(self, folder):
        done = command(
            folder, "ipython", "--env", "prod", "--", "--colors=NoColor", "-c", "print(context.params, context.env)"
        )
        assert "{'rate': 0.9} prod" in done.stdout, done.stderr

    def test_from_elsewhere(self, folder, tmp_path_factory):
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        done = command(
            folder, "ipython", "--project", str(folder), "--", "-c", "print(catalog.load('raw'))", cwd=elsewhere
        )
        assert "Tides: catalog, context, session and pipelines are here.\n2" in done.stdout

    def test_no_project(self, folder, tmp_path_factory):
        done = command(folder, "ipython", cwd=tmp_path_factory.mktemp("elsewhere"))
        assert done.returncode == 1
        assert "There is no project" in done.stderr
        assert len(done.stderr.splitlines()) <= 12

    def test_not_installed(self, folder, monkeypatch, capsys):
        monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
        assert main(["ipython"]) == 1
        assert "pip install 'tidemill[notebook]'" in capsys.readouterr().err

    def test_load_node_at_a_prompt_that_cannot_be_filled(self, folder):
        terminal = Terminal(folder, folder / "home")
        assert "catalog.load('grown')" in terminal.type("%load_node sink")
        assert terminal.close() == 0


class TestJupyter:
    def test_the_kernel_knows_the_project(self, folder, jupyter_home, capsys, monkeypatch, tmp_path_factory):
        assert main(["jupyter", "setup"]) == 0
        assert capsys.readouterr().out == "The kernel 'tidemill_tides' opens Tides.\n"
        specification = json.loads((jupyter_home / "kernels/tidemill_tides/kernel.json").read_text())
        assert specification["display_name"] == "Tidemill (Tides)"
        assert "tidemill_tides" in KernelSpecManager().find_kernel_specs()
        monkeypatch.setenv("PYTHONPATH", SOURCE)
        manager, client = start_new_kernel(
            kernel_name="tidemill_tides", startup_timeout=120, cwd=str(tmp_path_factory.mktemp("elsewhere"))
        )
        try:
            shown = answers(client, "catalog")
            assert "DataCatalog(5 datasets" in shown["text/plain"]
            assert "<table>" in shown["text/html"]
            short = answers(client, "catalog.load('carz')")
            assert short["traceback"][0].startswith("DatasetNotFoundError: The catalog has no dataset 'carz'. Did you")
            assert len(short["traceback"]) == 2
            assert "catalog.load('grown')" in answers(client, "%load_node sink")["next"]
            reply = client.complete("catalog.load('ca", reply=True, timeout=60)["content"]
            assert "cars" in reply["matches"]
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)

    def test_what_follows_goes_to_jupyter(self, folder, jupyter_home):
        pytest.importorskip("jupyterlab", reason="pip install 'tidemill[notebook]'")
        done = command(folder, "jupyter", "lab", "--", "--version")
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()[0].isdigit()
        assert (jupyter_home / "kernels/tidemill_tides").is_dir()

    def test_not_installed(self, folder, monkeypatch, capsys):
        monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
        for name in ("setup", "lab", "notebook"):
            assert main(["jupyter", name]) == 1
            assert "pip install 'tidemill[notebook]'" in capsys.readouterr().err


def answers(client, code):
    """Run a cell, and return what it shows: by type of content, or the lines of an error; and the next cell."""
    found = {}

    def note(message):
        content = message["content"]
        found.update(content.get("data", {}) | ({"traceback": content["traceback"]} if "traceback" in content else {}))

    reply = client.execute_interactive(code, output_hook=note, timeout=60)["content"]
    following = [each["text"] for each in reply.get("payload", []) if each["source"] == "set_next_input"]
    return {**found, "next": "".join(following)}
