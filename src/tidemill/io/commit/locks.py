"""Locks that die with their owner (`flock`), on files and folders, and what to do where there are none."""

from __future__ import annotations

import contextlib
import importlib
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

fcntl: Any = None  # a system without flock: nobody is known to be gone there
with contextlib.suppress(ImportError):
    fcntl = importlib.import_module("fcntl")


def try_lock(descriptor: int) -> bool | None:
    """Lock an open file or folder for this process until `unlock`.

    Returns:
        True if it is ours, False if someone alive holds it, None where the file system has no locks: then nobody is
        known to be gone.
    """
    if fcntl is None:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def unlock(descriptor: int) -> None:
    """Release and close what was locked."""
    if fcntl is not None:
        with contextlib.suppress(OSError):  # no locks here
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # closing is not enough while a forked child has it open too
    os.close(descriptor)


@contextlib.contextmanager
def held(folder: str, *, shared: bool = False) -> Iterator[bool]:
    """Lock a folder for a moment, waiting for who holds it; yields False where the file system has no locks.

    Args:
        folder: The folder.
        shared: Whether others may hold it in the same way.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield _wait(descriptor, shared=shared)
    finally:
        unlock(descriptor)


def _wait(descriptor: int, *, shared: bool) -> bool:
    if fcntl is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
    except OSError:
        return False
    return True


def still_at(path: str, descriptor: int) -> os.stat_result | None:
    """Return what is known of an open file or folder if the path still names it, or None."""
    try:
        there = os.lstat(path)
    except FileNotFoundError:
        return None
    here = os.fstat(descriptor)
    return here if os.path.samestat(there, here) else None
