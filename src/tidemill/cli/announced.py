"""Whether an installed package announces a plugin: a look at the files behind entry points, which are not parsed."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def any_announced(groups: Iterable[str]) -> bool:
    """Tell whether any distribution on `sys.path` has entry points in one of these groups, or may have."""
    wanted = tuple(f"[{group}]".encode() for group in groups)
    return any(any(each in content for each in wanted) for content in _contents())


def _contents() -> Iterator[bytes]:
    for folder in sys.path:
        try:
            names = [each.name for each in os.scandir(folder or ".")]
        except NotADirectoryError:  # an archive: `importlib.metadata` looks inside
            yield from _archive(folder)
            continue
        except OSError:
            continue  # on the path, and not there
        for name in names:
            if name.endswith((".dist-info", ".egg-info", ".egg")):
                inner = (name, "EGG-INFO") if name.endswith(".egg") else (name,)
                try:
                    with open(os.path.join(folder, *inner, "entry_points.txt"), "rb") as file:
                        yield file.read()
                except OSError:
                    continue  # most distributions have none


def _archive(path: str) -> Iterator[bytes]:
    import zipfile

    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith("/entry_points.txt"):
                yield archive.read(name)
