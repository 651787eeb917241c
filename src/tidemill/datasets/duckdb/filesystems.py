"""fsspec's filesystems in DuckDB, each under a protocol of its own, for there may be several of one kind."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

from fsspec import AbstractFileSystem  # noqa: TID253 - imported where a file is read from one, never before

from tidemill.io.commit.objects import open_object
from tidemill.io.paths import HTTP_PROTOCOLS, protocols_of
from tidemill.io.threadlock import ThreadLock

if TYPE_CHECKING:
    import duckdb

_LOCK = ThreadLock()
_NAMED: dict[int, NamedFileSystem] = {}


def url_in(connection: duckdb.DuckDBPyConnection, fs: AbstractFileSystem, path: str) -> str:
    """Return the URL by which a connection reads a path on a filesystem."""
    with _LOCK:
        named = _NAMED.setdefault(id(fs), NamedFileSystem(fs, f"tidemill{len(_NAMED)}"))
        if not connection.filesystem_is_registered(named.protocol):
            connection.register_filesystem(named)
    return f"{named.protocol}://{path}"


class Downloaded(io.BufferedReader):
    """A file that closes itself when nobody holds it: DuckDB closes none."""

    def __del__(self) -> None:
        """Close it before Python sees that nobody did."""
        self.close()


class NamedFileSystem(AbstractFileSystem):  # type: ignore[misc]
    """Another filesystem, under another protocol."""

    cachable = False

    def __init__(self, fs: AbstractFileSystem, protocol: str) -> None:
        """Name it.

        Args:
            fs: The filesystem.
            protocol: Its new name.
        """
        super().__init__()
        self._inner, self.protocol = fs, protocol

    def _bare(self, path: str) -> str:
        return path.removeprefix(f"{self.protocol}://")

    def open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        """Open a file."""
        if mode == "rb" and {*HTTP_PROTOCOLS} & {*protocols_of(self._inner)}:
            file = open_object(self._inner, self._bare(path), {"mode": mode})  # its server may send whole files only
            return Downloaded(file.detach()) if isinstance(file, io.BufferedReader) else file
        return self._inner.open(self._bare(path), mode, **options)

    def info(self, path: str, **options: Any) -> Any:
        """Return what is known of a path."""
        return self._inner.info(self._bare(path), **options)

    def ls(self, path: str, detail: bool = True, **options: Any) -> Any:
        """List a folder."""
        return self._inner.ls(self._bare(path), detail, **options)

    def glob(self, path: str, **options: Any) -> Any:
        """Return the files that match a pattern."""
        return self._inner.glob(self._bare(path), **options)

    def modified(self, path: str) -> Any:
        """Return when a file was changed; this moment where that is not known, so that DuckDB keeps nothing of it."""
        try:
            return self._inner.modified(self._bare(path))
        except NotImplementedError:
            return dt.datetime.now(dt.timezone.utc)

    def unstrip_protocol(self, name: str) -> str:
        """Return a path with the protocol."""
        return f"{self.protocol}://{self._bare(name)}"
