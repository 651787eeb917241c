"""Runs whose worker is killed, that are interrupted, and that are resumed."""

from __future__ import annotations

import functools
import glob
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import drills
import harness
import sides
from nodes import one

PROMPT = 5.0  # seconds until the prompt is back


def _session(leader: int) -> set[int]:
    """Return the living processes of a session."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(session) == leader and state != "Z":
            found.add(int(stat.parent.name))
    return found


def _run(runner: str, what: str, folder: str) -> subprocess.Popen[bytes]:
    script = os.path.join(os.path.dirname(__file__), "nodes.py")
    return subprocess.Popen(
        [sys.executable, script, runner, what, folder],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def _tidy(process: subprocess.Popen[bytes]) -> bool:
    """Tell whether nothing of the session is left; end what is."""
    time.sleep(1)
    left = _session(process.pid)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    process.wait()
    return not left


def interrupted(runner: str, quick: bool) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    for _ in range(1 if quick else 3):
        with harness.folder() as place:
            process = _run(runner, "sleep", place)
            end = time.monotonic() + 40
            while len(glob.glob(f"{place}/begin-*")) < 3 and time.monotonic() < end:
                time.sleep(0.02)
            began = time.monotonic()
            process.send_signal(signal.SIGINT) if runner == "threads" else os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(40)
                took = time.monotonic() - began
                outcome = f"prompt back within {PROMPT:.0f} s" if took <= PROMPT else f"prompt after {took:.0f} s"
            except subprocess.TimeoutExpired:
                outcome = "hung"
            outcomes[outcome if _tidy(process) else f"{outcome}, processes left"] += 1
    return outcomes


def killed(runner: str, quick: bool) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    for _ in range(1 if quick else 3):
        with harness.folder() as place:
            process = _run(runner, "die", place)
            try:
                outcome = "an error ends the run" if process.wait(60) else "the run claims success"
            except subprocess.TimeoutExpired:
                outcome = "hung"
            outcomes[outcome if _tidy(process) else f"{outcome}, processes left"] += 1
    return outcomes


for _name, _options in (("threads", {}), ("processes", {}), ("dask", {"here_only": True})):
    _line = f"Ctrl-C while two nodes sleep, {_name}"
    drills.enter_as(
        f"runs.interrupted: {_name}", _line, functools.partial(interrupted, _name),
        f"prompt back within {PROMPT:.0f} s", **_options,
    )  # fmt: skip
    if _name != "threads":
        drills.enter_as(
            f"runs.killed: {_name}", f"a worker is killed with -9 in a node, {_name}",
            functools.partial(killed, _name), "an error ends the run", **_options,
        )  # fmt: skip


def _text(path: str, version: Any = None) -> Any:
    return sides.TextDataset(filepath=path, version=version)


@drills.drill("a run fails at its third node of four, and goes on from there", "each node done once, nothing lost")
def resumed(quick: bool) -> Counter[str]:
    def act(place: str) -> str:
        calls: list[str] = []
        broken = [True]

        def step(name: str) -> Any:
            def function(text: str) -> str:
                if name == "c" and broken[0]:
                    raise ValueError("broken")
                calls.append(name)
                return f"{text}{name}"

            return function

        pipeline = sides.Pipeline(
            [sides.node(step(name), f"x{n}", f"x{n + 1}", name=name) for n, name in enumerate("abcd")]
        )

        def catalog() -> Any:
            return sides.DataCatalog({f"x{n}": _text(f"{place}/x{n}") for n in range(5)})

        _text(f"{place}/x0").save("raw")
        try:
            sides.SequentialRunner().run(pipeline, catalog())
        except Exception:  # noqa: BLE001 - what the node raised, however wrapped
            broken[0] = False
        sides.SequentialRunner().run(pipeline, catalog(), only_missing_outputs=True)
        done = calls == [*"abcd"] and _text(f"{place}/x4").load() == "rawabcd"
        return "each node done once, nothing lost" if done else f"done: {' '.join(calls)}"

    return _times(act, 1 if quick else 5)


@drills.drill("an old version is pinned of what the same run writes", "refused", "the run uses what it wrote")
def pinned(quick: bool) -> Counter[str]:
    def act(place: str) -> str:
        definition = {"type": "text.TextDataset", "filepath": f"{place}/model", "versioned": True}
        for version, text in (("2020-01-01T00.00.00.000Z", "old"), ("2021-01-01T00.00.00.000Z", "middle")):
            _text(f"{place}/model", sides.Version(None, version)).save(text)
        try:
            catalog = sides.DataCatalog.from_config(
                {"model": definition}, load_versions={"model": "2020-01-01T00.00.00.000Z"}
            )
            catalog["said"] = sides.MemoryDataset()
            nodes = [sides.node(lambda: "ne", None, "model"), sides.node(one, "model", "said")]
            sides.SequentialRunner().run(sides.Pipeline(nodes), catalog)
        except Exception:  # noqa: BLE001 - of either library
            return "refused"
        return "the run uses what it wrote" if catalog["said"].load() == "ne1" else "trains new, evaluates old"

    return _times(act, 1 if quick else 3)


def _times(act: Any, count: int) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    for _ in range(count):
        with harness.folder() as place:
            ended = harness.child(lambda place=place: act(place))
            outcomes[str(ended.value or ended.error[:120] or "hung")] += 1
    return outcomes
