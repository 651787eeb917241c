"""How long a run will take, by what its nodes took the last time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Past(NamedTuple):
    """What the last runs tell: node -> seconds, and how many nodes ran at once."""

    seconds: Mapping[str, float]
    at_once: float = 1.0


def remaining(past: Past, waiting: Iterable[str], running: Mapping[str, float]) -> float | None:
    """Return how many seconds are left; None where the past tells too little.

    Args:
        past: What is known.
        waiting: The nodes that have not begun.
        running: Those that run -> for how many seconds they have.
    """
    waiting = list(waiting)
    count = len(waiting) + len(running)
    known = [past.seconds[name] for name in (*waiting, *running) if name in past.seconds]
    if not count or len(known) * 2 < count:
        return None
    usual = sum(known) / len(known)
    left = sum(past.seconds.get(name, usual) for name in waiting)
    left += sum(max(past.seconds.get(name, usual) - since, 0.0) for name, since in running.items())
    longest = max((past.seconds.get(name, usual) - since for name, since in running.items()), default=0.0)
    return max(left / max(past.at_once, 1.0), longest, 0.0)
