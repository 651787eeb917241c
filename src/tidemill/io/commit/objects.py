"""Whole objects on any fsspec filesystem: read in one request where they are small, never seen half written."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tidemill.io.paths import protocols_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fsspec import AbstractFileSystem

#: What one request asks for: most files are shorter, and for a longer one it costs a moment.
_SMALL = 4 << 20
#: A large file goes to S3 in parts of this size, so many at a time: that much of it is in memory. 10,000 are the most.
_PART, _AT_A_TIME, _PARTS = 8 << 20, 4, 10_000
_WEB = {"http", "https"}
_PLAIN_OPTIONS = {"mode", "encoding", "errors", "newline"}


def open_object(fs: AbstractFileSystem, path: str, options: Mapping[str, Any]) -> IO[Any]:
    """Open a file to read; what is small is here already, and stays what it was when somebody writes.

    Args:
        fs: The filesystem.
        path: The path as it wants it.
        options: What `fs.open` takes: `mode`, and for text its encoding.
    """
    if options.keys() - _PLAIN_OPTIONS:
        file: IO[Any] = fs.open(path, **options)
        return file
    data = _small_object(fs, path)
    if data is not None:
        file = io.BytesIO(data)
    elif _WEB & {*protocols_of(fs)} and fs.info(path).get("partial") is not True:
        file = _downloaded(fs, path)  # its server tells all or nothing, and most libraries want to seek
    else:
        opened: IO[Any] = fs.open(path, **options)
        return opened
    text = {key: value for key, value in options.items() if key != "mode"}
    return file if "b" in options["mode"] else io.TextIOWrapper(file, **text)


def _downloaded(fs: AbstractFileSystem, path: str) -> IO[bytes]:
    """Return a copy of a file on local disk that is gone when it is closed."""
    import tempfile

    with tempfile.NamedTemporaryFile(prefix="tidemill-") as copy:
        fs.get_file(path, copy.name)
        return open(copy.name, "rb")


def read_object(fs: AbstractFileSystem, path: str) -> bytes:
    """Return what a small file holds."""
    data = _small_object(fs, path)
    return bytes(fs.cat_file(path)) if data is None else data


def write_object(fs: AbstractFileSystem, path: str, data: bytes, **options: Any) -> None:
    """Write a small file, in a folder that is made where there are folders."""
    try:
        fs.pipe_file(path, data, **options)
    except FileNotFoundError:
        if not _has_folders(fs):
            raise
        fs.makedirs(path.rpartition("/")[0], exist_ok=True)
        fs.pipe_file(path, data, **options)


def upload(fs: AbstractFileSystem, source: str, path: str) -> None:
    """Put a local file where readers see the old one or the new one, whole; where that is not one step, by a rename."""
    if "memory" in protocols_of(fs):
        fs.pipe_file(path, Path(source).read_bytes())  # `put_file` would show it while it grows
    elif {"s3", "s3a"} & {*protocols_of(fs)}:
        # Left to itself it reads 100 MB at once, and ten parts of 50 MB of what is larger.
        part = max(_PART, -(-os.path.getsize(source) // _PARTS))
        fs.put_file(source, path, chunksize=part, max_concurrency=_AT_A_TIME)
    elif not _has_folders(fs):
        fs.put_file(source, path)
    else:
        folder, _, name = path.rpartition("/")
        unfinished = f"{folder}/.{name}.{os.urandom(6).hex()}.tmp"
        fs.makedirs(folder, exist_ok=True)
        try:
            fs.put_file(source, unfinished)
            fs.mv(unfinished, path)
        except BaseException:  # Ctrl-C too must leave nothing behind
            if fs.exists(unfinished):
                fs.rm_file(unfinished)
            raise


def _small_object(fs: AbstractFileSystem, path: str) -> bytes | None:
    """Return all of a file by one request; None if it is long, or this filesystem is not one of requests."""
    if "memory" in protocols_of(fs):
        return bytes(fs.cat_file(path))  # `open` would share one position among all readers
    if _has_folders(fs) or _WEB & {*protocols_of(fs)}:
        return None
    try:
        data = bytes(fs.cat_file(path, start=0, end=_SMALL))
    except (FileNotFoundError, PermissionError):
        raise
    except OSError:
        return None  # an empty object has no first byte to ask for
    return data if len(data) < _SMALL else None


def _has_folders(fs: AbstractFileSystem) -> bool:
    """Tell whether it is one like a disk; fsspec's stores of objects are asynchronous."""
    return not fs.async_impl and "memory" not in protocols_of(fs)
