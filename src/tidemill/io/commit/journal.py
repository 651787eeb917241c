"""Many files of one folder replaced together: all staged, one journal committed, then moved; or nothing.

`<folder>/.tidemill/<random>/files/...` holds what is new. Once `journal.json` stands beside `files`, the replacement
is committed: its writer rolls it forward under the folder's lock, and if the writer dies, whoever comes next does.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import time
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetError
from tidemill.io.commit import local, locks
from tidemill.io.commit.workspace import Workspace, abandoned, drop_empty, workspaces
from tidemill.io.paths import STAGING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_JOURNAL, _FILES = "journal.json", "files"
#: How long a journal is left to its writer where the file system cannot say whether that is alive.
_PATIENCE, _PAUSE = 10.0, 0.05


class Replacement:
    """New files for a folder, invisible until `commit`."""

    def __init__(self, base: str) -> None:
        """Begin; the folder is made if it is missing.

        Args:
            base: The folder whose files are replaced.
        """
        self._base = os.path.abspath(base)
        settle(self._base)
        self._work = Workspace(self._base)

    def path(self, relative: str) -> str:
        """Return where to write what will be `<base>/<relative>`; its folder exists."""
        staged = os.path.join(self._work.path, _FILES, relative)
        os.makedirs(os.path.dirname(staged), exist_ok=True)
        return staged

    def commit(self, old: Callable[[], Iterable[str]] = tuple) -> None:
        """Make the staged files current and delete the others.

        Args:
            old: Lists the files, relative to the folder, that give way where they are not replaced; asked while
                nobody else can replace any.
        """
        try:
            local.sync_tree(self._work.path)
            with locks.held(self._base):
                _roll_forward_all(self._base)
                self._write_journal({*old()})
                _roll_forward(self._base, self._work.path)
        except BaseException:  # Ctrl-C too must leave nothing behind
            self.abort()
            raise
        self._work.close()

    def abort(self) -> None:
        """Leave everything as it was; a journal that is committed stays, and is rolled forward by the next."""
        if _is_committed(self._work.path):
            self._work.close()
        else:
            self._work.discard()

    def _write_journal(self, old: set[str]) -> None:
        files, folders = _below(os.path.join(self._work.path, _FILES))
        delete = old - {*files}
        _check_folders(self._base, files, delete)
        for relative in files:
            _check_room(self._base, relative, delete)
            local.keep_permissions(os.path.join(self._work.path, _FILES, relative), os.path.join(self._base, relative))
        draft, journal = (os.path.join(self._work.path, each) for each in (f"{_JOURNAL}.draft", _JOURNAL))
        with open(draft, "w", encoding="utf-8") as file:
            json.dump({"format": 1, "move": files, "folders": folders, "delete": sorted(delete)}, file)
        local.sync(draft)
        os.rename(draft, journal)
        for each in (self._work.path, os.path.dirname(self._work.path), self._base):
            local.sync(each)


def settle(base: str) -> None:
    """Finish what writers that died had committed in this folder, and remove what they had not.

    Raises:
        DatasetError: There is something to finish, and this user may not write there.
    """
    if not os.path.isdir(os.path.join(base, STAGING)):
        return
    if any(map(_is_committed, workspaces(base))):
        with locks.held(base) as locked:
            if not locked:
                _wait_for_writer(base)
            try:
                _roll_forward_all(base)
            except OSError as exc:
                if exc.errno not in {errno.EACCES, errno.EPERM, errno.EROFS}:
                    raise
                raise DatasetError(
                    f"A save to {base} was interrupted between its first and last file, and this user may not finish "
                    f"it.\n  {type(exc).__name__}: {exc}\n  Let someone who may write there load it once."
                ) from exc
    for folder in abandoned(base):
        if not _is_committed(folder):
            local.remove(folder)
    drop_empty(base)


@contextlib.contextmanager
def stable(base: str) -> Iterator[None]:
    """Hold off replacements while the folder is read; committed ones are finished first."""
    while True:
        settle(base)
        if not os.path.isdir(base):
            break
        with locks.held(base, shared=True) as locked:
            if not locked or not any(map(_is_committed, workspaces(base))):
                yield
                return
    yield


def files_below(folder: str) -> list[str]:
    """Return the paths of all files below a folder, relative to it, sorted."""
    return _below(folder)[0]


def _is_committed(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, _JOURNAL))


def _wait_for_writer(base: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while any(map(_is_committed, workspaces(base))) and time.monotonic() < deadline:
        time.sleep(_PAUSE)


def _below(folder: str) -> tuple[list[str], list[str]]:
    """Return the files and the empty folders below a folder, relative to it."""
    files, folders = [], []
    for current, inside, names in os.walk(folder):
        links = [each for each in inside if os.path.islink(os.path.join(current, each))]
        files += [os.path.relpath(os.path.join(current, each), folder) for each in names + links]
        if not inside and not names and current != folder:
            folders.append(os.path.relpath(current, folder))
    return sorted(files), sorted(folders)


def _check_folders(base: str, move: Iterable[str], delete: Iterable[str]) -> None:
    """Refuse, while nothing is committed, to change a folder that is on another file system, or not ours to change."""
    device = os.stat(base).st_dev
    for relative in {os.path.dirname(each) for each in (*move, *delete)}:
        folder = os.path.join(base, relative)
        while not os.path.isdir(folder):
            folder = os.path.dirname(folder)
        if os.stat(folder).st_dev != device:
            raise OSError(errno.EXDEV, "Files cannot be moved there at once: it is another file system", folder)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "Permission denied", folder)


def _check_room(base: str, relative: str, delete: set[str]) -> None:
    """Refuse, while nothing is committed, a move that something else in the folder would make impossible."""
    target = os.path.join(base, relative)
    if os.path.isdir(target) and not os.path.islink(target):
        inside, _ = _below(target)
        if any(os.path.join(relative, each) not in delete for each in inside):
            raise IsADirectoryError(errno.EISDIR, "A folder with other files is in the way", target)
    parent = os.path.dirname(relative)
    while parent:
        path = os.path.join(base, parent)
        if os.path.lexists(path) and not os.path.isdir(path) and parent not in delete:
            raise NotADirectoryError(errno.ENOTDIR, "A file is in the way", path)
        parent = os.path.dirname(parent)


def _roll_forward_all(base: str) -> None:
    for folder in workspaces(base):
        if _is_committed(folder):
            _roll_forward(base, folder)


def _roll_forward(base: str, folder: str) -> None:
    """Apply a journal; doing it again after a crash in the middle, or at the same time, comes to the same."""
    try:
        with open(os.path.join(folder, _JOURNAL), encoding="utf-8") as file:
            journal: dict[str, Any] = json.load(file)
    except FileNotFoundError:
        return  # somebody else was faster, on a file system without locks
    needed = {os.path.dirname(each) for each in journal["move"]} | {*journal["folders"]}
    touched = {base}
    for relative in journal["delete"]:
        path = os.path.join(base, relative)
        if os.path.islink(path) or not os.path.isdir(path):  # a folder of that name is new, moved in before a crash
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                os.unlink(path)
        touched.add(_drop_empty_parents(base, os.path.dirname(relative), needed))
    for relative in journal["folders"]:
        local.make_folder(os.path.join(base, relative))
    for relative in journal["move"]:
        staged, target = os.path.join(folder, _FILES, relative), os.path.join(base, relative)
        if os.path.lexists(staged):
            if os.path.isdir(target) and not os.path.islink(target):
                local.remove(target)  # nothing is left in it but empty folders
            local.make_folder(os.path.dirname(target))
            with contextlib.suppress(FileNotFoundError):  # somebody else was faster
                os.replace(staged, target)
        touched.add(os.path.dirname(target))
    for each in sorted(touched):
        if os.path.isdir(each):
            local.sync(each)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(os.path.join(folder, _JOURNAL))
    local.remove(folder)


def _drop_empty_parents(base: str, relative: str, needed: set[str]) -> str:
    """Remove the folders that a deletion left empty, and return the one above them."""
    while relative and relative not in needed:
        try:
            os.rmdir(os.path.join(base, relative))
        except FileNotFoundError:
            pass
        except OSError:
            break
        relative = os.path.dirname(relative)
    return os.path.join(base, relative) if relative else base
