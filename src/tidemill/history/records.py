"""What is written down of a run."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Outcome: TypeAlias = Literal["done", "failed", "stopped", "skipped"]


class NodeRecord(NamedTuple):
    """A node of a run: how it ended, and after how many seconds."""

    node: str
    outcome: Outcome
    seconds: float


class RunRecord(NamedTuple):
    """A run: which pipeline on which runner, when it began, how it ended, and its nodes."""

    run_id: str
    pipeline: str
    env: str
    runner: str
    #: UTC, ISO 8601.
    began: str
    seconds: float
    outcome: Outcome
    nodes: tuple[NodeRecord, ...] = ()
