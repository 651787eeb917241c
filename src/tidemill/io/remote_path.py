"""The new content of an unversioned path on a filesystem that is not the local disk, for code that writes by itself."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from tidemill.io.liveness import is_gone, this_process
from tidemill.io.paths import STAGING, join

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


class RemotePath:
    """Written below `.tidemill/` beside the target, then copied over it, object by object.

    Code that opens a remote file and fails leaves half an object when the file is closed: it must not be the target.
    Like a path on local disk it begins as a copy of the old content, so that code may append to it.
    """

    def __init__(self, fs: AbstractFileSystem, target: str) -> None:
        """Begin.

        Args:
            fs: The filesystem.
            target: The path to replace.
        """
        self._fs, self._target = fs, target.rstrip("/")
        parent, _, name = self._target.rpartition("/")
        _sweep(fs, join(parent, STAGING))
        self._folder = join(parent, STAGING, _token())
        self.path = join(self._folder, name)
        try:
            for relative in self._below(self._target):
                fs.cp_file(self._target + relative, self.path + relative)
        except BaseException:
            self.abort()
            raise

    def publish(self) -> None:
        """Make what was written current, each object at once."""
        new = self._below(self.path)
        if new:
            for relative in new:
                self._fs.cp_file(self.path + relative, self._target + relative)
            for relative in {*self._below(self._target)} - {*new}:
                self._fs.rm_file(self._target + relative)
        self.abort()

    def abort(self) -> None:
        """Remove what was staged."""
        _remove(self._fs, self._folder)
        self._fs.invalidate_cache(self._target)

    def _below(self, path: str) -> list[str]:
        """Return what is at a path, relative to it: an empty string for a file, `/...` for the files of a folder."""
        self._fs.invalidate_cache(path)
        start = len(str(self._fs._strip_protocol(path)))
        return [each[start:] for each in self._fs.find(path) if each[start : start + 1] in {"", "/"}]


def _token() -> str:
    me = this_process()
    return f"{_machine(me['machine'])}-{me['pid']}-{me['started']}-{os.urandom(6).hex()}"


def _machine(name: str) -> str:
    return hashlib.blake2s(name.encode(), digest_size=8).hexdigest()


def _sweep(fs: AbstractFileSystem, folder: str) -> None:
    """Remove what writers left there that are known to be gone."""
    me = this_process()["machine"]
    fs.invalidate_cache(folder)
    try:
        names = [path.rstrip("/").rpartition("/")[2] for path in fs.ls(folder, detail=False)]
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        machine, pid, started, _ = [*name.split("-"), "", "", "", ""][:4]
        if machine == _machine(me) and is_gone({"machine": me, "pid": int(pid or 0), "started": started}):
            _remove(fs, join(folder, name))


def _remove(fs: AbstractFileSystem, folder: str) -> None:
    fs.invalidate_cache(folder)
    for path in fs.find(folder):
        fs.rm_file(path)
