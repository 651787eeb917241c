"""A terminal in which `tidemill ipython` runs, driven by pexpect as a person would type."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pexpect

import tidemill

PROMPT = r"In \[\d+\]: "
# Where the program under test is, wherever it is installed.
SOURCE = str(Path(tidemill.__file__).parents[1])


class Terminal:
    """One session: what is typed, and what is shown below it."""

    def __init__(self, folder, home, *arguments):
        environment = {
            **os.environ,
            "PYTHONPATH": SOURCE,
            "IPYTHONDIR": str(home),
            "TERM": "dumb",
            "PATH": os.path.dirname(sys.executable),  # no viewer of pictures opens
            "PYTHONDONTWRITEBYTECODE": "1",  # modules are written anew faster than the clock ticks
        }
        command = ["-m", "tidemill", "ipython", *arguments, "--", "--simple-prompt", "--colors=NoColor"]
        self._process = pexpect.spawn(
            sys.executable,
            command,
            cwd=str(folder),
            env=environment,
            encoding="utf-8",
            timeout=60,
            dimensions=(60, 250),
        )
        self.greeting = self._shown()

    def type(self, line):
        """Type a line, and return what is shown until the next prompt."""
        self._process.sendline(line)
        return self._shown().split("\n", 1)[1].strip()

    def replay(self, lines):
        """Type the lines of a document, and compare what it shows below them."""
        for line, shown in lines:
            answer = self.type(line)
            assert "Error" not in answer, answer
            assert shown is None or re.sub(r"^Out\[\d+\]: ", "", answer) == shown

    def close(self):
        self._process.sendline("exit()")
        self._process.expect(pexpect.EOF)
        self._process.close()
        return self._process.exitstatus

    def _shown(self):
        self._process.expect(PROMPT)
        return self._process.before.replace("\r\n", "\n")
