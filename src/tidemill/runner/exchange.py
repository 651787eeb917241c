"""Exchange: data between processes, written once to shared memory and mapped by all who read it."""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import pickle
import re
import shutil
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from tidemill.io.commit import locks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from typing_extensions import Self

_SHARED = "/dev/shm"  # noqa: S108 - memory that has the names of files; our folders in it are nobody else's to enter
_PREFIX = "tidemill-exchange-"
#: Names that only `_add` gives: others make folders beside ours, and what is not ours is not ours to remove.
_OURS = re.compile(re.escape(_PREFIX) + r"\d+-\w{8}")
#: A buffer that is smaller travels inside the pickle; a pickle that is smaller, and has none outside, in a message.
_SMALL_BUFFER, _SMALL = 1 << 14, 1 << 16
_ALIGNMENT = 64
_MOST_AT_ONCE = 1 << 30  # one write takes no more than 2 GB
_MOST_PIECES = 1024
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.ENOMEM}


class Parcel(NamedTuple):
    """Data on its way: the pickle itself if it is small, otherwise the file that holds it, and where its parts end."""

    pickled: bytes
    path: str = ""
    ends: tuple[int, ...] = ()

    def load(self) -> Any:
        """Return the data. Its buffers are mapped, not copied; what one reader changes no other sees."""
        if not self.path:
            return pickle.loads(self.pickled)  # noqa: S301 - our own processes wrote it
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            view = memoryview(mmap.mmap(descriptor, 0, access=mmap.ACCESS_COPY))
        finally:
            os.close(descriptor)
        begins = [0, *(_aligned(end) for end in self.ends)]
        parts = [view[begin:end] for begin, end in zip(begins, self.ends, strict=False)]
        return pickle.loads(parts[0], buffers=parts[1:])  # noqa: S301

    def free(self) -> None:
        """Give back the memory, once those who have it mapped are done with it."""
        if self.path:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path)

    @property
    def size(self) -> int:
        """The bytes that it holds."""
        return self.ends[-1] if self.ends else len(self.pickled)


class Exchange:
    """Where processes leave data for each other; one owner makes and closes it, and who is given it may put and load.

    It is a folder in shared memory and one in the temporary folder, for what does not fit. The owner holds a lock on
    both; folders whose owner died are removed by the next one.
    """

    def __init__(self, places: Sequence[str] | None = None) -> None:
        """Make it.

        Args:
            places: Folders to make it in, the first choice first.
        """
        import tempfile

        chosen = [_SHARED, tempfile.gettempdir()] if places is None else places
        self._folders: list[str] = []
        self._locks: list[int] = []
        for place in dict.fromkeys(map(os.path.realpath, chosen)):
            if os.access(place, os.R_OK | os.W_OK | os.X_OK):
                with contextlib.suppress(OSError):  # it is full, or no place for folders: another one may do
                    _sweep(place)
                    self._add(place)
        if not self._folders:
            raise FileNotFoundError(
                errno.ENOENT, "Data cannot be handed between processes: no folder can be made in", *chosen[:1]
            )

    def put(self, data: Any) -> Parcel:
        """Write data.

        Raises:
            OSError: There is no room for it.
            Exception: What its pickling raised.
        """
        pieces: list[Any] = []
        buffers: list[memoryview] = []
        _Pickler(pieces, buffers).dump(data)
        if not buffers:
            pickled: bytes = pieces[0] if len(pieces) == 1 else b"".join(pieces)
            if len(pickled) < _SMALL:
                return Parcel(pickled)
            pieces = [pickled] if len(pieces) == 1 else pieces
        name = os.urandom(8).hex()
        *others, last = self._folders  # there is always one
        for folder in others:
            try:
                return _write(os.path.join(folder, name), pieces, buffers)
            except OSError as exc:
                if exc.errno not in _FULL:
                    raise
        return _write(os.path.join(last, name), pieces, buffers)

    def close(self) -> None:
        """Remove all that was put and not freed; only the owner does that."""
        for folder, lock in zip(self._folders, self._locks, strict=False):
            shutil.rmtree(folder, ignore_errors=True)
            locks.unlock(lock)
        self._locks = []

    def leave(self) -> None:
        """Forget the ownership that a fork has copied."""
        for lock in self._locks:
            os.close(lock)  # not unlocked: the lock is one for both processes
        self._locks = []

    def _add(self, place: str) -> None:
        import tempfile

        while True:
            folder = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place)
            lock = os.open(folder, os.O_RDONLY)
            if locks.try_lock(lock) is not False and locks.still_at(folder, lock):
                break
            os.close(lock)  # another run has just swept it, before it was locked
        self._folders.append(folder)
        self._locks.append(lock)

    def __getstate__(self) -> dict[str, Any]:
        return {"_folders": self._folders, "_locks": []}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def check(data: Any) -> None:
    """Pickle data as `put` does, and drop it.

    Raises:
        Exception: What its pickling raised.
    """
    _Pickler([], []).dump(data)


class _Pickler(pickle.Pickler):
    """Collects the pickle in pieces, large values as they are, and the buffers that shall be mapped."""

    def __init__(self, pieces: list[Any], buffers: list[memoryview]) -> None:
        def keep(buffer: pickle.PickleBuffer) -> bool:
            raw = buffer.raw()
            if raw.nbytes < _SMALL_BUFFER:
                return True
            buffers.append(raw)
            return False

        super().__init__(_Pieces(pieces.append), protocol=5, buffer_callback=keep)
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            self.dispatch_table = {**_dispatch_table(), numpy.ndarray: _reduce_array}


class _Pieces:
    def __init__(self, write: Callable[[Any], None]) -> None:
        self.write = write


def _dispatch_table() -> dict[type, Any]:
    import copyreg

    return copyreg.dispatch_table


def _reduce_array(array: Any) -> Any:
    """Reduce an array so that its data is a buffer, also where NumPy gives none: gaps in it, dates, durations."""
    kind = array.dtype.kind
    if kind in "mM":
        return _as_type, (array.view("i8") if array.flags.forc else _packed(array).view("i8"), array.dtype)
    if kind != "O" and not array.flags.forc and not array.dtype.hasobject:
        array = _packed(array)
    return array.__reduce_ex__(5)


def _packed(array: Any) -> Any:
    return array.copy(order="K")


def _as_type(array: Any, dtype: Any) -> Any:
    return array.view(dtype)


def _write(path: str, pieces: Sequence[Any], buffers: Sequence[memoryview]) -> Parcel:
    """Write one file; by `write`: in memory that is faster than to map it, and it fails where a mapping kills."""
    ends = [sum(len(piece) for piece in pieces)]
    parts: list[Any] = [*pieces]
    for buffer in buffers:
        parts += [bytes(_aligned(ends[-1]) - ends[-1]), buffer]
        ends.append(_aligned(ends[-1]) + buffer.nbytes)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        room = os.fstatvfs(descriptor)
        if room.f_bavail * room.f_frsize < ends[-1]:
            raise OSError(errno.ENOSPC, f"No room for {ends[-1] / 1e6:,.1f} MB on their way between processes", path)
        _write_all(descriptor, _chopped(parts))
    except BaseException:  # Ctrl-C too: half a file is of no use to anybody
        os.unlink(path)
        raise
    finally:
        os.close(descriptor)
    return Parcel(b"", path, tuple(ends))


def _write_all(descriptor: int, parts: Iterable[memoryview]) -> None:
    parts = iter(parts)
    while batch := list(islice(parts, _MOST_PIECES)):
        while batch:
            written = os.writev(descriptor, batch)
            while batch and written >= batch[0].nbytes:
                written -= batch.pop(0).nbytes
            if batch:
                batch[0] = batch[0][written:]


def _chopped(parts: Iterable[Any]) -> Iterator[memoryview]:
    for part in parts:
        view = memoryview(part)
        for begin in range(0, view.nbytes, _MOST_AT_ONCE):
            yield view[begin : begin + _MOST_AT_ONCE]


def _aligned(position: int) -> int:
    return -(-position // _ALIGNMENT) * _ALIGNMENT


def _sweep(place: str) -> None:
    """Remove the folders of owners that are gone."""
    for name in os.listdir(place):
        if not _OURS.fullmatch(name):
            continue
        folder = os.path.join(place, name)
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue  # gone already, or somebody else's
        try:
            is_own = os.fstat(lock).st_uid == os.geteuid()
            if is_own and locks.try_lock(lock) is True and locks.still_at(folder, lock):
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            locks.unlock(lock)
