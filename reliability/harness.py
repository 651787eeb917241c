"""Faults in forked children, the same for any library: death at a step or a byte, a full disk, many at once."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import warnings
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 60
_CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "os.link", "os.symlink"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Save(Protocol):
    """A save over what was there, and how what is there can be told."""

    def before(self, place: str) -> None:
        """Save the old."""

    def save(self, place: str) -> None:
        """Save the new."""

    def found(self, place: str) -> str:
        """Load in a fresh process: "old", "new", or what else is there. An error counts as torn."""


class Point(NamedTuple):
    """Where the process dies: before its so manieth step, or when a file would grow past so many bytes."""

    step: int = -1
    size: int = -1


def kill_everywhere(save: Save, *, s3: bool = False, most: int | None = None) -> Counter[str]:
    """Kill the save at each of its points, and count what the next process finds, and whether it can save again."""
    with _place(s3) as place:
        child(lambda: save.before(place))
        files_before = _files(place)
        steps = child(lambda: save.save(place), watching=(place, s3)).value
        written = {each[0] for path, each in _files(place).items() if files_before.get(path) != each and each[0]}
    points = [Point(step=number) for number in range(int(steps) + 1)]
    points += [Point(size=cut) for cut in sorted({cut for size in written for cut in (0, size // 2, size - 1)})]
    if most is not None and len(points) > most:
        points = [points[round(index * (len(points) - 1) / (most - 1))] for index in range(most)]
    outcomes: Counter[str] = Counter()
    for point in points:
        with _place(s3) as place:
            child(lambda: save.before(place))
            ended = child(lambda: save.save(place), watching=(place, s3), point=point)
            if point.size >= 0 and not ended.killed:
                continue  # no file of this save grows that long
            outcomes[_found(save, place)] += 1
    return outcomes


def fill_disk(save: Save, *, most: int | None = None) -> Counter[str]:
    """Let writes fail past so many bytes, as on a full disk, and count what the next process finds."""
    with _place(False) as place:
        child(lambda: save.before(place))
        child(lambda: save.save(place))
        longest = max(size for size, *_ in _files(place).values())
    outcomes: Counter[str] = Counter()
    cuts = sorted({longest * part // 20 for part in range(20)})
    for size in cuts[:: max(1, len(cuts) // most)] if most else cuts:
        with _place(False) as place:
            child(lambda: save.before(place))
            child(lambda: save.save(place), room=size)
            outcomes[_found(save, place)] += 1
    return outcomes


def _found(save: Save, place: str) -> str:
    def check() -> str:
        try:
            found = save.found(place)
        except FileNotFoundError:
            return "lost"
        except Exception as exc:  # noqa: BLE001 - whatever the library says of what it finds
            return "lost" if "not found" in str(exc).lower() or "no such file" in str(exc).lower() else "torn"
        return found

    found = child(check)
    if found.killed:
        return "hung"
    again = child(lambda: (save.save(place), save.found(place))[1])
    if found.value in {"old", "new"} and again.value != "new":
        return f"{found.value}, then stuck"
    return str(found.value)


class Ended(NamedTuple):
    """How a child ended: what its action returned, or the steps it took if they were watched; its error; its signal."""

    value: Any
    error: str
    killed: int


def child(action: Callable[[], Any], **faults: Any) -> Ended:
    """Run an action in a forked child with the faults that `start` takes, and wait for its end."""
    return wait(start(action, **faults))


def start(
    action: Callable[[], Any],
    *,
    watching: tuple[str, bool] | None = None,
    point: Point | None = None,
    room: int | None = None,
) -> tuple[int, int]:
    """Run an action in a forked child; return its process and the pipe that it reports to.

    Args:
        action: What it does; what it returns must be JSON.
        watching: The place whose steps count, and whether it is on S3, where requests are steps.
        point: Where it dies.
        room: How many bytes a file of it may have.
    """
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    os.close(reading)
    answer: dict[str, Any] = {"value": None, "error": ""}
    steps = [0]
    try:
        signal.alarm(PATIENCE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _silence()
        limit = room if room is not None else point.size if point is not None and point.size >= 0 else None
        if limit is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN if room is not None else signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        elif watching is not None:
            _watch(*watching, steps, -1 if point is None else point.step)
        answer["value"] = action()
        if point is not None and point.step == steps[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        if watching is not None:
            answer["value"] = steps[0]
    except BaseException as exc:  # noqa: BLE001 - told to the parent
        answer["error"] = f"{type(exc).__name__}: {exc}"
    finally:
        os.write(writing, json.dumps(answer, default=repr).encode()[:60_000])
        os._exit(0)


def wait(started: tuple[int, int]) -> Ended:
    """Wait for the end of what was started."""
    pid, reading = started
    with open(reading, encoding="utf-8") as file:
        said = file.read()
    status = os.waitpid(pid, 0)[1]
    killed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    answer = json.loads(said) if said and not killed else {"value": None, "error": ""}
    return Ended(answer["value"], answer["error"], killed)


def together(action: Callable[[int], Any], count: int) -> list[Ended]:
    """Run an action in so many children at the same moment, each with its number."""
    gate, opener = os.pipe()
    os.set_inheritable(opener, False)

    def of(number: int) -> Callable[[], Any]:
        def act() -> Any:
            os.close(opener)
            os.read(gate, 1)
            return action(number)

        return act

    started = [start(of(number)) for number in range(count)]
    os.close(opener)
    ended = [wait(each) for each in started]
    os.close(gate)
    return ended


def _watch(place: str, s3: bool, steps: list[int], last: int) -> None:
    """Kill this process before its step of this number; there is no way back."""

    def step() -> None:
        if steps[0] == last:
            os.kill(os.getpid(), signal.SIGKILL)
        steps[0] += 1

    if s3:
        from aiobotocore.httpsession import AIOHTTPSession

        send = AIOHTTPSession.send

        async def counted(self: Any, request: Any) -> Any:
            step()
            return await send(self, request)

        AIOHTTPSession.send = counted
        return
    inside = os.path.realpath(place)

    def audit(event: str, args: tuple[Any, ...]) -> None:
        if event in _CHANGES or (event == "open" and isinstance(args[2], int) and args[2] & _WRITES):
            path = args[0]
            if isinstance(path, (str, bytes, os.PathLike)):
                parent = os.path.realpath(os.fsdecode(os.path.dirname(os.fspath(path))))
                if parent == inside or parent.startswith(inside + os.sep):
                    step()

    flush = os.fsync

    def fsync(descriptor: Any) -> None:
        step()
        flush(descriptor)

    os.fsync = fsync  # Python tells audit hooks of no flush
    sys.addaudithook(audit)


def _silence() -> None:
    import logging

    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def _files(place: str) -> dict[str, tuple[int, int, int]]:
    """Return size, time and inode of each file: what a save wrote has others than before."""
    if "://" in place:
        return {}
    paths = [os.path.join(at, name) for at, _, names in os.walk(place) for name in names]
    found = {path: os.stat(path) for path in paths}
    return {path: (each.st_size, each.st_mtime_ns, each.st_ino) for path, each in found.items()}


_places = [0]


@contextmanager
def _place(s3: bool) -> Iterator[str]:
    """Yield an empty folder, or a place on S3 that nobody else uses."""
    if s3:
        _places[0] += 1
        yield f"s3://{os.environ['DRILL_BUCKET']}/{os.getpid()}-{_places[0]}"
        return
    folder = tempfile.mkdtemp(prefix="drill-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def folder() -> Iterator[str]:
    """Yield an empty folder on local disk."""
    with _place(False) as place:
        yield place
