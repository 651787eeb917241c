"""What is written to the file descriptors 1 and 2, in a Python of its own: pytest has its own ideas about them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import tidemill

START = f"""
import os, sys, subprocess, time, threading
sys.path.insert(0, {str(Path(tidemill.__file__).parents[1])!r})
from tidemill.cli.capture import Capture
shown = []
"""


def run(code):
    done = subprocess.run([sys.executable, "-c", START + code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done


def test_prints_of_this_process_and_of_those_below_are_handed_over():
    done = run(
        "with Capture(shown.append):\n"
        "    print('one')\n"
        "    sys.stderr.write('two\\n')\n"
        "    sys.stdout.flush()\n"
        "    subprocess.run(['echo', 'three'])\n"
        "    os.write(1, b'four\\n')\n"
        "print(sorted('\\n'.join(shown).splitlines()))\n"
    )
    assert done.stdout == "['four', 'one', 'three', 'two']\n"
    assert done.stderr == ""


def test_a_line_that_was_written_over_is_its_last_state_and_a_prompt_comes_after_a_moment():
    done = run(
        "with Capture(shown.append):\n"
        "    os.write(1, b'10%\\r20%\\r30%\\n')\n"
        "    os.write(1, b'your name? ')\n"
        "    time.sleep(0.6)\n"
        "    early = list(shown)\n"
        "print(early)\n"
    )
    assert done.stdout == "['30%', 'your name? ']\n"


def test_all_of_a_lot_is_handed_over_in_order():
    done = run(
        "with Capture(shown.append):\n"
        "    for n in range(20000): print('line', n)\n"
        "lines = '\\n'.join(shown).splitlines()\n"
        "print(lines == [f'line {n}' for n in range(20000)])\n"
    )
    assert done.stdout == "True\n"


def test_a_process_that_outlives_the_block_is_still_heard():
    done = run(
        "with Capture(shown.append):\n"
        "    late = subprocess.Popen(['sh', '-c', 'sleep 0.5; echo late; echo later >&2'])\n"
        "print('after', flush=True)\n"
        "late.wait(); time.sleep(0.5)\n"
    )
    assert done.stdout == "after\n"
    assert done.stderr == "late\nlater\n"


def test_bytes_that_are_no_text_and_no_newline_at_the_end():
    done = run("with Capture(shown.append):\n    os.write(1, b'\\xff\\xfe end')\nprint(shown)\n")
    assert done.stdout == "['\\\\xff\\\\xfe end']\n"


def test_programs_below_think_that_they_are_on_a_terminal_and_flush_at_each_line():
    done = run(
        "code = 'import sys, time; print(sys.stdout.isatty()); time.sleep(60)'\n"
        "with Capture(shown.append):\n"
        "    child = subprocess.Popen([sys.executable, '-c', code])\n"
        "    while not shown: time.sleep(0.05)\n"
        "    child.kill(); child.wait()\n"
        "print(shown)\n"
    )
    assert done.stdout == "['True']\n"


def test_where_no_terminal_can_be_had_it_is_a_pipe():
    done = run(
        "def none(): raise OSError('out of ptys')\n"
        "os.openpty = none\n"
        "with Capture(shown.append):\n"
        "    subprocess.run(['echo', 'heard'])\n"
        "print(shown)\n"
    )
    assert done.stdout == "['heard']\n"
