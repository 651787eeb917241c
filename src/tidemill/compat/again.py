"""The main program once more, in a process that `multiprocessing` started: see `tidemill.compat.program`."""

from __future__ import annotations

from tidemill.compat.program import run_in

run_in(globals())
