"""Runs on a terminal: the drawing, what nodes print, Ctrl-C, a debugger."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from pathlib import Path

import pexpect
import pytest

import tidemill

NODES = """
import logging, os, subprocess, sys, time
from tidemill import Pipeline, node

def talk(name):
    def work(value):
        for n in range(4):
            sys.stdout.write(f"print {name} {n}\\n")
            sys.stderr.write(f"error {name} {n}\\n")
            if n == 1:
                subprocess.run(["echo", f"child {name}"])
            time.sleep(0.2)
        return value
    work.__name__ = name
    work.__qualname__ = name
    globals()[name] = work
    return work

def slow(value):
    print("begun", flush=True)
    time.sleep(60)

def halt(value):
    wheels = 4
    breakpoint()
    return wheels

def stopped():
    print("stopped by my debugger")

def fail(value):
    raise ValueError("no wheels")

def register_pipelines():
    talks = [node(talk(name), "raw", f"{name}_out", name=name) for name in ("anna", "bert")]
    return {
        "__default__": Pipeline(talks),
        "slow": Pipeline([node(talk("carl"), "raw", "clean", name="carl"), node(slow, "clean", "x", name="slow")]),
        "fails": Pipeline([node(fail, "raw", "wheels", name="fail")]),
        "halt": Pipeline([node(halt, "raw", "wheels", name="halt")]),
    }
"""
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
RUNNERS = ["sequential", "thread", "process"]


@pytest.fixture
def terminal(shop):
    """Begin a command on a terminal."""
    (shop / "src/shop/pipeline_registry.py").write_text(NODES)
    begun = []

    def begin(*arguments):
        environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(Path(tidemill.__file__).parents[1])}
        child = pexpect.spawn(
            sys.executable, ["-m", "tidemill", *arguments], cwd=str(shop), env=environment, encoding="utf-8",
            dimensions=(40, 100), timeout=60,
        )  # fmt: skip
        begun.append(child)
        return child

    yield begin
    for child in begun:
        child.close(force=True)


def screen(text):
    """Return the lines as they stand on the screen, as far as erasing whole lines and moving up goes."""
    rows, row = [""], 0
    for piece in re.split(r"(\x1b\[[0-9;?]*[A-Za-z]|\r|\n)", text):
        if piece == "\n":
            row += 1
            rows += [""] if row == len(rows) else []
        elif piece == "\x1b[1A":
            row -= 1
        elif piece == "\x1b[2K":
            rows[row] = ""
        elif piece != "\r" and not piece.startswith("\x1b"):
            rows[row] = (rows[row] if rows[row] != piece else "") + piece
    return [line.rstrip() for line in rows]


@pytest.mark.parametrize("wanted", [True, False])
def test_colours_unless_nobody_wants_them(terminal, monkeypatch, wanted):
    monkeypatch.setenv("NO_COLOR", "" if wanted else "1")

    child = terminal("catalog", "list")
    child.expect(pexpect.EOF)

    assert ("\x1b[" in child.before) is wanted


@pytest.mark.parametrize("runner", RUNNERS)
def test_what_nodes_print_stands_in_lines_of_its_own_above_the_drawing(terminal, runner):
    child = terminal("run", "--runner", runner)
    child.expect(pexpect.EOF)

    assert "0/2 nodes" in ANSI.sub("", child.before)
    lines = screen(child.before)
    for name in ("anna", "bert"):
        said = [line for line in lines if re.fullmatch(rf"(print|error|child) {name}( \d)?", line)]
        assert sorted(set(said)) == sorted(
            [f"child {name}", *(f"{what} {name} {n}" for what in ("print", "error") for n in range(4))]
        )
    assert not [line for line in lines if "nodes \u2501" in line]  # the drawing is gone
    assert any(line.startswith("Done: 2 nodes in") for line in lines)
    assert child.before.count("\x1b[?25l") == child.before.count("\x1b[?25h")  # the cursor is back


@pytest.mark.parametrize("runner", RUNNERS)
def test_ctrl_c_ends_within_a_moment_and_says_how_to_go_on(terminal, runner):
    child = terminal("run", "--pipeline", "slow", "--runner", runner)
    child.expect("begun")
    began = time.monotonic()
    child.sendintr()
    child.expect(pexpect.EOF)

    assert time.monotonic() - began < 10
    said = ANSI.sub("", child.before)
    assert "Stopped. 1 of 2 nodes are done." in said
    assert f"To go on from here: tidemill run --pipeline slow --from-nodes slow --runner {runner}" in said
    assert "Traceback" not in said
    child.close()
    assert child.exitstatus == 130


@pytest.mark.slow
@pytest.mark.parametrize("runner", RUNNERS)
@pytest.mark.parametrize("moment", [0.2, 0.25, 0.3, 0.4, 0.5, 0.8])
def test_ctrl_c_at_any_moment(terminal, runner, moment):
    child = terminal("run", "--pipeline", "slow", "--runner", runner)
    time.sleep(moment)
    child.kill(signal.SIGINT)
    child.expect(pexpect.EOF)

    said = ANSI.sub("", child.before)
    child.close()
    assert child.exitstatus == 130
    assert "Stopped." in said
    assert "Traceback" not in said


def test_a_debugger_has_the_terminal_for_itself(terminal):
    child = terminal("run", "--pipeline", "halt")
    child.expect(r"\(Pdb\) ")
    child.sendline("p wheels * 2")
    child.expect("8\r\n")
    child.sendline("c")
    child.expect("Done: 1 node")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_a_debugger_of_ones_own_is_asked(terminal, monkeypatch):
    monkeypatch.setenv("PYTHONBREAKPOINT", "shop.pipeline_registry.stopped")

    child = terminal("run", "--pipeline", "halt")
    child.expect(pexpect.EOF)

    assert "stopped by my debugger" in screen(child.before)
    assert "Done: 1 node" in child.before
    child.close()
    assert child.exitstatus == 0


def test_what_failed_stands_above_the_drawing(terminal):
    child = terminal("run", "--pipeline", "fails")
    child.expect(pexpect.EOF)

    lines = screen(child.before)
    assert [line.partition(",")[0] for line in lines if line.startswith("[")] == ["[0/1] fail: FAILED"]
    assert any(line.startswith("Error: ") for line in lines)
    assert not [line for line in lines if "nodes \u2501" in line]


def test_ctrl_c_at_a_question_is_no_answer(terminal, shop):
    child = terminal("new")
    child.expect("Project name")
    child.sendintr()
    child.expect(pexpect.EOF)

    assert "Stopped." in child.before
    assert "There was no answer" not in child.before
    child.close()
    assert child.exitstatus == 130
