"""PathDataset: files and folders that a library reads and writes by itself, given their path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from tidemill.errors import DatasetError
from tidemill.io.dataset import In, Out
from tidemill.io.file import FileDataset
from tidemill.io.paths import HTTP_PROTOCOLS
from tidemill.io.secrets.redaction import mask_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from tidemill.io import store as stores

_PATTERN = frozenset("*?[")


class PathDataset(FileDataset[In, Out], Generic[In, Out]):
    """A file or a folder, for libraries that want its path instead of an open file.

    A format writes `_read_path(path)` and `_write_path(path, data)`, for a path as the filesystem wants it: on local
    disk a plain path, elsewhere what `self._fs` takes. In a save it is a place that nobody reads yet, and it is empty
    unless `_adds()` says that the save adds to what is there. What `_read_path` returns may be lazy: that there is
    something at the path has been seen, a pattern such as `tides/*.csv` excepted.
    """

    def _read_path(self, path: str) -> Out:
        """Return what is at the path; keyword arguments besides are those of one `load`."""
        raise NotImplementedError(f"{type(self).__name__} cannot be loaded: its author wrote no `_read_path`.")

    def _write_path(self, path: str, data: In) -> None:
        """Write the data to the path, whose folder exists on local disk."""
        raise NotImplementedError(f"{type(self).__name__} cannot be saved: its author wrote no `_write_path`.")

    def _adds(self) -> bool:
        """Tell whether saves add to what is there."""
        return False

    def _load(self, **load_args: Any) -> Out:
        read: Callable[..., Out] = self._read_path  # a format may take arguments of the load, or not
        path = self._on_fs(str(self._get_load_path()))
        if not (self._version or self._is_pattern() or self._store.exists(path)):
            raise FileNotFoundError(f"No such file or folder: {mask_url(path)}")
        return read(path, **load_args)

    def _save(self, data: In) -> None:
        self._write_path(self._on_fs(str(self._get_save_path())), data)

    def _new_content(self) -> stores.NewContent:
        if self._protocol in HTTP_PROTOCOLS:
            raise DatasetError(f"HTTP(S) cannot be saved to: {mask_url(self._url)}. Choose a filepath on a store.")
        if self._is_pattern():
            raise DatasetError(
                f"{mask_url(self._url)} is a pattern, which names files to load; a save needs one path. Name a folder."
            )
        return self._store.overwrite(self._on_fs(str(self._filepath)), keep=self._adds())

    def _is_pattern(self) -> bool:
        """Tell whether the filepath stands for all files that match it; a name on disk may have such letters."""
        return not _PATTERN.isdisjoint(self._filepath.name) and not self._store.exists(self._on_fs(str(self._filepath)))
