"""HadoopFileSystem: any filesystem that Spark reaches, as fsspec wants one, by Spark's own settings and credentials."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any

from fsspec import AbstractFileSystem  # noqa: TID253 - imported where such a filesystem is made, never before

from tidemill.datasets.spark.session import session

if TYPE_CHECKING:
    from collections.abc import Iterator

_ERRORS = {
    "java.io.FileNotFoundException": FileNotFoundError,
    "org.apache.hadoop.fs.FileAlreadyExistsException": FileExistsError,
    "org.apache.hadoop.security.AccessControlException": PermissionError,
}
#: Java's arguments have no names: a copied file stays, it replaces another, a folder goes with all it holds.
_STAYS, _OVER, _ALL = False, True, True


class HadoopFileSystem(AbstractFileSystem):  # type: ignore[misc]
    """The parts of a filesystem that versions and staging need; Spark itself reads and writes the data.

    A file that is created exclusively is created by one request where the store has one (HDFS).
    """

    protocol = ("hadoop",)
    cachable = False

    def __init__(self, root: str) -> None:
        """Reach it.

        Args:
            root: What stands before each path: the protocol as Hadoop spells it, and `://`.
        """
        super().__init__()
        self._root = root

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(each) for each in path]
        return str(path).rpartition("://")[2].rstrip("/")

    def ls(self, path: str, detail: bool = True, **_: Any) -> list[Any]:
        """List a folder."""
        fs, where = self._at(path)
        with _translated():
            found = [self._known(each) for each in fs.listStatus(where)]
        return found if detail else [each["name"] for each in found]

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """Return what is known of a path."""
        fs, where = self._at(path)
        with _translated():
            return self._known(fs.getFileStatus(where))

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **_: Any) -> bytes:
        """Return what a small file holds."""
        fs, where = self._at(path)
        with _translated():
            stream = fs.open(where)
            try:
                return bytes(stream.readAllBytes())[start:end]
            finally:
                stream.close()

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **_: Any) -> None:
        """Write a small file, and its folder; with `mode="create"` only where there is none."""
        fs, where = self._at(path)
        with _translated():
            stream = fs.create(where, mode != "create")
            stream.write(bytearray(value))
            stream.close()

    def cp_file(self, path1: str, path2: str, **_: Any) -> None:
        """Copy a file over another."""
        (source, old), (target, new) = self._at(path1), self._at(path2)
        jvm: Any = session().sparkContext._jvm  # noqa: SLF001 - there is no public way to Hadoop's filesystems
        with _translated():
            jvm.org.apache.hadoop.fs.FileUtil.copy(source, old, target, new, _STAYS, _OVER, source.getConf())

    def _rm(self, path: str) -> None:
        fs, where = self._at(path)
        with _translated():
            fs.delete(where, _ALL)

    def makedirs(self, path: str, exist_ok: bool = False) -> None:  # noqa: ARG002
        """Make a folder and its parents."""
        fs, where = self._at(path)
        with _translated():
            fs.mkdirs(where)

    def _open(self, path: str, mode: str = "rb", **_: Any) -> io.BytesIO:
        if mode != "rb":
            raise NotImplementedError("Spark writes the data; small files are written by `pipe_file`.")
        return io.BytesIO(self.cat_file(path))

    def _at(self, path: str) -> tuple[Any, Any]:
        context: Any = session().sparkContext
        where = context._jvm.org.apache.hadoop.fs.Path(self._root + self._strip_protocol(path))  # noqa: SLF001
        return where.getFileSystem(context._jsc.hadoopConfiguration()), where  # noqa: SLF001

    def _known(self, status: Any) -> dict[str, Any]:
        name, kind = self._strip_protocol(status.getPath().toString()), "directory" if status.isDirectory() else "file"
        return {"name": name, "type": kind, "size": status.getLen(), "mtime": status.getModificationTime()}


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Let Java's errors be Python's."""
    try:
        yield
    except Exception as exc:  # py4j has several; what is not Java's stays as it is
        java: Any = getattr(exc, "java_exception", None)
        if java is None:
            raise
        raise _ERRORS.get(java.getClass().getName(), OSError)(str(java.getMessage())) from exc
