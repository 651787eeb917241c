"""Local disk: files and folders that last, and steps that happen whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_GROUP = stat.S_IRWXG | stat.S_ISGID
_EFFECTIVE_IDS = os.access in os.supports_effective_ids


def make_folder(path: str | os.PathLike[str]) -> None:
    """Make a folder and its parents so that they survive a power loss; existing ones are left as they are."""
    path = os.path.abspath(path)
    missing = []
    while not os.path.isdir(path):
        missing.append(path)
        path = os.path.dirname(path)
    for each in reversed(missing):
        try:
            os.mkdir(each)
        except FileExistsError:
            if not os.path.isdir(each):
                raise
        else:
            sync(os.path.dirname(each))


def sync(path: str | os.PathLike[str]) -> None:
    """Flush a file or folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: str) -> None:
    """Flush every file and folder below, and the folder itself."""
    for current, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(current, name)
            if stat.S_ISREG(os.lstat(path).st_mode):  # opening a pipe would wait for its other end
                sync(path)
        sync(current)


def remove(path: str) -> None:
    """Remove a file or a folder with all it holds, if it is there."""
    if os.path.isdir(path) and not os.path.islink(path):
        import shutil  # it brings bz2 and lzma along, which no import should cost

        shutil.rmtree(path, ignore_errors=True)
    else:
        Path(path).unlink(missing_ok=True)


def replace_file(source: str, target: str) -> None:
    """Put a whole file in another's place at once, with the permissions of what was there."""
    keep_permissions(source, target)
    os.replace(source, target)
    sync(os.path.dirname(os.path.abspath(target)))


def keep_permissions(source: str, target: str) -> None:
    """Give a file the owner, group and mode of the one it will replace, as far as this user may."""
    try:
        old = os.stat(target)
    except (FileNotFoundError, NotADirectoryError):
        return
    new, mode = os.lstat(source), stat.S_IMODE(old.st_mode)
    if stat.S_ISLNK(new.st_mode) or not stat.S_ISREG(old.st_mode):
        return
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        try:
            os.chown(source, old.st_uid, old.st_gid)
        except PermissionError:
            if old.st_gid != new.st_gid:
                mode &= ~_GROUP  # what one group might do is not for another
        new = os.lstat(source)  # a file that is given away loses some of its mode
    if mode != stat.S_IMODE(new.st_mode):
        os.chmod(source, mode)


def check_writable(path: str) -> None:
    """Raise what opening it to write would raise, if it is a file; one that is not there may be made."""
    if not os.access(path, os.W_OK, effective_ids=_EFFECTIVE_IDS) and os.path.isfile(path):
        os.close(os.open(path, os.O_WRONLY))  # it says why not, or that it may be after all


def open_folder(path: str) -> tuple[int, str]:
    """Open a folder, which is made if it is missing; return it and the path that leads to it without any links."""
    while True:
        try:
            descriptor = os.open(path or os.curdir, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            make_folder(os.path.realpath(path))
            continue
        try:
            return descriptor, os.readlink(f"/proc/self/fd/{descriptor}")  # the kernel knows it: no look at each part
        except OSError:
            return descriptor, os.path.realpath(path)  # no Linux


def exchange(source: str, target: str) -> bool:
    """Exchange two paths at once; False where the system or the file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(source), _AT_FDCWD, os.fsencode(target), _RENAME_EXCHANGE) == 0)


def copy_in(source: str, target: str) -> None:
    """Copy a file or folder, with its permissions."""
    import shutil

    if os.path.isdir(source):
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target)
