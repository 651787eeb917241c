"""Where a template comes from: a folder, or an archive that is unpacked without trusting it."""

from __future__ import annotations

import contextlib
import re
import shutil
import stat
import tarfile
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from tidemill.errors import TemplateError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

_ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_URL = re.compile(r"^(?:git\+|[a-z][a-z0-9+.\-]*://|git@|(?:gh|gl|bb):)", re.IGNORECASE)
# More than any template is; an archive may say it holds far more than it weighs.
_MOST_BYTES, _MOST_FILES = 500_000_000, 20_000
_PIECE = 1 << 20
_DRIVE = re.compile(r"^[A-Za-z]:")


def looks_like_url(text: str) -> bool:
    """Tell whether this is something to be fetched: `https://...`, `git@...`, `gh:...`."""
    return _URL.match(text) is not None


@contextlib.contextmanager
def opened(path: str | os.PathLike[str], directory: str | None = None) -> Iterator[Path]:
    """Give the folder of a template.

    Args:
        path: A folder, or a zip or tar archive, which is unpacked into a temporary folder for that time.
        directory: The folder inside it where the template is.

    Raises:
        TemplateError: There is no such thing, or the archive holds what would leave its folder.
    """
    place = Path(path).expanduser()
    if place.is_dir():
        yield _inside(place, directory)
    elif place.is_file():
        with tempfile.TemporaryDirectory(prefix="tidemill-template-") as folder:
            _unpack(place, Path(folder))
            yield _inside(_only_folder(Path(folder)), directory)
    else:
        raise TemplateError(
            f"There is no template at {place}. Give a folder, or an archive ({', '.join(_ENDINGS[:3])})."
        )


def _inside(folder: Path, directory: str | None) -> Path:
    if not directory:
        return folder
    parts = PurePosixPath(directory).parts
    found = folder.joinpath(*parts)
    if not parts or ".." in parts or PurePosixPath(directory).is_absolute() or not found.is_dir():
        has = ", ".join(sorted(each.name for each in folder.iterdir() if each.is_dir())[:6]) or "none"
        raise TemplateError(f"The template has no folder '{directory}'. Its folders: {has}.")
    return found


def _only_folder(folder: Path) -> Path:
    """Return the one folder that an archive of a repository holds everything in, or the folder itself."""
    inside = list(folder.iterdir())
    alone = len(inside) == 1 and inside[0].is_dir() and "{" not in inside[0].name
    return inside[0] if alone else folder


def _unpack(archive: Path, folder: Path) -> None:
    try:
        if zipfile.is_zipfile(archive):
            _unpack_zip(archive, folder)
        elif tarfile.is_tarfile(archive):
            _unpack_tar(archive, folder)
        else:
            raise TemplateError(f"{archive} is no archive that can be read. Give one of {', '.join(_ENDINGS)}.")
    except TemplateError:
        raise
    except Exception as exc:  # each way to compress has errors of its own: zlib.error, LZMAError ...
        raise TemplateError(f"{archive} cannot be unpacked: {exc}") from exc


def _unpack_zip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as opened_zip:
        members = opened_zip.infolist()
        _check_size(archive, len(members), sum(each.file_size for each in members))
        for each in members:
            if stat.S_ISLNK(each.external_attr >> 16):
                raise _refused(archive, each.filename, "is a symbolic link")
            target = _target(archive, each.filename, folder)
            if each.is_dir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with opened_zip.open(each) as read, target.open("xb") as write:
                shutil.copyfileobj(read, write)
            _keep_executable(target, each.external_attr >> 16)


def _unpack_tar(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as opened_tar:
        members = opened_tar.getmembers()
        _check_size(archive, len(members), sum(each.size for each in members))
        for each in members:
            if each.issym() or each.islnk():
                raise _refused(archive, each.name, "is a link")
            target = _target(archive, each.name, folder)
            if each.isdir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            read = opened_tar.extractfile(each) if each.isfile() else None
            if read is None:
                raise _refused(archive, each.name, "is neither a file nor a folder")
            target.parent.mkdir(parents=True, exist_ok=True)
            with read, target.open("xb") as write:
                shutil.copyfileobj(read, write)
            _keep_executable(target, each.mode)
        while opened_tar.fileobj is not None and opened_tar.fileobj.read(_PIECE):
            pass  # to the end, where gzip has the checksum


def _target(archive: Path, name: str, folder: Path) -> Path:
    parts = PurePosixPath(name).parts
    if ".." in parts or name.startswith("/") or "\\" in name or "\0" in name or _DRIVE.match(name):
        raise _refused(archive, name, "would leave the folder it is unpacked to")
    return folder.joinpath(*parts)


def _keep_executable(target: Path, mode: int) -> None:
    if mode & stat.S_IXUSR:
        target.chmod(target.stat().st_mode | stat.S_IXUSR)


def _check_size(archive: Path, files: int, total: int) -> None:
    if files > _MOST_FILES or total > _MOST_BYTES:
        raise TemplateError(
            f"{archive} holds {files:,} files of {total:,} bytes: too much for a template. Unpack it yourself and give "
            "the folder."
        )


def _refused(archive: Path, name: str, why: str) -> TemplateError:
    return TemplateError(f"{archive} was not unpacked: {name!r} {why}. Use it only if you know who made it.")
