"""`python -m tidemill.compat script.py [arguments]`: run a script in which `import kedro...` means Tidemill.

With `-m package [arguments]`, a module or package is run, such as a project that is installed.
"""

from __future__ import annotations

import argparse
import os
import sys
from types import ModuleType

from tidemill.compat.program import ask_for, run_in


def main(arguments: list[str]) -> None:
    """Run the script, or the module, as Python itself would, with the rest of the arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m tidemill.compat",
        description="Run a script in which `import kedro...` means Tidemill.",
        usage="%(prog)s [-h] (script | -m module) ...",
    )
    parser.add_argument(
        "-m", dest="module", metavar="module", help="the name of a module or package, in place of a script"
    )
    parser.add_argument("script", nargs="?", help="the path of a Python file; what follows it is handed on")
    given = parser.parse_args(arguments[: 2 if arguments[:1] == ["-m"] else 1])
    if given.module is None and given.script is None:
        parser.error("there is no script to run")
    if given.module is None and not os.path.exists(given.script):
        parser.error(f"there is no script {given.script!r}")
    ask_for(given.script, given.module)
    sys.argv[:] = arguments if given.module is None else arguments[1:]
    if not getattr(sys.flags, "safe_path", sys.flags.isolated):  # else no folder may come first on the path
        sys.path[0] = os.getcwd() if given.module is not None else os.path.dirname(os.path.abspath(given.script))
    program = sys.modules["__main__"] = ModuleType("__main__")
    run_in(vars(program))


if __name__ == "__main__":
    main(sys.argv[1:])
