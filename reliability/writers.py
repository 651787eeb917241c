"""Many at once: writers of one version, of versions of their own, and readers beside a writer."""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import Any

import drills
import harness
import sides

LINES = 20_000


def _text(number: int) -> str:
    return f"{number % 10}\n" * LINES


def _is_whole(text: str) -> bool:
    return len(text) == 2 * LINES and len({*text.split()}) == 1


@drills.drill("two processes save the same version: one wins, the other is told", "one won, the other was told")
def same_version(quick: bool) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    for _ in range(5 if quick else 50):
        with harness.folder() as place:

            def save(number: int, place: str = place) -> None:
                sides.TextDataset(filepath=f"{place}/note", version=sides.Version(None, "v1")).save(_text(number))

            ended = harness.together(save, 2)
            won = [number for number, each in enumerate(ended) if not each.error]
            with open(f"{place}/note/v1/note", encoding="utf-8") as file:
                text = file.read()
            if len(won) == 1:
                outcomes["one won, the other was told" if text == _text(won[0]) else "the loser's data is there"] += 1
            else:
                outcomes["both were told that they saved" if won else "both failed"] += 1
            if not _is_whole(text):
                outcomes["torn"] += 1
    return outcomes


@drills.drill("20 processes save automatic versions at once: none is lost", "kept")
def automatic_versions(quick: bool) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    for _ in range(1 if quick else 5):
        with harness.folder() as place:

            def save(number: int, place: str = place) -> None:
                sides.TextDataset(filepath=f"{place}/note", version=sides.Version(None, None)).save(f"{number}")

            ended = harness.together(save, 20)
            found = set()
            for at, _, names in os.walk(f"{place}/note"):
                found |= {open(f"{at}/{name}", encoding="utf-8").read() for name in names if name == "note"}
            for number, each in enumerate(ended):
                outcomes["refused" if each.error else "kept" if f"{number}" in found else "lost"] += 1
    return outcomes


def _beside(quick: bool, version: Any) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    with harness.folder() as place:

        def dataset() -> Any:
            return sides.TextDataset(filepath=f"{place}/note", version=version)

        def write() -> None:
            number = 1
            while not os.path.exists(f"{place}/enough"):
                dataset().save(_text(number))
                number += 1
                time.sleep(0.002)

        harness.child(lambda: dataset().save(_text(0)))
        writer = harness.start(write)

        def read() -> dict[str, int]:
            seen: Counter[str] = Counter()
            for _ in range(50 if quick else 2000):
                try:
                    seen["whole" if _is_whole(dataset().load()) else "torn"] += 1
                except Exception:  # noqa: BLE001 - a reader that is told of an error while a save goes on
                    seen["torn"] += 1
            return seen

        outcomes.update(harness.child(read).value or {"hung": 1})
        open(f"{place}/enough", "w", encoding="utf-8").close()
        harness.wait(writer)
    return outcomes


@drills.drill("loads beside a writer: unversioned text", "whole")
def reader_of_file(quick: bool) -> Counter[str]:
    return _beside(quick, None)


@drills.drill("loads of the latest beside a writer: versioned text", "whole")
def reader_of_versions(quick: bool) -> Counter[str]:
    return _beside(quick, sides.Version(None, None))
