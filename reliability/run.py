"""The drills, here and with the peer: `python reliability/run.py --help`. It fails if an outcome is not as promised."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import drills
import page
import sides

SCRIPT = Path(__file__).with_name("drill.py")
PATIENCE = 900


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few trials: shows that everything runs")
    parser.add_argument("--only", metavar="TEXT", default="", help="part of a drill's name")
    parser.add_argument(
        "--peer", metavar="PYTHON", type=os.path.abspath, help="a Python that has Kedro, to be drilled too"
    )
    parser.add_argument("--write", metavar="PAGE", help="write the table to this page")
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # shells let what is in the background ignore Ctrl-C
    wanted = {name: each for name, each in drills.every().items() if arguments.only in name}
    if not wanted:
        parser.error(f"--only: there is none of that name. There are {', '.join(drills.every())}.")
    environment = {**os.environ}
    if any(each.needs_s3 for each in wanted.values()):
        from tidemill.testing import s3

        environment |= {**s3.environment(), "DRILL_BUCKET": s3.new_bucket()}

    def measured(task: tuple[str, str]) -> Counter[str] | None:
        name, python = task
        if not python or (wanted[name].here_only and python != sys.executable):
            return None
        side = sides.HERE if python == sys.executable else sides.PEER
        return _apart(name, python, {**environment, "DRILL_SIDE": side}, quick=arguments.quick)

    tasks = [(name, python) for name in wanted for python in (sys.executable, arguments.peer or "")]
    rows = []
    with ThreadPoolExecutor(2) as pool:
        results = pool.map(measured, tasks)
        for name, here, peer in zip(wanted, *[iter(results)] * 2, strict=True):
            kept = drills.is_kept(wanted[name], here or Counter())
            rows.append((wanted[name], here, peer, kept))
            print(f"{'ok  ' if kept else 'MISS'} {wanted[name].line}: {page.shown(here)}"
                  f"{f' / peer: {page.shown(peer)}' if peer else ''}", flush=True)  # fmt: skip
    if arguments.write:
        page.write(arguments.write, rows, quick=arguments.quick)
    missed = sum(not kept for *_, kept in rows)
    print(f"\n{len(rows) - missed} of {len(rows)} as promised")
    return 1 if missed else 0


def _apart(name: str, python: str, environment: dict[str, str], *, quick: bool) -> Counter[str]:
    """Run one drill in a process and a temporary folder of its own; what breaks the drill itself is an outcome too."""
    with tempfile.TemporaryDirectory(prefix="reliability-") as folder:
        command = [python, str(SCRIPT), name, *(["--quick"] if quick else [])]
        try:
            done = subprocess.run(
                command, env={**environment, "TMPDIR": folder}, capture_output=True, text=True,
                timeout=PATIENCE, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Counter({"hung": 1})
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
        return Counter({"the drill failed": 1})
    return Counter(json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    sys.exit(main())
