"""The loop: takes what may run from the schedule, hands it to an executor, and reacts to how it ended."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from tidemill.errors import WorkerLostError
from tidemill.io.show import printed
from tidemill.runner import known
from tidemill.runner.failure import add_note
from tidemill.runner.schedule import Schedule
from tidemill.runner.work import Known, Report, Work

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemill.pipeline.pipeline import Pipeline
    from tidemill.runner.runner import Executor
    from tidemill.runner.task import Task


class Event(NamedTuple):
    """Something that happened in a run."""

    what: Literal[
        "run begins", "node begins", "partitions", "partition begins", "partition done", "partition failed",
        "node done", "node failed", "node skipped", "run done", "run failed"
    ]  # fmt: skip
    #: The node; empty for the run.
    node: str = ""
    part: str | None = None
    #: Of "run begins", how many nodes; of "partitions", how many of them are to be done.
    number: int = 0
    error: BaseException | None = None
    at: float = 0.0


Observer: TypeAlias = Callable[[Event], object]


class Loop:
    """One run of one pipeline."""

    def __init__(self, pipeline: Pipeline, task: Task, *, keep_going: bool, on_event: Observer | None) -> None:
        """Begin at the beginning.

        Args:
            pipeline: What to run.
            task: Does it.
            keep_going: Whether to go on after a failure with what does not depend on it.
            on_event: Is told what happens, or None.
        """
        self.task = task
        self.failures: dict[str, BaseException] = {}
        self.skipped: set[int] = set()
        self.left = set(range(len(pipeline.graph.nodes)))
        self._nodes = pipeline.graph.nodes
        self._schedule = Schedule(pipeline)
        self._keep_going, self._on_event = keep_going, on_event
        self._queue: deque[Work] = deque()
        self._parts: dict[int, int] = {}  # of a node that runs for each partition: how many are not done
        self._broken: set[int] = set()  # of these, those of which a partition failed
        self._known: dict[str, Known] = {}
        self._lost: dict[Work, int] = {}
        self._running = 0

    @property
    def count_done(self) -> int:
        """How many nodes are done."""
        return len(self._nodes) - len(self.left)

    def run(self, executor: Executor) -> None:
        """Run until nothing is left, or until something fails.

        Raises:
            BaseException: What failed first, unless the run keeps going.
        """
        self._tell("run begins", number=len(self._nodes))
        first: BaseException | None = None
        while self._schedule or self._running:
            while first is None and executor.has_room() and (work := self._next()) is not None:
                self._running += 1
                executor.submit(work)
            if not self._running:
                break
            for work, outcome in executor.finished():
                self._running -= 1
                if not isinstance(outcome, BaseException):
                    self._done(work, outcome)
                elif self._may_try_again(work, outcome):
                    self._queue.append(work)
                elif isinstance(outcome, Exception) and self._keep_going:
                    self._failed(work, outcome)
                elif first is None:
                    first = outcome
                    self._tell_failed(work, outcome)
                else:
                    told = f"{type(outcome).__name__}: {printed(outcome)}"
                    add_note(first, f"Meanwhile, node '{self._name(work)}' failed: {told}")
                    self._tell_failed(work, outcome)
        if first is not None:
            raise first

    def end(self, error: BaseException | None = None) -> None:
        """Tell that the run is over."""
        self._tell("run done" if error is None else "run failed", error=error)

    def _next(self) -> Work | None:
        if self._queue:
            work = self._queue.popleft()
        else:
            position = self._schedule.take()
            if position is None:
                return None
            work = Work(position, "plan" if self._nodes[position].each else "node")
            if self._on_event is not None:
                self._tell("node begins", work)
        if self._on_event is not None and work.step == "part":
            self._tell("partition begins", work)
        return work if self.task.reports is False else self._informed(work)

    def _informed(self, work: Work) -> Work:
        node = self._nodes[work.position]
        names = {*node.inputs, *node.outputs, *node.confirms}
        return work._replace(known={name: self._known[name] for name in names if name in self._known} or None)

    def _done(self, work: Work, report: Report | None) -> None:
        if self.task.reports and work.step in {"node", "end"}:  # whatever others know of these is old
            self._learn(dict.fromkeys(self._nodes[work.position].outputs, Known()))
        if report is not None and report.known:
            self._learn(report.known)
        position = work.position
        if work.step == "plan":
            parts = report.parts if report is not None else ()
            self._tell("partitions", work, number=len(parts))
            self._parts[position] = len(parts)
            self._queue.extend(Work(position, "part", part) for part in parts)
            if not parts:
                self._queue.append(Work(position, "end"))
        elif work.step == "part":
            self._tell("partition done", work)
            self._part_ended(position)
        else:
            self.left.discard(position)
            self._release(self._schedule.done(position))
            self._tell("node done", work)

    def _learn(self, news: Mapping[str, Known]) -> None:
        self._known.update(news)
        known.keep_to(self.task.catalog, news)

    def _failed(self, work: Work, error: Exception) -> None:
        self.failures[self._name(work)] = error
        if work.step == "part":
            self._broken.add(work.position)
            self._tell("partition failed", work, error=error)
            self._part_ended(work.position)
            return
        self._tell("node failed", work, error=error)
        self._skip_after(work.position)

    def _part_ended(self, position: int) -> None:
        self._parts[position] -= 1
        if self._parts[position]:
            return
        if position in self._broken:
            self._tell("node failed", Work(position))
            self._skip_after(position)
        else:
            self._queue.append(Work(position, "end"))

    def _skip_after(self, position: int) -> None:
        skipped, released = self._schedule.failed(position)
        self.skipped.update(skipped)
        self._release(released)
        for each in skipped:
            self._tell("node skipped", Work(each))

    def _may_try_again(self, work: Work, outcome: BaseException) -> bool:
        """Tell whether work is to be begun again whose worker is gone; what raised was tried again where it ran."""
        if not isinstance(outcome, WorkerLostError):
            return False
        plain = work._replace(known=None)
        self._lost[plain] = self._lost.get(plain, 0) + 1
        return self._lost[plain] <= self.task.retries_of(self._nodes[work.position])

    def _release(self, names: list[str]) -> None:
        for name in names:
            self.task.catalog.release(name)
            self._known.pop(name, None)

    def _name(self, work: Work) -> str:
        name = self._nodes[work.position].name
        return name if work.part is None else f"{name}, partition '{work.part}'"

    def _tell_failed(self, work: Work, error: BaseException) -> None:
        if work.step == "part":
            self._tell("partition failed", work, error=error)
            if work.position in self._broken:
                return  # the node fails once, however many of its partitions do
            self._broken.add(work.position)
        self._tell("node failed", work, error=error)

    def _tell(
        self, what: Any, work: Work | None = None, *, number: int = 0, error: BaseException | None = None
    ) -> None:
        if self._on_event is not None:
            name, part = ("", None) if work is None else (self._nodes[work.position].name, work.part)
            self._on_event(Event(what, name, part, number, error, time.monotonic()))
