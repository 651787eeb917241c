"""Who is writing, said so that others on the same machine can tell whether that process is gone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def this_process() -> dict[str, Any]:
    """Return who we are: the host for people, the rest for `is_gone`."""
    pid = os.getpid()
    return {"host": os.uname().nodename, "machine": _machine(), "pid": pid, "started": _started(pid)}


def is_gone(writer: Mapping[str, Any]) -> bool:
    """Tell whether a process is known to be gone; of other machines, containers and boots nothing is known."""
    pid, machine = writer.get("pid"), writer.get("machine")
    if not isinstance(pid, int) or not machine or machine != _machine():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    started = writer.get("started")
    return started is not None and _started(pid) != started  # its number has gone to another process


def kernel() -> str:
    """Return what is the same for all processes that see each other's locks: those of one kernel since it started."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return os.uname().nodename  # no Linux: no containers that share a host's name


def _machine() -> str:
    """Return what is the same for all processes that see each other's numbers, and for no others."""
    try:
        return f"{kernel()}:{os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return kernel()


def _started(pid: int) -> str | None:
    """Return when a process began, in the kernel's clock, or None where that cannot be seen."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return status.rpartition(")")[2].split()[19]
