"""Work: what the loop hands to an executor, and what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A whole node; or of one that runs for each partition: find the partitions, run one of them, end.
Step: TypeAlias = Literal["node", "plan", "part", "end"]


class Known(NamedTuple):
    """What one load of a dataset fixed for the rest of the run, for other processes to keep to."""

    version: str | None = None
    #: Their ids; of increments, each with its mark.
    partitions: tuple[str, ...] | Mapping[str, str] | None = None


class Work(NamedTuple):
    """One thing to do. It pickles."""

    position: int
    step: Step = "node"
    part: str | None = None
    #: Dataset name -> what earlier work of the run fixed; filled where the executor does not share our memory.
    known: Mapping[str, Known] | None = None


class Report(NamedTuple):
    """What a piece of work has to tell the loop. It pickles."""

    parts: tuple[str, ...] = ()
    known: Mapping[str, Known] | None = None
