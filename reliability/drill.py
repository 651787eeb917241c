"""One drill on one side: `DRILL_SIDE=peer python drill.py NAME [--quick]`; the last line is what came out, as JSON."""

from __future__ import annotations

import importlib
import json
import os
import sys
import warnings

import drills


def main() -> None:
    os.environ["DO_NOT_TRACK"] = "1"
    warnings.simplefilter("ignore")
    for library in ("pandas", "pyarrow", "pyarrow.parquet", "s3fs", "aiobotocore.session"):  # before the children fork
        importlib.import_module(library)
    outcomes = drills.every()[sys.argv[1]].act("--quick" in sys.argv)
    print(json.dumps({name: count for name, count in outcomes.items() if count}))


if __name__ == "__main__":
    main()
