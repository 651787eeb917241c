"""The new content of an unversioned path on a filesystem that is not the local disk, for code that writes by itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tidemill.io.commit.liveness import is_gone, this_process
from tidemill.io.paths import STAGING, join
from tidemill.io.warning import warn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fsspec import AbstractFileSystem


class RemotePath:
    """Written below `.tidemill/` beside the target, then copied over it, object by object.

    Code that opens a remote file and fails leaves half an object when the file is closed: it must not be the target.
    Like a path on local disk it begins as a copy of the old content, so that code may append to it, or with nothing.
    """

    def __init__(self, fs: AbstractFileSystem, target: str, *, keep: bool = True) -> None:
        """Begin.

        Args:
            fs: The filesystem.
            target: The path to replace.
            keep: Whether to begin with a copy of the old content.
        """
        self._fs, self._target = fs, target.rstrip("/")
        parent, _, name = self._target.rpartition("/")
        _sweep(fs, join(parent, STAGING))
        self.path = join(parent, STAGING, _token(), name)
        self._old = self._below(self._target)
        try:
            for relative in self._old if keep else ():
                fs.cp_file(self._target + relative, self.path + relative)
        except BaseException:  # Ctrl-C too must leave nothing behind
            self.abort()
            raise

    def publish(self) -> None:
        """Make what was written current, each object at once."""
        new = self._below(self.path)
        for relative in new:
            self._fs.cp_file(self.path + relative, self._target + relative)
        if new:  # otherwise nothing was written
            self._remove(self._target, {*self._old} - {*new})
        self._remove(self.path, new)

    def abort(self) -> None:
        """Remove what was staged."""
        try:
            self._remove(self.path, self._below(self.path))
        except Exception as exc:  # noqa: BLE001 - whatever it is must not hide why the save failed
            warn(f"What was not finished stays at {self.path}: {type(exc).__name__}: {exc}. Nobody reads it.")

    def _remove(self, path: str, files: Iterable[str]) -> None:
        for relative in files:
            self._fs.rm_file(path + relative)
        self._fs.invalidate_cache(path)

    def _below(self, path: str) -> list[str]:
        """Return what is at a path, relative to it: an empty string for a file, `/...` for the files of a folder."""
        self._fs.invalidate_cache(path)
        start = len(str(self._fs._strip_protocol(path)))
        return [each[start:] for each in self._fs.find(path) if each[start : start + 1] in {"", "/"}]


def _token() -> str:
    me = this_process()
    return f"{_machine(me['machine'])}-{me['pid']}-{me['started'] or ''}-{os.urandom(6).hex()}"


def _machine(name: str) -> str:
    import hashlib  # it loads OpenSSL, which no import should cost

    return hashlib.blake2s(name.encode(), digest_size=8).hexdigest()


def _sweep(fs: AbstractFileSystem, folder: str) -> None:
    """Remove what writers left there that are known to be gone."""
    me = this_process()["machine"]
    fs.invalidate_cache(folder)
    for path in fs.find(folder):
        token = path.rpartition(f"/{STAGING}/")[2].partition("/")[0]
        machine, pid, started = [*token.split("-"), "", "", ""][:3]
        if machine == _machine(me) and is_gone({"machine": me, "pid": int(pid), "started": started or None}):
            fs.rm_file(path)
