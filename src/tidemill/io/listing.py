"""The files of a folder, on local disk at the speed of `os.scandir`, elsewhere by one `find`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tidemill.io.paths import STAGING, is_hidden

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fsspec import AbstractFileSystem


def local_files(root: str, suffix: str) -> list[str]:
    """Return the paths, relative to the folder and without the suffix, of all files below that end with it.

    Sorted; links are followed, each folder once; staging folders and unfinished files are left out.
    """
    found: list[str] = []
    linked = {os.path.realpath(root)}
    folders = [("", root)]
    cut = -len(suffix) or None
    while folders:
        prefix, folder = folders.pop()
        with os.scandir(folder) as entries:
            files = [*entries]
        below = [entry for entry in files if entry.is_dir()]
        if below:
            folders += [
                (f"{prefix}{entry.name}/", entry.path)
                for entry in below
                if entry.name != STAGING and not (entry.is_symlink() and _seen(entry.path, linked))
            ]
            files = [entry for entry in files if not entry.is_dir()]
        found += [
            prefix + name[:cut]
            for entry in files
            if (name := entry.name).endswith(suffix) and (name[0] != "." or not is_hidden(name))
        ]
    found.sort()
    return found


def _seen(path: str, linked: set[str]) -> bool:
    real = os.path.realpath(path)
    if real in linked:
        return True
    linked.add(real)
    return False


def files_on(fs: AbstractFileSystem, root: str, suffix: str, options: Mapping[str, Any]) -> list[str]:
    """Return the same for a folder of any filesystem.

    Args:
        fs: The filesystem.
        root: The folder, as this filesystem wants it.
        suffix: What the files end with.
        options: Further arguments for `find`, such as `maxdepth` and `withdirs`.
    """
    fs.invalidate_cache(root)
    start = len(root.rstrip("/")) + 1
    cut = -len(suffix) or None
    paths = fs.find(root, **options)
    return sorted(
        path[start:cut] for path in paths if path.endswith(suffix) and len(path) > start and not is_hidden(path[start:])
    )
