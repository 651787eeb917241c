from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tidemill.cli.entry import main


def offered(monkeypatch, capfd, *words):
    monkeypatch.setenv("_TIDEMILL_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", " ".join(["tidemill", *words]))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    capfd.readouterr()
    assert main([]) == 0
    return [line.partition(",")[2] for line in capfd.readouterr().out.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["reg"], ["registry"]),
        (["registry", "d"], ["describe"]),
        (["run", "--only"], ["--only-missing-outputs"]),
        (["run", "--pipeline", "re"], ["reporting"]),
        (["run", "--nodes", "c"], ["clean", "count"]),
        (["run", "--nodes", "clean,c"], ["clean,clean", "clean,count"]),
        (["run", "-p", "reporting", "--nodes", "c"], ["copy"]),
        (["run", "--tags", "l"], ["last"]),
        (["run", "--to-outputs", "r"], ["raw", "report"]),
        (["run", "--namespaces", "r"], ["retail", "retail.prices"]),
        (["run", "--env", "b"], ["base"]),
        (["catalog", "check", "--env", "b"], ["base"]),
        (["catalog", "list", "--pipeline", "re"], ["reporting"]),
        (["pipeline", "delete", "r"], ["refunds"]),
        (["run", "--runner", "th"], ["thread"]),
        (["registry", "describe", "b"], ["broken"]),
        (["catalog", "describe", "r"], ["raw", "report"]),
        (["versions", "show", "c"], ["clean"]),
    ],
)
def test_what_is_offered(tidemill, shop, monkeypatch, capfd, words, expected):
    (shop / "src/shop/pipelines/refunds").mkdir(parents=True)
    if "--namespaces" in words:
        registry = shop / "src/shop/pipeline_registry.py"
        registry.write_text(registry.read_text().replace('name="count"', 'name="count", namespace="retail.prices"'))

    assert offered(monkeypatch, capfd, *words) == expected


def test_in_a_broken_project_nothing_is_offered_and_nothing_said(tidemill, shop, monkeypatch, capfd):
    (shop / "src/shop/pipeline_registry.py").write_text("print('noise')\n1 / 0\n")

    assert offered(monkeypatch, capfd, "run", "--nodes", "c") == []


def test_outside_of_a_project_there_is_no_environment_to_offer(tidemill, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)

    assert offered(monkeypatch, capfd, "run", "--env", "b") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_scripts_are_what_the_shells_read(tidemill, shell, tmp_path):
    script = tidemill("completion", shell).out

    assert "_TIDEMILL_COMPLETE" in script
    if shutil.which(shell):
        (tmp_path / "script").write_text(script)
        checked = subprocess.run([shell, "-n", str(tmp_path / "script")], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr


@pytest.fixture
def program(tmp_path):
    """Return a folder for the search path that has the program `tidemill`."""
    wrapper = tmp_path / "bin/tidemill"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nexec {sys.executable} -m tidemill "$@"\n')
    wrapper.chmod(0o755)
    return wrapper.parent


def test_bash_completes_with_the_script(shop, program):
    code = (
        f'PATH={program}:$PATH; eval "$(tidemill completion bash)"; '
        "COMP_WORDS=(tidemill run -p re); COMP_CWORD=3; "
        '_tidemill_completion tidemill re -p; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", code], cwd=shop, capture_output=True, text=True, check=False)  # noqa: S607

    assert done.stdout == "reporting\n", done.stderr


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_completes_with_the_script(shop, program):
    code = f'set -x PATH {program} $PATH; tidemill completion fish | source; complete -C "tidemill run -p re"'
    done = subprocess.run(["fish", "--no-config", "-c", code], cwd=shop, capture_output=True, text=True, check=False)  # noqa: S607

    assert done.stdout == "reporting\n", done.stderr


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_completes_with_the_script(shop, program):
    import pexpect

    variables = {**os.environ, "PATH": f"{program}:{os.environ['PATH']}", "PS1": "ready> ", "TERM": "dumb"}
    shell = pexpect.spawn("zsh", ["-f", "-i"], cwd=str(shop), env=variables, encoding="utf-8", timeout=60)
    shell.sendline('autoload -Uz compinit && compinit -D; eval "$(tidemill completion zsh)"; echo is-$((1 + 1))')
    shell.expect("is-2")

    shell.send("echo got-$((1 + 2)) tidemill run --pipeline rep\b\b\b")  # a line of its own: see below
    shell.send("\x15tidemill run --pipeline re\t")
    shell.expect("reporting")

    shell.sendline("\x15exit")
    shell.expect(pexpect.EOF)
    shell.close()
