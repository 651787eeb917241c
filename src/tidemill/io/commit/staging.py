"""One save on local disk: written where nobody looks, then published by one rename."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tidemill.errors import VersionAlreadyExistsError
from tidemill.io.commit import journal, local, locks
from tidemill.io.commit.checksum import checksum_file
from tidemill.io.commit.workspace import Workspace
from tidemill.io.manifest import File
from tidemill.io.paths import MANIFEST
from tidemill.io.versions import next_timestamp

if TYPE_CHECKING:
    from tidemill.io.manifest import Manifest
    from tidemill.io.versions import Wanted

_TAKEN = {errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR}
#: Writers of one file at once count up from 0; after so many numbers that are free there are no more.
_GAPS = 4
_REMEDY = (
    "Save under another version: make a new catalog (in a notebook, reload it), or leave `save` of the Version empty."
)


class StagedVersion:
    """A new version, in `<root>/.tidemill/<random>/` until one rename commits it and claims its name."""

    def __init__(self, root: str, name: str, wanted: Wanted) -> None:
        """Begin; a fixed version that is taken is refused before anything is written.

        Args:
            root: The folder of the versions.
            name: What the version's data is called, a file or a folder.
            wanted: The version's name; unless it is fixed, the next free one will do.
        """
        self.version = wanted.version
        self._root, self._fixed = os.path.abspath(root), wanted.fixed
        journal.settle(self._root)
        if wanted.fixed and _is_taken(os.path.join(root, wanted.version)):
            raise taken(wanted.version, root)
        self._work = Workspace(self._root)
        self.path = os.path.join(self._work.path, name)

    def publish(self, manifest: Manifest) -> str:
        """Commit what was written and return the version's name."""
        files = tuple(_files(self._work.path))
        while True:
            self._write_manifest(replace(manifest, version=self.version).committed(files))
            local.sync_tree(self._work.path)
            if _renamed(self._work.path, os.path.join(self._root, self.version)):
                break
            if self._fixed:
                raise taken(self.version, self._root)
            self.version = next_timestamp(self.version)
        self._work.close()
        local.sync(self._root)
        return self.version

    def is_written(self) -> bool:
        """Tell whether the dataset has written its data."""
        return os.path.lexists(self.path)

    def abort(self) -> None:
        """Remove what was written: there is no such version."""
        self._work.discard()

    def _write_manifest(self, manifest: Manifest) -> None:
        with open(os.path.join(self._work.path, MANIFEST), "w", encoding="utf-8") as file:
            file.write(manifest.to_json())


class StagedPath:
    """The new content of an unversioned file or folder, for code that writes to a path of its own.

    It begins as a copy of the old content, so that code which appends, or adds to a folder, does what it always did;
    code that is known to write all of it anew begins with nothing.
    """

    def __init__(self, target: str, *, keep: bool = True) -> None:
        """Begin.

        Args:
            target: The path to replace; a link is followed.
            keep: Whether to begin with a copy of the old content.
        """
        self._target = os.path.realpath(target)
        base, self._name = os.path.split(self._target)
        self._new = journal.Replacement(base)
        try:
            self.path = self._new.path(self._name)
            if keep and os.path.lexists(self._target):
                local.copy_in(self._target, self.path)
        except BaseException:  # Ctrl-C too must leave nothing behind
            self.abort()
            raise

    def publish(self) -> None:
        """Make what was written current, all at once."""
        if os.path.isdir(self.path):
            self._publish_folder()
        elif os.path.lexists(self.path):
            local.sync(self.path)
            local.replace_file(self.path, self._target)
        self.abort()

    def abort(self) -> None:
        """Leave the old content as it was."""
        self._new.abort()

    def _publish_folder(self) -> None:
        local.sync_tree(self.path)
        while not local.exchange(self.path, self._target):
            if os.path.lexists(self._target):
                self._new.commit(self._old)  # file by file, and a crash in the middle is rolled forward
                return
            if _renamed(self.path, self._target):
                break
        local.sync(os.path.dirname(self._target))  # before the old content is removed

    def _old(self) -> list[str]:
        if not os.path.isdir(self._target):
            return [self._name]
        return [os.path.join(self._name, each) for each in journal.files_below(self._target)]


class StagedFile:
    """The new content of one unversioned file, in `.<name>.<number>.tmp` beside it, which listings skip."""

    def __init__(self, target: str, *, keep: bool = False) -> None:
        """Begin; a file that is not ours to write is refused, though its folder would let it be replaced.

        Args:
            target: The file to replace; a link is followed.
            keep: Whether to begin with the old content, to append to it.
        """
        target = os.path.realpath(target) if os.path.islink(target) else target
        local.check_writable(target)  # replacing needs no permission for the file itself; its owner expects it to
        self._folder, self._target, self.path, self._lock = _claim_in_folder(*os.path.split(target))
        self._is_open, self._is_new = True, not keep
        try:
            if keep and os.path.isfile(self._target):
                local.copy_in(self._target, self.path)
        except BaseException:  # Ctrl-C too must leave nothing behind
            self.abort()
            raise

    def opener(self, path: str, flags: int) -> int:
        """Open it for `open`, at first by what the lock holds open: that is empty, and to empty it again takes time."""
        if self._is_new and not flags & (os.O_APPEND | os.O_EXCL):
            self._is_new = False
            return os.dup(self._lock)
        return os.open(path, flags, 0o666)

    def publish(self) -> None:
        """Make what was written current, all at once."""
        os.fsync(self._lock)  # it is this very file
        local.keep_permissions(self.path, self._target)
        os.replace(self.path, self._target)
        os.fsync(self._folder)
        self._end()

    def abort(self) -> None:
        """Leave the old content as it was."""
        if self._is_open:
            local.remove(self.path)
            self._end()

    def _end(self) -> None:
        self._is_open = False
        os.close(self._folder)
        locks.unlock(self._lock)


def taken(version: str, root: str, claimed: str = "") -> VersionAlreadyExistsError:
    """Return the error for a version's name that is taken, or claimed by a writer who is not known to be gone."""
    return VersionAlreadyExistsError(
        f"Version '{version}' exists already under {root}, and a version never changes. {claimed or _REMEDY}"
    )


def _renamed(source: str, target: str) -> bool:
    """Rename a folder; False where something has that name already."""
    try:
        os.rename(source, target)
    except OSError as exc:
        if exc.errno not in _TAKEN:
            raise
        return False
    return True


def _is_taken(path: str) -> bool:
    try:
        return bool(os.listdir(path))
    except FileNotFoundError:
        return False
    except NotADirectoryError:
        return os.path.lexists(path)  # a file of that name; or there is no such path, as one above it is a file


def _files(folder: str) -> list[File]:
    found = []
    for relative in journal.files_below(folder):
        path = os.path.join(folder, relative)
        if relative != MANIFEST and os.path.isfile(path):
            found.append(File(relative, os.path.getsize(path), checksum_file(path)))
    return found


def _beside(target: str) -> str:
    """Return what the names beside a target begin with."""
    folder, name = os.path.split(target)
    return os.path.join(folder, f".{os.fsdecode(os.fsencode(name)[:200])}.")


def _numbered(beside: str, number: int) -> str:
    return f"{beside}{number:012x}.tmp"


def _claim_in_folder(folder: str, name: str) -> tuple[int, str, str, int]:
    """Return the open folder, what is to be replaced there, the file beside it that is ours alone, and its lock."""
    while True:
        descriptor, real = local.open_folder(folder)
        target = os.path.join(real, name)
        try:
            return descriptor, target, *_claim_beside(target)
        except FileNotFoundError:  # another writer of partitions has just removed the folder, empty as it was
            os.close(descriptor)
            local.make_folder(os.path.realpath(folder))
        except BaseException:  # Ctrl-C too must leave nothing behind
            os.close(descriptor)
            raise


def _claim_beside(target: str) -> tuple[str, int]:
    """Return a file beside the target that is ours alone, and its lock; what a dead writer left is used again."""
    beside, number = _beside(target), 0
    while True:
        path = _numbered(beside, number)
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        except OSError:
            if not os.path.lexists(path):
                raise
            number += 1  # another user's left-over, or a link
            continue
        locked = locks.try_lock(descriptor)
        if locked is None:
            # Nobody is known to be gone here: the name must be one that nobody else takes.
            os.close(descriptor)
            os.unlink(path)
            path = _numbered(beside, 1 << 44 | int.from_bytes(os.urandom(5), "big"))
            return path, os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        found = locks.still_at(path, descriptor) if locked else None
        if found:
            if found.st_size:
                os.ftruncate(descriptor, 0)
            _sweep_beside(beside, number + 1)
            return path, descriptor
        os.close(descriptor)
        number += 1


def _sweep_beside(beside: str, number: int) -> None:
    """Remove what other writers of this file left when they died, from this number on."""
    gaps = 0
    while gaps < _GAPS:
        path = _numbered(beside, number)
        number += 1
        try:
            # Nearly always there is nothing, and an open that fails costs more than the question.
            descriptor = os.open(path, os.O_RDWR) if os.access(path, os.F_OK) else None
        except OSError:
            descriptor = None
        if descriptor is None:
            gaps += 1
            continue
        if locks.try_lock(descriptor) and locks.still_at(path, descriptor):
            os.unlink(path)
        locks.unlock(descriptor)
