"""Types the first hour of a newcomer in a real terminal, and writes down what is shown.

    python docs/first_hour.py

A new virtual environment and an empty home folder, Tidemill as a wheel, as if it came from the package index; then the
README, `make demo`, the tutorial, mistakes, a notebook's prompt and a Kedro project, in that order. Each command runs
in bash on a terminal of 100 columns; what is written down is what such a screen shows when the prompt is back. It takes
some minutes, most of them pip's, and the network, which only pip uses. It needs `pip install pexpect pyte build`.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import pexpect
import pyte

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "first-hour.md"
WIDTH, HEIGHT = 100, 200
PROMPT = "$ "
#: So many lines of a screen are shown; the page says how many are left out.
MOST = 24
FILE = re.compile(r"# (?P<path>[\w./-]+\.(?:py|ya?ml|toml))\s*\n")
BLOCK = re.compile(r"^```(?P<language>python|yaml|console)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^## (.*)$", re.MULTILINE)


@dataclass
class Terminal:
    """A shell in a terminal, and the page that is written of it."""

    folder: Path
    environment: dict[str, str]
    lines: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    typed: int = 0

    def __post_init__(self) -> None:
        self.shell = pexpect.spawn(
            "bash",
            ["--norc", "--noprofile"],
            cwd=str(self.folder),
            env={**self.environment, "PS1": PROMPT, "PROMPT_COMMAND": "", "TERM": "xterm-256color"},
            encoding="utf-8",
            timeout=900,
            dimensions=(50, WIDTH),
        )
        self._until_prompt()

    def say(self, *paragraphs: str) -> None:
        """Write prose."""
        for each in paragraphs:
            self.lines += [each, ""]

    def type(self, *commands: str, counts: bool = True) -> str:
        """Type commands, write down what is shown, and return the last of it."""
        block, shown = ["```text"], ""
        for command in commands:
            print(f"$ {command}", flush=True)
            began = time.monotonic()
            self.shell.sendline(command)
            shown = self._until_prompt()
            took = time.monotonic() - began
            self.typed += 1
            if counts and took > self.slowest[0]:
                self.slowest = (took, command)
            block.append(f"$ {command}" + (f"    # {took:.0f} s" if took >= 1 else ""))
            block += cut(self._hide(shown).splitlines()[command.count("\n") + 1 :])
        self.lines += [*block, "```", ""]
        return shown

    def write(self, path: str, text: str) -> None:
        """Be the editor: put a file into the folder where the shell is, and say so."""
        self.shell.sendline("pwd")
        place = Path(self._until_prompt().splitlines()[1].strip())
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text, encoding="utf-8")
        self.lines += [f"*(writes `{path}`, {len(text.splitlines())} lines)*", ""]

    def _until_prompt(self) -> str:
        """Return the screen as it is when the prompt is back."""
        screen = pyte.Screen(WIDTH, HEIGHT)
        stream = pyte.Stream(screen)
        while True:
            try:
                stream.feed(self.shell.read_nonblocking(65536, timeout=0.2))
            except pexpect.TIMEOUT:
                cells, end = screen.buffer[screen.cursor.y], screen.cursor.x
                last = "".join(cells[each].data for each in range(end))
                if last.endswith(PROMPT):  # behind a line that nobody ended, it may stand in the middle
                    rows = [row.rstrip() for row in screen.display[: screen.cursor.y]]
                    return "\n".join([*rows, *filter(None, [last.removesuffix(PROMPT)])])

    def _hide(self, shown: str) -> str:
        return (
            shown.replace(str(self.folder), "~").replace(self.environment["HOME"], "~").replace(str(ROOT), "tidemill")
        )


def cut(rows: list[str]) -> list[str]:
    """Return what fits into the page."""
    if len(rows) <= MOST:
        return rows
    return [*rows[: MOST // 2], f"... {len(rows) - MOST} lines more ...", *rows[-MOST // 2 :]]


def follow(terminal: Terminal, page: Path) -> None:
    """Do what a page says, from top to bottom."""
    text = page.read_text(encoding="utf-8")
    headings = [(each.start(), each[1]) for each in HEADING.finditer(text)]
    for block in BLOCK.finditer(text):
        while headings and headings[0][0] < block.start():
            terminal.say(f"**{headings.pop(0)[1]}**")
        if block["language"] == "console":
            commands = [line[2:] for line in block["text"].splitlines() if line.startswith("$ ")]
            if commands:
                terminal.type(*commands)
        elif file := FILE.match(block["text"]):
            terminal.write(file["path"], block["text"])


def main() -> int:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable, help="the Python of the new environment")
    parser.add_argument("--write", type=Path, default=PAGE, help="the page")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="first-hour-") as folder:
        terminal = begin(Path(folder).resolve(), arguments.python)
        began = time.monotonic()
        hour(terminal)
        told = f"{terminal.typed} commands, {(time.monotonic() - began) / 60:.0f} minutes."
        arguments.write.write_text("\n".join([*heading(terminal, told), *terminal.lines]).rstrip() + "\n", "utf-8")
    print(f"{arguments.write}: {told}")
    return 0


def begin(folder: Path, python: str) -> Terminal:
    """Build the wheel, and return a terminal in a folder beside it, with a home of its own."""
    home, work = folder / "home", folder / "work"
    home.mkdir()
    work.mkdir()
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", str(folder / "dist"), str(ROOT)],
                   check=True, capture_output=True)  # fmt: skip
    git = shutil.which("git") or "git"
    subprocess.run([git, "clone", "-q", str(ROOT), str(work / "tidemill")], check=True)
    shutil.copytree(ROOT / "tests" / "compat" / "projects" / "kedro17", work / "shuttles")
    kept = {name: os.environ[name] for name in os.environ if name.startswith(("PIP_", "UV_", "SSL_", "LANG"))}
    wheel = next((folder / "dist").glob("*.whl"))
    return Terminal(work, {
        **kept, "HOME": str(home), "PATH": f"{Path(python).parent}:/usr/local/bin:/usr/bin:/bin", "WHEEL": str(wheel),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1", "LANG": "C.UTF-8", "PYTHON": python,
    })  # fmt: skip


def hour(terminal: Terminal) -> None:
    """Spend it."""
    terminal.say("## Install", "A virtual environment, and the wheel; from the package index, the name alone would do.")
    terminal.type('"$PYTHON" -m venv .venv', "source .venv/bin/activate && PS1='$ '",
                  'pip install -qq "$WHEEL[pandas]"', "tidemill --version", counts=False)  # fmt: skip
    terminal.say(
        "## The README: `make demo`", "In a clone of the repository. It makes an environment of its own first."
    )
    terminal.type("cd tidemill", "make demo", "cd ..", counts=False)
    terminal.say("## What does it do?")
    terminal.type("tidemill", "tidemill run", "tidemill run --help")
    terminal.say("## The tutorial", "Every command of [the tutorial](tutorial.md), every file written as it says.")
    follow(terminal, ROOT / "docs" / "tutorial.md")
    mistakes(terminal)
    notebook(terminal)
    kedro(terminal)


def mistakes(terminal: Terminal) -> None:
    """Do what newcomers do."""
    terminal.say("## Mistakes", "In the project of the tutorial: what a person gets wrong on the first day.")
    terminal.type("tidemill rum", "tidemill run --runner threads", "tidemill run --env prod")
    terminal.type("mv data/raw data/elsewhere", "tidemill run", "mv data/elsewhere data/raw")
    terminal.type("tidemill run --load-versions changes:2020-01-01T00.00.00.000Z", "tidemill versions show changs")
    terminal.type("cp conf/base/catalog.yml saved.yml", "sed -i 's/type: Part/typ: Part/' conf/base/catalog.yml",
                  "tidemill run", "mv saved.yml conf/base/catalog.yml")  # fmt: skip
    terminal.type("cp conf/base/catalog.yml saved.yml", "echo '  - [' >> conf/base/catalog.yml",
                  "tidemill catalog check", "mv saved.yml conf/base/catalog.yml")  # fmt: skip
    terminal.type("tidemill ipython")


def notebook(terminal: Terminal) -> None:
    """Type at IPython's prompt."""
    terminal.say("## A notebook's prompt", "What the last message asked for, then one line per question.")
    terminal.type("pip install -qq ipython", counts=False)
    code = "print(catalog['changes']); print(catalog.load('changes').head(2))"
    terminal.type(f'tidemill ipython -- --simple-prompt --colors=NoColor -c "{code}"')


def kedro(terminal: Terminal) -> None:
    """Run a project that was written for Kedro."""
    terminal.say(
        "## A project written for Kedro",
        "`shuttles` is a project for Kedro 1.7, with datasets of `kedro-datasets`. Neither is installed here.",
    )
    terminal.type("cd ../shuttles", "grep -rhE '^(from|import) kedro' src | sort | uniq -c", "tidemill run")
    terminal.type("tidemill registry list", "tidemill registry describe ingestion")


def heading(terminal: Terminal, told: str) -> list[str]:
    """Return the beginning of the page."""
    version = subprocess.run([sys.executable, "-V"], capture_output=True, text=True, check=True).stdout.strip()
    seconds, command = terminal.slowest
    return [
        "# The first hour",
        "",
        "Written by `python docs/first_hour.py`, which types all of this in a terminal, in a new virtual environment",
        "and an empty home folder; do not edit. Long screens are cut in the middle. A time stands behind a command",
        "that takes more than a second.",
        "",
        f"{time.strftime('%Y-%m-%d', time.gmtime())}, {version}: {told}",
        f"Apart from pip and the demo, the longest wait was {seconds:.1f} s: `{command}`.",
        "",
    ]


if __name__ == "__main__":
    sys.exit(main())
