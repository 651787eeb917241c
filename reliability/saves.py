"""Saves that are killed, find the disk full, or fail in the middle: what the next process finds."""

from __future__ import annotations

import functools
from collections import Counter
from typing import Any, ClassVar

import drills
import harness
import sides

MIX = "all of one set, some of the other"
OLD, NEW = ["old " * 50] * 300, ["new " * 50] * 400


class Saving:
    """A dataset at a place, whose old and new contents differ in every line."""

    old: ClassVar[Any] = OLD
    new: ClassVar[Any] = NEW

    def __init__(self, kind: str, *, versions: bool) -> None:
        self.kind, self.versions = kind, versions

    def dataset(self, place: str) -> Any:
        version = sides.Version(None, None) if self.versions else None
        if self.kind == "FolderDataset":
            return sides.folder_dataset()(f"{place}/data", version)
        return getattr(sides, self.kind)(filepath=f"{place}/data", version=version)

    def wrap(self, content: Any) -> Any:
        if self.kind in {"CSVDataset", "ParquetDataset"}:
            import pandas as pd

            return pd.DataFrame({"text": content})
        return {f"part{n}": content[0] for n in range(3)} if self.kind == "FolderDataset" else content

    def unwrap(self, data: Any) -> Any:
        if self.kind in {"CSVDataset", "ParquetDataset"}:
            return [*data["text"]]
        return data

    def before(self, place: str) -> None:
        self.dataset(place).save(self.wrap(self.old))

    def save(self, place: str) -> None:
        self.dataset(place).save(self.wrap(self.new))

    def found(self, place: str) -> str:
        data = self.unwrap(self.dataset(place).load())
        for name, content in (("old", self.old), ("new", self.new)):
            if data == (self.wrap(content) if self.kind == "FolderDataset" else content):
                return name
        return "torn"


class Partitions:
    """All partitions of a folder are replaced."""

    old: ClassVar[dict[str, str]] = {f"a{n}": f"old {n}" for n in range(4)}
    new: ClassVar[dict[str, str]] = {f"b{n}": f"new {n}" for n in range(4)}

    def dataset(self, place: str) -> Any:
        kind = "tidemill.datasets.text.TextDataset" if sides.SIDE == sides.HERE else "kedro_datasets.text.TextDataset"
        return sides.PartitionedDataset(path=f"{place}/parts", dataset=kind, overwrite=True)

    def before(self, place: str) -> None:
        self.dataset(place).save(self.old)

    def save(self, place: str) -> None:
        self.dataset(place).save(self.new)

    def found(self, place: str) -> str:
        data = {name: load() for name, load in self.dataset(place).load().items()}
        if data in (self.old, self.new):
            return "old" if data == self.old else "new"
        # As promised where folders cannot be renamed: each partition is whole, and the old go when the new are there.
        one_is_whole = any(each.items() <= data.items() for each in (self.old, self.new))
        return MIX if one_is_whole and data.items() <= {**self.old, **self.new}.items() else "torn"


class Unwritable:
    """Its pickling fails after much has been written."""

    def __reduce__(self) -> Any:
        raise RuntimeError("this serialiser has had enough")


def failing(kind: str, bad: Any, quick: bool) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    for versions in (False, True):
        for _ in range(1 if quick else 5):
            saving = Saving(kind, versions=versions)
            with harness.folder() as place:
                harness.child(lambda saving=saving, place=place: saving.before(place))
                harness.child(lambda saving=saving, place=place: saving.dataset(place).save(bad))
                outcomes[
                    str(harness.child(lambda saving=saving, place=place: saving.found(place)).value or "torn")
                ] += 1
    return outcomes


def _killed(saving: Any, s3: bool, quick: bool) -> Counter[str]:
    return harness.kill_everywhere(saving, s3=s3, most=4 if quick else 40 if s3 else None)


def _full(saving: Any, quick: bool) -> Counter[str]:
    return harness.fill_disk(saving, most=4 if quick else None)


_SAVES = {
    "CSV, versioned": Saving("CSVDataset", versions=True),
    "CSV, unversioned": Saving("CSVDataset", versions=False),
    "pickle": Saving("PickleDataset", versions=False),
    "Parquet": Saving("ParquetDataset", versions=False),
    "Parquet, versioned": Saving("ParquetDataset", versions=True),
    "JSON": Saving("JSONDataset", versions=False),
    "partitions, `overwrite: true`": Partitions(),
    "a user's folder format, versioned": Saving("FolderDataset", versions=True),
}
for _name, _saving in _SAVES.items():
    _act = functools.partial(_killed, _saving, False)
    drills.enter_as(f"saves.killed: {_name}", f"`kill -9` at every step of a save: {_name}", _act, "old", "new")
for _name in ("CSV, versioned", "CSV, unversioned", "pickle", "Parquet", "JSON", "partitions, `overwrite: true`"):
    _promised = ("old", "new", MIX) if _name.startswith("partitions") else ("old", "new")
    _act = functools.partial(_killed, _SAVES[_name], True)
    drills.enter_as(
        f"saves.s3: {_name}", f"`kill -9` at requests to S3 (at most 40): {_name}", _act, *_promised, needs_s3=True
    )
for _name in ("CSV, versioned", "CSV, unversioned", "Parquet", "partitions, `overwrite: true`"):
    drills.enter_as(
        f"saves.full: {_name}",
        f"disk full in the middle: {_name}",
        functools.partial(_full, _SAVES[_name]),
        "old",
        "new",
    )


@drills.drill("error of the serialiser in the middle: JSON and pickle, versioned and not", "old")
def serialiser(quick: bool) -> Counter[str]:
    return failing("JSONDataset", [*NEW, object()], quick) + failing("PickleDataset", [*NEW, Unwritable()], quick)
