"""The hidden folder where one writer works: `<base>/.tidemill/<random>/`, locked while the writer lives."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import time
from typing import TYPE_CHECKING

from tidemill.io.commit import local, locks
from tidemill.io.commit.liveness import kernel
from tidemill.io.paths import STAGING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Each try but the last was undone by somebody else; a link that leads nowhere undoes them all.
_MOST_TRIES = 1000
_LONG = 7 * 24 * 60 * 60


class Workspace:
    """A folder that is ours until it is closed, discarded, or this process ends; then the next writer removes it."""

    def __init__(self, base: str) -> None:
        """Make it; nothing of it needs to survive a power loss, so nothing is flushed.

        Args:
            base: The folder of the data, which is made if it is missing.
        """
        self._base = base
        self.path, self._lock = _new(base)

    def close(self) -> None:
        """Give it up; what is still in it is a left-over."""
        if self._lock is not None:
            locks.unlock(self._lock)
            self._lock = None
            drop_empty(self._base)

    def discard(self) -> None:
        """Remove it with all it holds."""
        if self._lock is not None:
            local.remove(self.path)
            self.close()


def workspaces(base: str) -> list[str]:
    """Return the paths of all that are there, alive or dead."""
    root = os.path.join(base, STAGING)
    try:
        return [os.path.join(root, name) for name in sorted(os.listdir(root))]
    except (FileNotFoundError, NotADirectoryError):
        return []


def abandoned(base: str) -> Iterator[str]:
    """Yield those whose writer is gone, each locked until the next is asked for.

    Locks on folders are not seen across a network: what another machine, or this one before it was started again,
    left there is taken for abandoned when nothing has happened in it for a week.
    """
    for path in workspaces(base):
        if not os.path.basename(path).startswith(_here()) and not _is_old(path):
            continue
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except OSError:
            continue  # gone already, or not ours to open
        try:
            if locks.try_lock(descriptor) is True and locks.still_at(path, descriptor):
                yield path
        finally:
            locks.unlock(descriptor)


@functools.cache
def _here() -> str:
    """Return a short name of the machine, as locks know it."""
    return kernel()[:8]


def _is_old(path: str) -> bool:
    try:
        return os.stat(path).st_mtime < time.time() - _LONG
    except FileNotFoundError:
        return False


def drop_empty(base: str) -> None:
    """Remove `<base>/.tidemill` when nothing is left in it."""
    with contextlib.suppress(OSError):  # someone else is at work there
        os.rmdir(os.path.join(base, STAGING))


def _new(base: str) -> tuple[str, int | None]:
    root = os.path.join(base, STAGING)
    for _ in range(_MOST_TRIES):
        local.make_folder(base)
        folder = os.path.join(root, f"{_here()}-{os.urandom(6).hex()}")
        try:
            with contextlib.suppress(FileExistsError):
                os.mkdir(root)
            os.mkdir(folder)
            descriptor = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue  # another writer has just removed the empty `.tidemill`, or took the new folder for a left-over
        if locks.try_lock(descriptor) is not False and locks.still_at(folder, descriptor):
            return folder, descriptor
        os.close(descriptor)  # a sweeper was here before the lock
    raise FileNotFoundError(errno.ENOENT, "No folder can be made there", root)
