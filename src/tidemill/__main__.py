"""`python -m tidemill`: the command line."""

from __future__ import annotations

import sys

from tidemill.cli.entry import main

if __name__ == "__main__":
    sys.exit(main())
