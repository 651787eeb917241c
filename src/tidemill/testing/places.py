"""Where the suites put data: an empty folder on each kind of filesystem, and what is left there."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
from typing import TYPE_CHECKING, Any

from tidemill.io.paths import STAGING
from tidemill.testing import s3

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

PLACES = ("disk", "file", "memory", "s3")
_UNFINISHED = re.compile(r"^\..+\.tmp$")
_numbers = itertools.count(1)
_clients: dict[Any, Any] = {}


@contextlib.contextmanager
def new_place(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield the path or URL of an empty folder.

    Args:
        kind: One of PLACES: a path, a `file://` URL, `memory://`, or S3 as set by environment variables.
        folder: A folder on local disk.
        monkeypatch: Sets the variables.
    """
    if kind == "disk":
        yield str(folder)
    elif kind == "file":
        yield f"file://{folder}"
    elif kind == "memory":
        with _memory() as url:
            yield url
    else:
        with _bucket(monkeypatch) as url:
            yield url


@contextlib.contextmanager
def _memory() -> Iterator[str]:
    import fsspec

    url = f"memory://place-{next(_numbers)}"
    yield url
    fs = fsspec.filesystem("memory")
    if fs.exists(url):
        fs.rm(url, recursive=True)


@contextlib.contextmanager
def _bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    bucket = s3.new_bucket()
    from s3fs import S3FileSystem

    for name, value in s3.environment().items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    # Clients that were made elsewhere do not know of these variables; ours are kept, each takes a while to make.
    cache: dict[Any, Any] = S3FileSystem._cache  # noqa: SLF001 - `clear_instance_cache` is all that is public
    theirs = dict(cache)
    _swap(cache, _clients)
    try:
        yield f"s3://{bucket}"
    finally:
        _clients.update(cache)
        _swap(cache, theirs)


def _swap(cache: dict[Any, Any], content: dict[Any, Any]) -> None:
    cache.clear()
    cache.update(content)


def leftovers(folder: str | os.PathLike[str]) -> list[str]:
    """Return what saves left behind below a folder on local disk: staging folders, and files that are not whole."""
    found = []
    for current, folders, files in os.walk(folder):
        names = [name for name in folders if name == STAGING] + [name for name in files if _UNFINISHED.match(name)]
        found += [os.path.relpath(os.path.join(current, name), folder) for name in names]
    return sorted(found)
