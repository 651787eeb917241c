"""LocalPathDataset: formats whose library wants a path on local disk, of a file or of a folder."""

from __future__ import annotations

import os
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Generic

from tidemill.io.bypath import PathDataset
from tidemill.io.dataset import In, Out
from tidemill.io.paths import HTTP_PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Callable


class LocalPathDataset(PathDataset[In, Out], Generic[In, Out]):
    """A file or a folder that a library reads and writes by its path on local disk, whatever filesystem it is on.

    A format writes `_read_local(path)` and `_write_local(path, data)`. The path has the name that the user gave, for
    libraries go by its ending. Elsewhere than on local disk it is in a temporary folder: downloaded before and gone
    after a load, uploaded after a save.
    """

    def _read_local(self, path: str) -> Out:
        """Return what is at the path; keyword arguments besides are those of one `load`."""
        raise NotImplementedError(f"{type(self).__name__} cannot be loaded: its author wrote no `_read_local`.")

    def _write_local(self, path: str, data: In) -> None:
        """Write the data to the path, whose folder exists."""
        raise NotImplementedError(f"{type(self).__name__} cannot be saved: its author wrote no `_write_local`.")

    def _read_path(self, path: str, **load_args: Any) -> Out:
        read: Callable[..., Out] = self._read_local  # a format may take arguments of the load, or not
        if self._protocol == "file":
            return read(path, **load_args)
        with TemporaryDirectory(prefix="tidemill-") as folder:
            return read(self._download(path, folder), **load_args)

    def _write_path(self, path: str, data: In) -> None:
        if self._protocol == "file":
            self._write_local(path, data)
            return
        with TemporaryDirectory(prefix="tidemill-") as folder:
            local = os.path.join(folder, self._filepath.name)
            self._write_local(local, data)
            for each in _files(local):
                self._upload(each, path + each[len(local) :])

    def _download(self, path: str, folder: str) -> str:
        """Copy the file or folder at a path of the filesystem into a local folder, and return where it is there."""
        local = os.path.join(folder, self._filepath.name)
        if self._protocol in HTTP_PROTOCOLS:
            self._fs.get_file(path, local)
            return local
        self._fs.invalidate_cache(path)
        for each in self._fs.find(path):
            target = local + each[len(path.rstrip("/")) :]
            os.makedirs(os.path.dirname(target), exist_ok=True)
            self._fs.get_file(each, target)
        return local


def _files(path: str) -> list[str]:
    if not os.path.isdir(path):
        return [path]
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)
