"""Every block of README.md and docs/ runs, page by page, from top to bottom: Python, YAML, what is typed at a shell.

A block whose first line names a file (`# conf/base/catalog.yml`) is that file. A `console` block is typed line by line
where it says `$ `, and what stands below each line is what is printed: times and versions may differ, and a line `...`
stands for any lines. A command without anything below may print what it likes, as long as it succeeds. What is typed
is not on a terminal here: of a run, the lines that stand for its picture are left out.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(?P<language>python|yaml|toml|console)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (?P<path>[\w./-]+\.(?:py|ya?ml|toml))\s*\n")
#: What differs from one time to the next.
VARYING = [
    (re.compile(r"(?<=: )object(?=,|$)", re.MULTILINE), "str"),  # what pandas 2 calls texts
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d[.:]\d\d[.:]\d\d\.\d{3}Z"), "VERSION"),
    (re.compile(r"\b\d+(\.\d)? s\b"), "TIME"),
    (re.compile(r"\b[0-9a-f]{32,40}\b"), "DIGEST"),
    (re.compile(r"python \d+\.\d+\.\d+"), "PYTHON"),
]
DRAWN = re.compile(r"^(Running \d+ nodes?.*|\[\d+/\d+\] .*: done, .*|.*: \d+/\d+ partitions)\n", re.MULTILINE)
FAILED = re.compile(r"^Error: |: error: ", re.MULTILINE)


def blocks(page: Path) -> list[re.Match[str]]:
    return list(BLOCK.finditer(page.read_text(encoding="utf-8")))


def runs(page: Path) -> bool:
    return any(block["language"] == "python" or "\n$ " in f"\n{block['text']}" for block in blocks(page))


@pytest.mark.parametrize("page", [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES if runs(page)])
def test_page(page, tmp_path, monkeypatch, shell):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(page):
        line = block.string.count("\n", 0, block.start("text"))
        if file := FILE.match(block["text"]):
            target = Path(file["path"])
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block["text"])
        if block["language"] == "console":
            for command, said in typed(block["text"]):
                told = shell(command)
                if said:
                    assert fits(told, said), f"{page}:{line}: $ {command}\n{told}"
        elif block["language"] == "python" and not (file and is_for_the_shell(file["path"], page)):
            monkeypatch.chdir(tmp_path)  # wherever the shell went
            # Empty lines in front: a traceback gives the line in the page.
            exec(compile("\n" * line + block["text"], str(page), "exec"), names)  # noqa: S102


def is_for_the_shell(path: str, page: Path) -> bool:
    """Tell whether a file is a project's, or a program that is run below."""
    return path.startswith("src/") or f"$ python {path}" in page.read_text(encoding="utf-8")


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """Run a command in the working directory, as at a prompt, and return what it prints; `cd` stays where it goes."""
    programs = tmp_path / ".bin"
    programs.mkdir()
    for name, arguments in (("tidemill", "-m tidemill"), ("python", "")):
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} {arguments} "$@"\n')
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path / ".home"))
    monkeypatch.setenv("COLUMNS", "100")

    def run(command: str) -> str:
        place = tmp_path / ".place"
        done = subprocess.run(
            ["bash", "-c", f"{command}\nresult=$?; pwd > {place}; exit $result"],  # noqa: S607
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        os.chdir(place.read_text().strip())
        assert (done.returncode != 0) == bool(FAILED.search(done.stdout)), f"$ {command}\n{done.stdout}"
        return done.stdout

    return run


def typed(text: str) -> list[tuple[str, str]]:
    """Return the commands of a block, each with what is printed."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        elif found and found[-1][0].endswith("\\"):
            found[-1] = (f"{found[-1][0]}\n{line}", "")
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]}{line}\n")
    return [(command, said.strip("\n")) for command, said in found]


def fits(told: str, said: str) -> bool:
    """Tell whether what a command printed is what a page says that it prints."""
    told = DRAWN.sub("", told)
    for varying, name in VARYING:
        told, said = varying.sub(name, told), varying.sub(name, said)
    lines = [re.escape(" ".join(line.split())) for line in said.splitlines()]
    pattern = "\n".join("(?s:.*)" if line == re.escape("...") else line for line in lines)
    return (
        re.fullmatch(pattern, "\n".join(" ".join(line.split()) for line in told.strip("\n").splitlines())) is not None
    )
