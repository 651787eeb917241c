"""Whether the files of a version are still those that its manifest names."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from tidemill.io import store as stores
from tidemill.io.commit.checksum import ALGORITHM, checksum_of
from tidemill.io.manifest import WRITING
from tidemill.io.paths import MANIFEST, join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidemill.io.manifest import File, Manifest
    from tidemill.io.versioned import AbstractVersionedDataset

WHOLE, DAMAGED, UNKNOWN, UNFINISHED = "whole", "damaged", "unknown", "unfinished"


class Verdict(NamedTuple):
    """What is true of one version.

    Attributes:
        version: Its name.
        state: `whole`, `damaged`, `unknown` (it has no manifest, so it comes from elsewhere) or `unfinished` (somebody
            writes it, or died over it; no reader takes it for a version).
        problems: What is wrong with which file.
        files: How many files were compared.
        bytes: How large they are.
    """

    version: str
    state: str
    problems: tuple[str, ...] = ()
    files: int = 0
    bytes: int = 0


def verify(dataset: AbstractVersionedDataset[Any, Any], version: str | None = None) -> Iterator[Verdict]:
    """Yield what is true of each version, newest first, or of one; every file is read.

    Args:
        dataset: One that is versioned.
        version: The only one to look at.
    """
    store = dataset._store
    root, name = dataset._root_and_name()
    names = [version] if version is not None else sorted(stores.names(store, root, name), reverse=True)
    for each in names:
        manifest = store.manifest(root, each)
        if manifest is None:
            if store.is_committed(root, each, name):
                yield Verdict(each, UNKNOWN)
        elif manifest.state == WRITING:
            yield Verdict(each, UNFINISHED)
        else:
            yield _compared(_Folder(store, join(root, each)), each, manifest)


class _Folder:
    """The folder of one version, on its filesystem."""

    def __init__(self, store: stores.Store, path: str) -> None:
        self._fs, self._path = vars(store).get("_fs"), path

    def sizes(self) -> dict[str, int]:
        """Return relative path -> size of every file that is there."""
        if self._fs is not None:
            self._fs.invalidate_cache(self._path)
            found = self._fs.find(self._path, detail=True)
            start = len(str(self._fs._strip_protocol(self._path)).rstrip("/")) + 1
            return {str(path)[start:]: int(each.get("size") or 0) for path, each in found.items()}
        found_here = {}
        for folder, _, names in os.walk(self._path):
            for name in names:
                path = os.path.join(folder, name)
                with contextlib.suppress(FileNotFoundError):  # a link that leads nowhere is as good as missing
                    found_here[os.path.relpath(path, self._path).replace(os.sep, "/")] = os.path.getsize(path)
        return found_here

    def checksum(self, relative: str) -> str:
        path = join(self._path, relative)
        with open(path, "rb", buffering=0) if self._fs is None else self._fs.open(path, "rb") as file:
            return checksum_of(file)


def _compared(folder: _Folder, version: str, manifest: Manifest) -> Verdict:
    there = folder.sizes()
    there.pop(MANIFEST, None)
    problems = [problem for each in manifest.files if (problem := _problem(folder, each, there))]
    known = {each.path for each in manifest.files}
    problems += [f"{path} was not there when the version was made" for path in sorted(there.keys() - known)]
    total = sum(each.bytes for each in manifest.files)
    return Verdict(version, DAMAGED if problems else WHOLE, tuple(problems), len(manifest.files), total)


def _problem(folder: _Folder, file: File, there: dict[str, int]) -> str | None:
    if file.path not in there:
        return f"{file.path} is missing"
    size = there[file.path]
    if size != file.bytes:
        return f"{file.path} has {size:,} bytes, and had {file.bytes:,}"
    if file.checksum is None or not file.checksum.startswith(ALGORITHM):
        return None  # only its size is known, or an algorithm of other releases
    try:
        found = folder.checksum(file.path)
    except OSError as exc:
        return f"{file.path} cannot be read: {exc.strerror or exc}"
    return None if found == file.checksum else f"{file.path} has other content: {found}, and had {file.checksum}"
