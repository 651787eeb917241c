"""The steps of a save, at each of which its process may die: what it changes on a disk, and what it asks of a store."""

from __future__ import annotations

import functools
import os
import sys
from typing import TYPE_CHECKING, Any, Protocol

from tidemill.io.commit import local

if TYPE_CHECKING:
    from collections.abc import Callable

    OnStep = Callable[[str], None]

_CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "os.chmod", "os.link", "os.symlink"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Steps(Protocol):
    """Something that notices steps."""

    def watch(self, on_step: OnStep) -> None:
        """Call `on_step` before each step of this process, from now until it ends."""


class DiskSteps:
    """Files opened to be written, folders made, renames, removals, exchanges and flushes, below one folder."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """Watch a folder.

        Args:
            folder: Steps elsewhere, such as the bytecode of an import, do not count.
        """
        self._folder = os.path.realpath(folder)

    def watch(self, on_step: OnStep) -> None:
        """Call `on_step` before each; there is no way back, so this is for a process that is about to end."""

        def audit(event: str, args: tuple[Any, ...]) -> None:
            if event in _CHANGES or (event == "open" and isinstance(args[2], int) and args[2] & _WRITES):
                path = args[0]
                if isinstance(path, (str, bytes, os.PathLike)) and self._is_inside(path):
                    on_step(f"{event} {os.path.basename(os.fsdecode(path))}")

        def fsync(fd: Any) -> None:
            on_step(f"fsync {_name(fd)}")
            flush(fd)

        def exchange(source: str, target: str) -> bool:
            on_step(f"exchange {os.path.basename(target)}")
            return swap(source, target)

        flush, swap = os.fsync, local.exchange
        os.fsync, local.exchange = fsync, exchange  # the two that Python does not report to audit hooks
        sys.addaudithook(audit)

    def _is_inside(self, path: str | bytes | os.PathLike[Any]) -> bool:
        parent = os.path.realpath(os.fsdecode(os.path.dirname(os.fspath(path))))
        return parent == self._folder or parent.startswith(self._folder + os.sep)


def _name(descriptor: int) -> str:
    try:
        return os.path.basename(os.readlink(f"/proc/self/fd/{descriptor}"))
    except OSError:  # no Linux
        return "?"


class RequestSteps:
    """Requests that the S3 client sends."""

    def __init__(self, *, reads: bool = True) -> None:
        """Watch all requests, or those only that change something.

        Args:
            reads: Whether reading requests are steps too. A death before one leaves the store as a death before the
                next change does, at the price of one more process.
        """
        self._methods = {"PUT", "POST", "DELETE", *(("GET", "HEAD") if reads else ())}

    def watch(self, on_step: OnStep) -> None:
        """Call `on_step` before each."""
        from aiobotocore.httpsession import AIOHTTPSession

        send, methods = AIOHTTPSession.send, self._methods

        @functools.wraps(send)
        async def counted(self: Any, request: Any) -> Any:
            if request.method in methods:
                on_step(f"{request.method} {request.url}")
            return await send(self, request)

        AIOHTTPSession.send = counted
