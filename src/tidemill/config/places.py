"""Where configuration lies: a folder, a zip or tar archive, or a folder on any filesystem of fsspec.

Archives are read in memory and never unpacked, so that no name in one can lead anywhere.
"""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING, Any, Protocol

from tidemill.config.sources import decoded
from tidemill.errors import ConfigError, MissingConfigError
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

_ZIP, _TAR = (".zip",), (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
ARCHIVES = (*_ZIP, *_TAR)
_PIECE = 1 << 20


class Place(Protocol):
    """What the loader asks of a place. Paths are relative, with `/`; `""` is all of it."""

    def folders(self) -> list[str]:
        """Return the names of the folders at the top: the environments."""

    def files(self, folder: str, *, deep: bool = True) -> list[str] | None:
        """Return the paths, from this folder, of the files in it, and below it, in order; None if it is not there."""

    def read(self, path: str) -> str:
        """Return the text of a file."""

    def shown(self, path: str) -> str:
        """Return what a file or folder is called in errors."""


def place(conf_source: str | os.PathLike[str]) -> Place:
    """Return the place that a path or URL means.

    Raises:
        MissingConfigError: There is nothing.
    """
    source = os.fspath(conf_source)
    if "://" in source and not source.startswith("file://"):
        return _archive(source, _bytes_at(source)) if source.lower().endswith(ARCHIVES) else Remote(source)
    source = source.removeprefix("file://")
    if os.path.isdir(source):
        return Folder(source)
    if os.path.isfile(source) and source.lower().endswith(ARCHIVES):
        with open(source, "rb") as file:
            return _archive(source, file.read())
    if os.path.exists(source):
        raise ConfigError(f"{source}: this is no folder, nor an archive.\nGive a folder, a .zip or a .tar.gz.")
    above = os.path.dirname(os.path.abspath(source))
    near = did_you_mean(os.path.basename(source), os.listdir(above)) if os.path.isdir(above) else ""
    raise MissingConfigError(
        f"{source}: there is no such folder{near or '.'}\n"
        "Make it, or say where the configuration is (`conf_source`, `--conf-source`)."
    )


class Folder:
    """A folder on this disk."""

    def __init__(self, root: str) -> None:
        self._root = root

    def folders(self) -> list[str]:
        return sorted(each.name for each in os.scandir(self._root) if each.is_dir())

    def files(self, folder: str, *, deep: bool = True) -> list[str] | None:
        start = os.path.join(self._root, folder) if folder else self._root
        if not os.path.isdir(start):
            return None
        if not deep:  # a project's own folder may have a million files of data below it
            return sorted(each.name for each in os.scandir(start) if each.is_file())
        found: list[str] = []
        for at, _, names in os.walk(start, followlinks=True):
            inside = os.path.relpath(at, start).replace(os.sep, "/")
            found += names if inside == "." else [f"{inside}/{name}" for name in names]
        return sorted(found)

    def read(self, path: str) -> str:
        full = os.path.join(self._root, path)
        try:
            with open(full, "rb") as file:
                return decoded(file.read(), full)
        except OSError as exc:
            raise ConfigError(f"{full}: cannot be read: {exc.strerror}.") from exc

    def shown(self, path: str) -> str:
        return os.path.join(self._root, path) if path else self._root


class Archive:
    """The files of an archive, by their paths in it.

    They may lie in one more folder, as `tar -czf conf.tar.gz conf` and `tidemill package` pack them.
    """

    def __init__(self, source: str, files: dict[str, bytes]) -> None:
        self._source, self._files = source, files
        tops = {path.partition("/")[0] for path in files}
        self._top = f"{tops.pop()}/" if len(tops) == 1 and all("/" in path for path in files) else ""

    def folders(self) -> list[str]:
        inside = [path.removeprefix(self._top) for path in self._files]
        return sorted({path.partition("/")[0] for path in inside if "/" in path})

    def files(self, folder: str, *, deep: bool = True) -> list[str] | None:
        start = self._at(f"{folder}/" if folder else "")
        inside = sorted(path.removeprefix(start) for path in self._files if path.startswith(start))
        return [path for path in inside if deep or "/" not in path] if inside else None

    def read(self, path: str) -> str:
        return decoded(self._files[self._at(path)], self.shown(path))

    def shown(self, path: str) -> str:
        return f"{self._source}/{self._at(path)}" if path else self._source

    def _at(self, path: str) -> str:
        return path if path and any(each.startswith(path) for each in self._files) else f"{self._top}{path}"


class Remote:
    """A folder on a filesystem of fsspec."""

    def __init__(self, source: str) -> None:
        import fsspec

        self._source = source.rstrip("/")
        self._fs, root = fsspec.core.url_to_fs(source)
        self._root = str(root).rstrip("/")

    def folders(self) -> list[str]:
        try:
            found: list[dict[str, Any]] = self._fs.ls(self._root, detail=True)
        except FileNotFoundError:
            return []
        return sorted(posixpath.basename(each["name"].rstrip("/")) for each in found if each["type"] == "directory")

    def files(self, folder: str, *, deep: bool = True) -> list[str] | None:
        start = f"{self._root}/{folder}" if folder else self._root
        self._fs.invalidate_cache(start)
        found = self._fs.find(start, maxdepth=None if deep else 1)
        return sorted(path.removeprefix(start).lstrip("/") for path in found) or None

    def read(self, path: str) -> str:
        return decoded(self._fs.cat_file(f"{self._root}/{path}"), self.shown(path))

    def shown(self, path: str) -> str:
        return f"{self._source}/{path}" if path else self._source


def _bytes_at(url: str) -> bytes:
    import fsspec

    try:
        with fsspec.open(url, "rb") as file:
            data: bytes = file.read()
    except FileNotFoundError:
        raise MissingConfigError(f"{url}: there is no such archive.\nLook at its name.") from None
    return data


def _archive(source: str, data: bytes) -> Archive:
    import io

    members = _zipped if source.lower().endswith(_ZIP) else _tarred
    try:
        files = {path: content for name, content in members(io.BytesIO(data)) if (path := _inside(name))}
    except Exception as exc:  # each way to compress has errors of its own: zlib.error, LZMAError ...
        raise ConfigError(
            f"{source}: this is no archive that can be read ({type(exc).__name__}).\nPack it again."
        ) from exc
    return Archive(source, files)


def _zipped(file: Any) -> Iterator[tuple[str, bytes]]:
    import zipfile

    with zipfile.ZipFile(file) as archive:
        for each in archive.infolist():
            if not each.is_dir():
                yield each.filename, archive.read(each)


def _tarred(file: Any) -> Iterator[tuple[str, bytes]]:
    import tarfile

    with tarfile.open(fileobj=file) as archive:
        for each in archive:
            content = archive.extractfile(each) if each.isfile() else None
            if content is not None:
                yield each.name, content.read()
        while archive.fileobj is not None and archive.fileobj.read(_PIECE):
            pass  # to the end, where gzip has the checksum


def _inside(name: str) -> str | None:
    """Return a member's path, or None where it would leave the archive."""
    path = posixpath.normpath(name.replace("\\", "/"))
    return None if path.startswith(("/", "../")) or path == ".." else path
