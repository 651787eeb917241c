"""Functions of nodes that other processes import, and runs of them: `python nodes.py RUNNER WHAT FOLDER`."""

from __future__ import annotations

import os
import signal
import sys
import time

import sides


def begin(folder: str) -> str:
    with open(f"{folder}/begin-{os.getpid()}-{time.monotonic_ns()}", "w", encoding="utf-8"):
        return folder


def sleep(folder: str) -> str:
    begin(folder)
    time.sleep(25)
    return folder


def die(folder: str) -> str:
    begin(folder)
    os.kill(os.getpid(), signal.SIGKILL)
    return folder


def one(text: str) -> str:
    return text + "1"


def main() -> None:
    name, what, folder = sys.argv[1:]
    if name == "dask":
        from tidemill import DaskRunner

        runner = DaskRunner(max_workers=2)
    else:
        runner = {"threads": sides.ThreadRunner, "processes": sides.ParallelRunner}[name](max_workers=2)
    function = {"sleep": sleep, "die": die}[what]
    pipeline = sides.Pipeline(
        [
            sides.node(begin, "folder", "begun", name="begin"),
            *(sides.node(function, "begun", f"out{n}", name=f"n{n}") for n in range(2 if what == "sleep" else 1)),
        ]
    )
    catalog = sides.SharedCatalog if name == "processes" else sides.DataCatalog
    try:
        runner.run(pipeline, catalog({"folder": sides.MemoryDataset(folder)}))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as exc:  # noqa: BLE001 - whatever a library makes of it
        sys.exit(f"{type(exc).__name__}: {exc}")


if __name__ == "__main__":
    main()
