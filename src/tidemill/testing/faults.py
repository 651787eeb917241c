"""Faults on purpose: a save runs in a forked child that dies at a chosen step or byte, or finds the disk full.

A drill lets the child die at every point there is and checks each time what the next process finds:

    for point in faults.drill(scenario, new_folder, DiskSteps): ...
"""

from __future__ import annotations

import functools
import os
import resource
import shutil
import signal
import tempfile
import traceback
import warnings
from typing import TYPE_CHECKING, NamedTuple, NoReturn, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tidemill.testing.steps import Steps

    Report = Callable[[str], None]
    Before = Callable[[Report], None]

#: After so many seconds a child hangs.
_PATIENCE = 180


class Scenario(Protocol):
    """A save that is to survive whatever happens to it."""

    def prepare(self, place: str) -> None:
        """Put into an empty place what was there before."""

    def act(self, place: str) -> None:
        """Save."""

    def check(self, place: str) -> None:
        """Assert that the old or the new is there, whole, and that the save can be repeated."""


class Point(NamedTuple):
    """Where a process dies: before its so manieth step, or when a file of it would grow past so many bytes."""

    step: int | None = None
    size: int | None = None
    what: str = ""

    def __str__(self) -> str:
        return f"before step {self.step}, {self.what}" if self.size is None else f"at byte {self.size} of a file"


class Ended(NamedTuple):
    """How a child ended: its steps, the signal that killed it, or what it raised."""

    steps: list[str]
    signal: int
    error: str


def drill(
    scenario: Scenario,
    new_place: Callable[[], str],
    steps: Callable[[str], Steps],
    *,
    sizes: bool = True,
    more_sizes: Iterable[int] = (),
    most: int | None = None,
    runs: Callable[..., Ended] | None = None,
) -> Iterator[Point]:
    """Let the save die at every point, checking each time what is left; yield each point that was survived.

    Args:
        scenario: What is saved.
        new_place: Returns an empty place, a new one each time.
        steps: Returns what notices the steps at a place.
        sizes: Whether to die in the middle of writing a file, too, where the place is a folder on local disk.
        more_sizes: Further bytes to die at, for a file that the save makes and removes again.
        most: To how many points to keep, from the first to the last; None for every one.
        runs: Runs the save in a child; `run` if left out.
    """
    runs = runs or run
    place = new_place()
    scenario.prepare(place)
    before = _files(place) if sizes else {}
    whole = runs(functools.partial(scenario.act, place), steps(place))
    if whole.error or whole.signal:
        raise AssertionError(f"The save does not even succeed without faults.\n{whole.error or whole.signal}")
    points = [Point(step=number, what=what) for number, what in enumerate([*whole.steps, "the end"])]
    cuts = _cuts(before, _files(place)) if sizes else set()
    points += [Point(size=size) for size in sorted(cuts | {*more_sizes})]
    for point in _spread(points, most):
        place = new_place()
        scenario.prepare(place)
        ended = runs(functools.partial(scenario.act, place), steps(place), point)
        if not ended.signal:
            if point.step is not None:
                raise AssertionError(f"The process did not die {point}.\n{ended.error}")
            continue  # no file of this save grows that long
        try:
            scenario.check(place)
        except Exception as exc:
            raise AssertionError(f"After a death {point}: {type(exc).__name__}: {exc}") from exc
        yield point


def run(action: Callable[[], None], steps: Steps | None = None, point: Point | None = None) -> Ended:
    """Run an action in a forked child that is killed at a point, if one is given.

    Args:
        action: What to run.
        steps: What notices its steps.
        point: Where it dies; None lets it live.
    """

    def before(report: Report) -> None:
        if point is not None and point.size is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_FSIZE, (point.size, point.size))
        elif steps is not None:
            steps.watch(report)

    return Child(action, before, -1 if point is None or point.step is None else point.step).ended()


def run_together(action: Callable[[int], None], processes: int) -> list[Ended]:
    """Run an action in so many forked children at the same moment, each with its number; return how each ended."""
    gate, opener = os.pipe()

    def at_the_gate(number: int) -> None:
        os.close(opener)
        os.read(gate, 1)  # returns when the last copy of the other end is closed
        action(number)

    children = [Child(functools.partial(at_the_gate, number)) for number in range(processes)]
    os.close(opener)
    ended = [each.ended() for each in children]
    os.close(gate)
    return ended


def run_on_full_disk(action: Callable[[], None], size: int) -> Ended:
    """Run an action in a forked child that cannot write a file past so many bytes: the write fails, as on a full disk.

    Args:
        action: What to run.
        size: How many bytes there are.
    """

    def before(_: Report) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return Child(action, before).ended()


def sizes_below(folder: str | os.PathLike[str]) -> list[int]:
    """Return the sizes of the files below a folder, each once."""
    return sorted({size for size, _ in _files(folder).values()})


def _spread(points: list[Point], most: int | None) -> list[Point]:
    """Return so many of the points, at even distances, the first and the last among them."""
    if most is None or len(points) <= most:
        return points
    return [points[round(index * (len(points) - 1) / (most - 1))] for index in range(most)]


def _files(folder: str | os.PathLike[str]) -> dict[str, tuple[int, int]]:
    paths = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names]
    return {path: (os.stat(path).st_size, os.stat(path).st_ino) for path in paths}


def _cuts(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> set[int]:
    """Return where to die in the middle of a write: at the first, middle and last byte of each new file."""
    written = {size for path, (size, inode) in after.items() if before.get(path) != (size, inode) and size}
    return {cut for size in written for cut in (0, size // 2, size - 1)}


class Child:
    """A forked child that runs an action, with a temporary folder of its own: what it leaves there goes when it ends.

    Libraries put files there that only their end removes, and it is killed before.
    """

    def __init__(self, action: Callable[[], None], before: Before | None = None, last_step: int = -1) -> None:
        """Start it.

        Args:
            action: What it runs.
            before: What it does first, given a function that reports a step.
            last_step: The step that it does not take: it is killed instead.
        """
        self._status: int | None = None
        self._temporary = tempfile.mkdtemp(prefix="tidemill-child-")
        read_end, write_end = os.pipe()
        with warnings.catch_warnings():
            # Python 3.12 warns of forks beside threads. The child runs one save and ends; it waits for no thread.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()
        if self._pid == 0:
            os.close(read_end)
            os.environ["TMPDIR"] = tempfile.tempdir = self._temporary
            _be_child(action, before, write_end, last_step)
        os.close(write_end)
        self._report = read_end

    def is_running(self) -> bool:
        """Tell whether it has not ended yet."""
        if self._status is None:
            ended, status = os.waitpid(self._pid, os.WNOHANG)
            self._status = status if ended else None
        return self._status is None

    def ended(self) -> Ended:
        """Wait for its end and return how it ended."""
        with open(self._report, encoding="utf-8") as file:
            lines = file.read().split("\0")
        status = os.waitpid(self._pid, 0)[1] if self._status is None else self._status
        self._status = status
        shutil.rmtree(self._temporary, ignore_errors=True)
        killed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if killed == signal.SIGALRM:
            raise AssertionError(f"The save hangs. Its last step: {lines[-2] if len(lines) > 1 else 'none'}")
        if killed not in {0, signal.SIGKILL, signal.SIGXFSZ}:
            raise AssertionError(f"The save died of {signal.Signals(killed).name}.")
        return Ended(lines[:-1], killed, lines[-1])


def _be_child(action: Callable[[], None], before: Before | None, pipe: int, last_step: int) -> NoReturn:
    """Run the action and end, one way or the other; never return into the parent's tests."""
    seen = 0

    def on_step(what: str) -> None:
        nonlocal seen
        if seen == last_step:
            os.kill(os.getpid(), signal.SIGKILL)
        seen += 1
        os.write(pipe, what.encode() + b"\0")

    status = 1
    try:
        signal.alarm(_PATIENCE)
        if before is not None:
            before(on_step)
        action()
        if seen == last_step:
            os.kill(os.getpid(), signal.SIGKILL)
        status = 0
    except BaseException:  # noqa: BLE001 - told to the parent
        os.write(pipe, traceback.format_exc().encode())
    finally:
        os._exit(status)
