"""What loading a folder returns: partition id -> function that loads it, a million of them in a moment."""

from __future__ import annotations

from collections.abc import ItemsView, Mapping, ValuesView
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from tidemill.io.definition import build
from tidemill.io.latekeys import LateKeys
from tidemill.io.paths import join
from tidemill.io.secrets.redaction import mask_url

if TYPE_CHECKING:
    from tidemill.io.dataset import AbstractDataset

_SHOWN = 5
_NOT_MADE: Any = object()


class PartitionSource:
    """How the dataset of a partition is made from its id."""

    def __init__(self, definition: Mapping[str, Any], filepath_arg: str, folder: str, suffix: str) -> None:
        """Keep what the partitions share.

        Args:
            definition: `type` and the arguments of the underlying dataset.
            filepath_arg: The argument that takes the partition's path.
            folder: The folder, with its protocol.
            suffix: What follows an id in the path.
        """
        self.definition, self.filepath_arg, self.folder, self.suffix = definition, filepath_arg, folder, suffix
        self.name = mask_url(folder)

    def path(self, partition: str) -> str:
        """Return the full path of a partition."""
        return join(self.folder, partition) + self.suffix

    def dataset(self, partition: str, path: str | None = None) -> AbstractDataset[Any, Any]:
        """Return the dataset of a partition, or of another path in its place."""
        definition = {**self.definition, self.filepath_arg: path or self.path(partition)}
        return build(f"{self.name}/{partition}", definition)


class Partition(NamedTuple):
    """A function that loads one partition; it pickles."""

    source: PartitionSource
    id: str

    def __call__(self) -> Any:
        """Return the data of this partition."""
        return self.source.dataset(self.id).load()

    def __repr__(self) -> str:
        return f"<partition {self.id!r} of {self.source.name}>"


class Partitions(LateKeys):
    """A dictionary of partition id -> Partition, which makes each value when it is asked for.

    It is a `dict` for all who look, and as one it may be changed. Because it iterates in its own way, `dict(...)` and
    `{**...}` ask for the values too instead of copying what is stored.
    """

    __slots__ = ("_source",)

    def __init__(self, source: PartitionSource, ids: list[str]) -> None:
        """Hold the ids.

        Args:
            source: What loads them.
            ids: The partition ids, in a list that nobody changes; they are sorted when first asked for.
        """
        super().__init__(ids, _NOT_MADE)
        self._source = source

    def _made(self, key: str, value: Any) -> Any:
        return Partition(self._source, key) if value is _NOT_MADE else value

    def __getitem__(self, key: str) -> Any:
        # Asked for each partition in turn, a million times: so without the two calls that the others make.
        if self._late is not None:
            self._file()
        value = dict.__getitem__(self, key)
        return Partition(self._source, key) if value is _NOT_MADE else value

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a key, or the default."""
        return self._made(key, super().get(key, default))

    def pop(self, key: str, *default: Any) -> Any:
        """Remove a key and return its value, or the default."""
        return self._made(key, super().pop(key, *default))

    def popitem(self) -> tuple[str, Any]:
        """Remove and return the last key and its value."""
        key, value = super().popitem()
        return key, self._made(key, value)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Return the value of a key, which becomes the default if there is none."""
        return self._made(key, super().setdefault(key, default))

    def values(self) -> ValuesView[Any]:  # type: ignore[override] # a view that asks, as dict's would not
        """Return a view of the values."""
        return ValuesView(self)

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        """Return a view of the keys with their values."""
        return ItemsView(self)

    def copy(self) -> dict[str, Any]:
        """Return a plain dictionary of the same."""
        return dict(self)

    def __or__(self, other: Any) -> Any:
        return dict(self) | other

    def __ror__(self, other: Any) -> Any:
        return other | dict(self)

    def __eq__(self, other: object) -> bool:
        return dict(self.items()) == (dict(other.items()) if isinstance(other, Mapping) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment] # as of every dictionary

    def __repr__(self) -> str:
        shown = [f"{key!r}: {value!r}" for key, value in islice(self.items(), _SHOWN)]
        more = [f"... {len(self) - _SHOWN:,} more"] if len(self) > _SHOWN else []
        return "{" + ", ".join(shown + more) + "}"

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return Partitions._from_pickle, (self._source, [*self], self._changed())

    def _changed(self) -> dict[str, Any]:
        return {key: value for key, value in super().items() if value is not _NOT_MADE}

    @classmethod
    def _from_pickle(cls, source: PartitionSource, ids: list[str], changed: dict[str, Any]) -> Partitions:
        made = cls(source, [])
        made.update({**dict.fromkeys(ids, _NOT_MADE), **changed})  # in the order that they had
        return made
