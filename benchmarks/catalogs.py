"""Large catalogs: parsed, built, shown, and asked for names that patterns may match."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from measure import Limit, Row, in_turns

from tidemill import DataCatalog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measure import Bench


class Plain:
    """What a CSV dataset has to remember, set and nothing else done: the floor of making one."""

    def __init__(
        self,
        name: str,
        filepath: str,
        load_args: dict[str, Any] | None = None,
        save_args: dict[str, Any] | None = None,
        version: Any = None,
        credentials: dict[str, Any] | None = None,
        fs_args: dict[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        self.call = ((), {"filepath": filepath})
        self.name = name
        self.protocol = "file"
        self.url = filepath
        self.filepath = self.path_of(filepath)
        self.version = version
        self.exists_function = self.glob_function = None
        self.open_load, self.open_save = {"mode": "rb"}, {"mode": "wb"}
        self.fs_options = {**(fs_args or {}), **(credentials or {})}
        self.load_args = {**(load_args or {})}
        self.save_args = {"index": False, **(save_args or {})}
        self.metadata = metadata

    def path_of(self, filepath: str) -> Any:
        return PurePosixPath(filepath)


class Plainer(Plain):
    """The same without the path object."""

    def path_of(self, filepath: str) -> Any:
        return filepath


def _path(number: int) -> str:
    return f"data/01_raw/table_{number}.csv"


def _definitions(count: int) -> dict[str, dict[str, Any]]:
    return {f"table_{n}": {"type": "pandas.CSVDataset", "filepath": _path(n)} for n in range(count)}


def from_config(bench: Bench) -> Iterator[Row]:
    """A catalog of many definitions, parsed."""
    count = bench.size(100_000, 5_000)
    definitions = _definitions(count)
    paths = [_path(n) for n in range(count)]
    floor, ours = in_turns(
        lambda: [{"type": "pandas.CSVDataset", "filepath": path} for path in paths],
        lambda: DataCatalog.from_config(definitions),
    )
    peer = bench.peer("from_config", count)
    yield Row(f"from_config, {count:,} entries", "as many dicts", floor, ours, Limit(times=15), peer=peer)


def get_all(bench: Bench) -> Iterator[Row]:
    """Every dataset of a catalog, made."""
    count = bench.size(100_000, 5_000)
    definitions = _definitions(count)
    names = [*definitions]
    # A fresh catalog for each turn, parsed outside the clock.
    fresh = iter([DataCatalog.from_config(definitions) for _ in range(3)])

    def ours() -> list[Any]:
        get = next(fresh).get
        return [get(name) for name in names]

    plain, plainer, made = in_turns(
        lambda: [Plain(name, definitions[name]["filepath"]) for name in names],
        lambda: [Plainer(name, definitions[name]["filepath"]) for name in names],
        ours,
        repeat=3,
    )
    peer = bench.peer("get_all", count)
    line = f"get of all {count:,}"
    yield Row(line, "plain objects, each with its path object", plain, made, Limit(times=10), peer=peer)
    yield Row(line, "plain objects without a path object", plainer, made, Limit(times=10), peer=peer)


def representation(bench: Bench) -> Iterator[Row]:
    """What a notebook shows of a large catalog."""
    count = bench.size(100_000, 5_000)
    catalog = DataCatalog.from_config(_definitions(count))
    assert len(repr(catalog)) < 300
    floor, ours = in_turns(lambda: repr(_definitions(8)), lambda: repr(catalog), repeat=20)
    peer = bench.peer("representation", count)
    yield Row(f"repr of {count:,} entries", "repr of 8 definitions", floor, ours, Limit(most=0.001), peer=peer)


def factories(bench: Bench) -> Iterator[Row]:
    """Names asked of a catalog of patterns."""
    patterns, count = bench.size(1_000, 100), bench.size(10_000, 1_000)
    catalog = DataCatalog.from_config(
        {
            f"room_{n}.{{name}}@csv": {"type": "pandas.CSVDataset", "filepath": f"data/{n}/{{name}}.csv"}
            for n in range(patterns)
        }
    )
    there = [f"room_{n % patterns}.table_{n}@csv" for n in range(count)]
    missing = [f"hall_{n % patterns}.table_{n}@parquet" for n in range(count)]
    for what, names, wanted in (("contains", there, True), ("missing", missing, False)):
        assert all((name in catalog) is wanted for name in names)
        held = dict.fromkeys(names)
        floor, ours = in_turns(
            lambda held=held, names=names: [name in held for name in names],
            lambda names=names: [name in catalog for name in names],
            repeat=3,
        )
        line = f"{patterns:,} patterns, {count:,} names: {what}"
        peer = bench.peer("factories", patterns, count, what)
        yield Row(line, "the names in a dict", floor, ours, Limit(most=1.0), peer=peer)
