"""Where versions live: list them, find the newest, begin a new one; on local disk and on any other filesystem."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tidemill.io.commit import journal
from tidemill.io.commit.direct import DirectPath, UnknownVersion
from tidemill.io.commit.objects import read_object
from tidemill.io.commit.remote import ClaimedVersion
from tidemill.io.commit.remote_path import RemotePath
from tidemill.io.commit.staging import StagedPath, StagedVersion, taken
from tidemill.io.manifest import WRITING, Manifest
from tidemill.io.paths import LOCAL_PROTOCOLS, MANIFEST, join, protocols_of
from tidemill.io.versions import next_timestamp
from tidemill.io.warning import warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fsspec import AbstractFileSystem

    from tidemill.io.versions import Wanted


class NewVersion(Protocol):
    """A version that is being written."""

    version: str
    path: str

    def publish(self, manifest: Manifest) -> str: ...
    def is_written(self) -> bool: ...
    def abort(self) -> None: ...


class NewContent(Protocol):
    """The content of an unversioned path that is being written."""

    path: str

    def publish(self) -> None: ...
    def abort(self) -> None: ...


class Store(Protocol):
    """The versions below one root, each named `<root>/<version>/<name>`."""

    def candidates(self, root: str, name: str) -> Iterable[str]:
        """Return the names of what may be versions."""

    def is_committed(self, root: str, version: str, name: str) -> bool:
        """Tell whether this version is there and whole."""

    def manifest(self, root: str, version: str) -> Manifest | None:
        """Return what is known of a version, or None."""

    def begin(self, root: str, name: str, wanted: Wanted, claim: Callable[[], Manifest]) -> NewVersion:
        """Begin a new version; see the writers for what each filesystem promises."""

    def overwrite(self, path: str, *, keep: bool = True) -> NewContent:
        """Begin to replace an unversioned path; with `keep` by a copy of what is there, for who may add to it."""

    def settle(self, path: str) -> None:
        """Finish what a writer of this unversioned path had committed before it died."""

    def exists(self, path: str) -> bool:
        """Tell whether there is anything at a path, asking the filesystem anew."""

    def fingerprint(self, path: str) -> str | None:
        """Return what changes when an unversioned file does, or None."""


def names(store: Store, root: str, name: str) -> list[str]:
    """Return the names of what may be versions, in no order."""
    return [each for each in store.candidates(root, name) if not each.startswith(".")]


def newest(store: Store, root: str, name: str) -> str | None:
    """Return the newest committed version, or None. Names sort in the order they were saved."""
    found = names(store, root, name)
    best = max(found, default=None)
    if best is None or store.is_committed(root, best, name):
        return best
    return next((each for each in sorted(found, reverse=True) if store.is_committed(root, each, name)), None)


def committed(store: Store, root: str, name: str) -> Iterator[str]:
    """Yield every committed version, newest first."""
    found = sorted(names(store, root, name), reverse=True)
    return (each for each in found if store.is_committed(root, each, name))


def read_manifest(text: bytes, where: str) -> Manifest | None:
    """Return the manifest that was read, or None with a warning if it is none."""
    try:
        return Manifest.from_json(text)
    except (ValueError, KeyError, TypeError) as exc:
        warn(f"Ignored the manifest {where}, which cannot be read: {exc}")
        return None


class LocalStore:
    """Versions on local disk: published by one rename."""

    def candidates(self, root: str, name: str) -> Iterable[str]:  # noqa: ARG002 - others need it
        try:
            return os.listdir(root)
        except (FileNotFoundError, NotADirectoryError):
            return ()

    def is_committed(self, root: str, version: str, name: str) -> bool:
        if not os.path.lexists(os.path.join(root, version, name)):
            return False
        manifest = self.manifest(root, version)
        return manifest is None or manifest.state != WRITING

    def manifest(self, root: str, version: str) -> Manifest | None:
        path = os.path.join(root, version, MANIFEST)
        try:
            with open(path, "rb") as file:
                text = file.read()
        except OSError:
            return None
        return read_manifest(text, path)

    def begin(self, root: str, name: str, wanted: Wanted, claim: Callable[[], Manifest]) -> NewVersion:  # noqa: ARG002
        return StagedVersion(root, name, wanted)

    def overwrite(self, path: str, *, keep: bool = True) -> NewContent:
        # A device or a pipe must not be replaced by a file.
        special = os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path))
        return DirectPath(path) if special else StagedPath(path, keep=keep)

    def settle(self, path: str) -> None:
        if not os.path.isfile(path):  # a file is replaced at once; only of a folder some files may be missing
            journal.settle(os.path.dirname(os.path.realpath(path)))

    def exists(self, path: str) -> bool:
        self.settle(path)
        return os.path.lexists(path)

    def fingerprint(self, path: str) -> str | None:
        try:
            found = os.stat(path)
        except OSError:
            return None
        return f"size:{found.st_size},mtime:{found.st_mtime_ns}"


class RemoteStore:
    """Versions on any other fsspec filesystem: claimed, written, then committed by their manifest."""

    def __init__(self, fs: AbstractFileSystem) -> None:
        self._fs = fs

    def candidates(self, root: str, name: str) -> Iterable[str]:  # noqa: ARG002
        self._fs.invalidate_cache(root)
        try:
            paths = self._fs.ls(root, detail=False)
        except (FileNotFoundError, NotADirectoryError):
            return ()
        return [path.rstrip("/").rpartition("/")[2] for path in paths]

    def is_committed(self, root: str, version: str, name: str) -> bool:
        manifest = self.manifest(root, version)
        return manifest.state != WRITING if manifest else self.exists(join(root, version, name))

    def manifest(self, root: str, version: str) -> Manifest | None:
        path = join(root, version, MANIFEST)
        try:
            text = read_object(self._fs, path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return read_manifest(text, path)

    def begin(self, root: str, name: str, wanted: Wanted, claim: Callable[[], Manifest]) -> NewVersion:
        return ClaimedVersion(self._fs, root, name, wanted, claim())

    def overwrite(self, path: str, *, keep: bool = True) -> NewContent:
        return RemotePath(self._fs, path, keep=keep)

    def settle(self, path: str) -> None:
        pass  # objects are replaced one by one

    def exists(self, path: str) -> bool:
        self._fs.invalidate_cache(path)
        return bool(self._fs.exists(path))

    def fingerprint(self, path: str) -> str | None:
        self._fs.invalidate_cache(path)
        try:
            found = self._fs.info(path)
        except (OSError, NotImplementedError):
            return None
        changes = {key: found.get(key) for key in ("size", "ETag", "etag", "LastModified", "mtime", "created")}
        return ",".join(f"{key.lower()}:{value}" for key, value in changes.items() if value is not None) or None


class UnknownStore:
    """Versions on a filesystem of which only an `exists` and a `glob` function are known."""

    def __init__(self, exists: Callable[[str], bool], glob: Callable[[str], Iterable[Any]]) -> None:
        self._exists, self._glob = exists, glob

    def candidates(self, root: str, name: str) -> Iterable[str]:
        return [str(path).rstrip("/").split("/")[-2] for path in self._glob(join(root, "*", name))]

    def is_committed(self, root: str, version: str, name: str) -> bool:
        return self._exists(join(root, version, name))

    def manifest(self, root: str, version: str) -> Manifest | None:  # noqa: ARG002
        return None

    def begin(self, root: str, name: str, wanted: Wanted, claim: Callable[[], Manifest]) -> NewVersion:  # noqa: ARG002
        version = wanted.version
        while self._exists(join(root, version, name)):
            if wanted.fixed:
                raise taken(version, root)
            version = next_timestamp(version)
        return UnknownVersion(root, name, version)

    def overwrite(self, path: str, *, keep: bool = True) -> NewContent:  # noqa: ARG002 - nothing is staged here
        return DirectPath(path)

    def settle(self, path: str) -> None:
        pass

    def exists(self, path: str) -> bool:
        return self._exists(path)

    def fingerprint(self, path: str) -> str | None:  # noqa: ARG002
        return None


@dataclass(frozen=True)
class Method:
    """A method of an fsspec filesystem, in a form that pickles; those of S3, HTTP and their kin do not."""

    fs: AbstractFileSystem
    name: str

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return getattr(self.fs, self.name)(*args, **kwargs)


def as_method(function: Callable[..., Any] | None) -> Callable[..., Any] | None:
    """Return the method that this function is, if it is one of an fsspec filesystem, and itself otherwise."""
    if function is None:
        return None
    # Asynchronous filesystems have functions in place of methods, wrapped around a bound `_exists`.
    inner: Any = getattr(function, "__wrapped__", function)
    fs = getattr(inner, "__self__", None)
    if fs is None or not (hasattr(fs, "pipe_file") and hasattr(fs, "find")):
        return function
    return Method(fs, inner.__name__.removeprefix("_"))


def store_of(exists: Callable[..., Any] | None, glob: Callable[..., Any] | None) -> Store:
    """Return the store behind the functions that a custom dataset hands to its base class."""
    if exists is None and glob is None:
        return LOCAL
    method = as_method(glob or exists)
    if isinstance(method, Method):
        return store_on(method.fs)
    if exists is None or glob is None or exists is os.path.exists:
        return LOCAL
    return UnknownStore(exists, glob)


def store_on(fs: AbstractFileSystem) -> Store:
    """Return the store on an fsspec filesystem."""
    return RemoteStore(fs) if {*LOCAL_PROTOCOLS}.isdisjoint(protocols_of(fs)) else LOCAL


LOCAL = LocalStore()
