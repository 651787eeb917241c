"""FileDataset: the constructor, the reading and the writing that all formats of files share."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any, ClassVar, Generic

from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io import store as stores
from tidemill.io.commit.checksum import checksum_file
from tidemill.io.commit.direct import DirectPath
from tidemill.io.commit.objects import open_object, upload
from tidemill.io.commit.staging import StagedFile
from tidemill.io.dataset import In, Out
from tidemill.io.paths import HTTP_PROTOCOLS, full_path, get_protocol_and_path
from tidemill.io.secrets.redaction import mask_url, redact
from tidemill.io.versioned import AbstractVersionedDataset, _current
from tidemill.io.warning import warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from fsspec import AbstractFileSystem

    from tidemill.io.versions import Version

#: What `open` takes for texts only.
_OF_TEXT = frozenset({"encoding", "errors", "newline"})


class FileDataset(AbstractVersionedDataset[In, Out], Generic[In, Out]):
    """One file, on any filesystem, with or without versions.

    A format writes `_read(file)` and `_write(file, data)`, for a file that is open in the modes of `OPEN_LOAD` and
    `OPEN_SAVE`, and finds its arguments in `self._load_args` and `self._save_args`.
    """

    DEFAULT_LOAD_ARGS: ClassVar[Mapping[str, Any]] = {}
    DEFAULT_SAVE_ARGS: ClassVar[Mapping[str, Any]] = {}
    OPEN_LOAD: ClassVar[Mapping[str, Any]] = {"mode": "rb"}
    OPEN_SAVE: ClassVar[Mapping[str, Any]] = {"mode": "wb"}

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        version: Version | None = None,
        credentials: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the file is and how its library reads and writes it.

        Args:
            filepath: A path, or a URL with the protocol of an fsspec filesystem. Missing folders are made.
            load_args: Options for the library when it reads.
            save_args: Options for the library when it writes.
            version: Which version to load and save; None if the file is not versioned.
            credentials: Options for the filesystem that nobody may see, such as `{"key": ..., "secret": ...}`.
            fs_args: Other options for the filesystem; `open_args_load` and `open_args_save` in it go to `open`.
            metadata: Anything; Tidemill does not look at it.

        Raises:
            DatasetError: A version on HTTP(S).
        """
        protocol, path = get_protocol_and_path(filepath, version)
        super().__init__(PurePosixPath(path), version)
        self._protocol = protocol
        self._url = os.fspath(filepath)
        options = dict(fs_args) if fs_args else {}
        self._open_load = _open_args(self.OPEN_LOAD, options, "open_args_load")
        self._open_save = _open_args(self.OPEN_SAVE, options, "open_args_save")
        self._fs_options = {**options, **credentials} if credentials else options
        self._load_args = {**self.DEFAULT_LOAD_ARGS, **self._without_storage_options(load_args)}
        self._save_args = {**self.DEFAULT_SAVE_ARGS, **self._without_storage_options(save_args)}
        self.metadata = metadata

    def _read(self, file: IO[Any]) -> Out:
        """Return what the open file holds; keyword arguments besides are those of one `load`."""
        raise NotImplementedError(f"{type(self).__name__} cannot be loaded: its author wrote no `_read`.")

    def _write(self, file: IO[Any], data: In) -> None:
        """Write the data to the open file."""
        raise NotImplementedError(f"{type(self).__name__} cannot be saved: its author wrote no `_write`.")

    def _load(self, **load_args: Any) -> Out:
        read: Callable[..., Out] = self._read  # a format may take arguments of the load, or not
        path = str(self._get_load_path())
        if self._protocol == "file" and "compression" not in self._open_load:
            with open(path, **self._open_load) as file:
                return read(file, **load_args)
        with open_object(self._fs, self._on_fs(path), self._open_load) as file:
            return read(file, **load_args)

    def _save(self, data: In) -> None:
        with self._new_file() as file:
            self._write(file, data)

    def _describe(self) -> dict[str, Any]:
        described: dict[str, Any] = redact(
            {
                "filepath": full_path(self._filepath, self._protocol),
                "load_args": self._load_args,
                "save_args": self._save_args,
                "version": self._version,
            }
        )
        return described

    @classmethod
    def _without_storage_options(cls, arguments: Mapping[str, Any] | None) -> Mapping[str, Any]:
        if not arguments or "storage_options" not in arguments:
            return arguments or {}
        warn(f"{cls.__name__}: left out `storage_options`; give them as `fs_args` or `credentials`.")
        return {key: value for key, value in arguments.items() if key != "storage_options"}

    @property
    def _fs(self) -> AbstractFileSystem:
        """The filesystem, made when first asked for."""
        fs = vars(self).get("_filesystem")
        if fs is None:
            import fsspec

            if self._protocol in {"file", *HTTP_PROTOCOLS}:
                fs = fsspec.filesystem(self._protocol, **self._fs_options)
            else:
                fs, _ = fsspec.core.url_to_fs(self._url, **self._fs_options)
            vars(self)["_filesystem"] = fs
        return fs

    @property
    def _store(self) -> stores.Store:
        return stores.LOCAL if self._protocol == "file" else stores.store_on(self._fs)

    def _on_fs(self, path: str) -> str:
        """Return a path as this filesystem wants it."""
        if self._protocol == "file":
            return path
        if self._protocol in HTTP_PROTOCOLS:
            return self._url  # never versioned, and a path object would take `//` in a query for `/`
        return str(self._fs._strip_protocol(full_path(path, self._protocol)))

    def _root_and_name(self) -> tuple[str, str]:
        return self._on_fs(str(self._filepath)), self._filepath.name

    def _why_missing(self) -> str | None:
        if self._protocol in HTTP_PROTOCOLS:  # whatever went wrong there, fsspec says that there is no file
            return "Nothing could be read there: correct the address, or see whether its server answers."
        return super()._why_missing()

    def _exists(self) -> bool:
        return self._is_there(self._on_fs(str(self._filepath)))

    def _release(self) -> None:
        super()._release()
        if self._protocol != "file" and "_filesystem" in vars(self):
            self._fs.invalidate_cache(self._on_fs(str(self._filepath)))

    def _writes_path(self) -> bool:
        """Tell whether saves hand the path to a library, which may look at its ending, append, or make a folder."""
        return type(self)._save is not FileDataset._save

    def _new_content(self) -> stores.NewContent:
        path = str(self._filepath)
        if self._writes_path():
            return super()._new_content()
        if self._protocol != "file":
            return DirectPath(path)
        if os.path.isfile(path) or not os.path.exists(path):
            return StagedFile(path, keep="a" in self._open_save["mode"])
        return super()._new_content()

    def _new_file(self) -> AbstractContextManager[IO[Any]]:
        """Open what will be the file once it is whole; elsewhere than on local disk it is uploaded in one go."""
        save = _current(self)
        content = save.begin() if save is not None else None
        if isinstance(content, StagedFile):
            return self._open_local(content.path, content.opener)
        target = str(self._get_save_path())
        if self._protocol == "file":
            return self._open_local(target)
        if self._protocol in HTTP_PROTOCOLS:
            raise DatasetError(f"HTTP(S) cannot be saved to: {mask_url(self._url)}. Choose a filepath on a store.")
        return self._new_object(target)

    @contextlib.contextmanager
    def _new_object(self, target: str) -> Iterator[IO[Any]]:
        # Serialised here first: an error in the middle must not leave half an object, and every library can seek.
        import tempfile

        descriptor, named = tempfile.mkstemp(prefix="tidemill-")
        path = f"/proc/self/fd/{descriptor}"
        try:
            if "a" in self._open_save["mode"] and self._store.exists(self._on_fs(target)):
                self._fs.get_file(self._on_fs(target), named)
            if os.path.exists(path):
                os.unlink(named)  # without a name it is gone when this process is
            else:
                path = named  # a system that does not show open files as paths
            with self._open_local(path) as file:  # by a name that leads to it: there are libraries that open it again
                yield file
            self._upload(path, target)
        finally:
            os.close(descriptor)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(named)

    def _open_local(self, path: str, opener: Callable[[str, int], int] | None = None) -> IO[Any]:
        if "compression" in self._open_save:
            from fsspec.implementations.local import LocalFileSystem
            from fsspec.utils import infer_compression

            options = dict(self._open_save)
            if options["compression"] == "infer":  # what is written has another name than what it will be
                options["compression"] = infer_compression(self._filepath.name)
            file: IO[Any] = LocalFileSystem().open(path, **options)
        else:
            file = open(path, **{"opener": opener, **self._open_save})  # noqa: SIM115 - the caller closes it
        return file

    def _upload(self, path: str, target: str) -> None:
        upload(self._fs, path, self._on_fs(target))
        save = _current(self)
        if save is not None and save.version is not None:
            save.begin().add(self._on_fs(target), os.path.getsize(path), checksum_file(path))
        self._fs.invalidate_cache(self._on_fs(target))


def _open_args(default: Mapping[str, Any], options: dict[str, Any], key: str) -> dict[str, Any]:
    """Take the arguments of `open` out of `fs_args`, over the defaults; an encoding is one of texts."""
    found = options.pop(key, None) or {}
    if found and not isinstance(found, Mapping):
        raise DatasetConfigError(f"`fs_args.{key}` must be a mapping, such as `mode: rb`, not {type(found).__name__}.")
    mode = default["mode"].replace("b", "") if _OF_TEXT & found.keys() else default["mode"]
    return {**default, "mode": mode, **found}
