"""`python -m tidemill.compat script.py [arguments]`: run a script in which `import kedro...` means Tidemill."""

from __future__ import annotations

import argparse
import os
import runpy
import sys

from tidemill.compat.finder import install


def main(arguments: list[str]) -> None:
    """Run the script as Python itself would, with the rest of the arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m tidemill.compat", description="Run a script in which `import kedro...` means Tidemill."
    )
    parser.add_argument("script", help="the path of a Python file; what follows it is handed on")
    script = parser.parse_args(arguments[:1]).script
    if not os.path.exists(script):
        parser.error(f"there is no script {script!r}")
    install()
    sys.argv[:] = arguments
    if not getattr(sys.flags, "safe_path", sys.flags.isolated):  # where the folder of a script may come first at all
        sys.path[0] = os.path.dirname(os.path.abspath(script))
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
