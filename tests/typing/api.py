"""The public API as users type it: never run, read by mypy and pyright (strict)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pandas as pd
from typing_extensions import assert_type

from tidemill import (
    AbstractDataset,
    AbstractVersionedDataset,
    CachedDataset,
    DataCatalog,
    DatasetError,
    FileDataset,
    IncrementalDataset,
    LambdaDataset,
    MemoryDataset,
    PartitionedDataset,
    Pipeline,
    SequentialRunner,
    Version,
    generate_timestamp,
    get_filepath_str,
    get_protocol_and_path,
    node,
    pipeline,
)
from tidemill.catalog import DataCatalog as CatalogOfTheRoom
from tidemill.datasets.json import JSONDataset
from tidemill.datasets.pandas import CSVDataset, ExcelDataset, ParquetDataset
from tidemill.datasets.text import TextDataset
from tidemill.io import AbstractDataset as DatasetOfTheRoom
from tidemill.pipeline import Pipeline as PipelineOfTheRoom
from tidemill.runner import SequentialRunner as RunnerOfTheRoom
from tidemill.testing import DatasetTests, VersionedDatasetTests


class Lines(AbstractDataset[list[str], list[str]]):
    """A dataset in the style of `_load` and `_save`."""

    def __init__(self, filepath: str) -> None:
        self._filepath = filepath

    def _load(self) -> list[str]:
        return Path(self._filepath).read_text(encoding="utf-8").splitlines()

    def _save(self, data: list[str]) -> None:
        Path(self._filepath).write_text("\n".join(data), encoding="utf-8")

    def _exists(self) -> bool:
        return Path(self._filepath).exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath}


class Number(AbstractDataset[int, int]):
    """A dataset in the style of `load` and `save`."""

    def __init__(self) -> None:
        self._number = 0

    def load(self) -> int:
        return self._number

    def save(self, data: int) -> None:
        self._number = data

    def _describe(self) -> dict[str, Any]:
        return {}


class VersionedLines(AbstractVersionedDataset[list[str], list[str]]):
    """A dataset with versions, of an author who knows the paths only."""

    def __init__(self, filepath: str, version: Version | None = None) -> None:
        super().__init__(PurePosixPath(filepath), version)

    def _load(self) -> list[str]:
        return Path(self._get_load_path()).read_text(encoding="utf-8").splitlines()

    def _save(self, data: list[str]) -> None:
        Path(self._get_save_path()).write_text("\n".join(data), encoding="utf-8")

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "version": self._version}


class Reversed(FileDataset[str, str]):
    """A file format."""

    def _read(self, file: IO[bytes]) -> str:
        return file.read().decode()[::-1]

    def _write(self, file: IO[bytes], data: str) -> None:
        file.write(data[::-1].encode())


def datasets_carry_what_they_say() -> None:
    assert_type(Lines("lines.txt").load(), list[str])
    Lines("lines.txt").save(["one"])
    Lines("lines.txt").save("one")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(Lines("lines.txt").exists(), bool)
    Lines("lines.txt").release()
    assert_type(Number().load(), int)

    lines = VersionedLines("lines.txt", Version(None, generate_timestamp()))
    assert_type(lines.load(), list[str])
    assert_type(lines.resolve_load_version(), str | None)
    assert_type(lines.resolve_save_version(), str | None)
    assert_type(lines.list_versions(), list[str])

    text = Reversed(filepath=Path("text"), fs_args={"open_args_save": {"mode": "wb"}}, metadata={"owner": "me"})
    assert_type(text.load(), str)
    text.save(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def formats() -> None:
    assert_type(CSVDataset(filepath="cars.csv", load_args={"sep": ";"}).load(), pd.DataFrame)
    assert_type(ParquetDataset(filepath="cars.parquet", version=Version()).load(), pd.DataFrame)
    ExcelDataset(filepath="cars.xlsx").save(pd.DataFrame({"a": [1]}))
    assert_type(TextDataset(filepath="note.txt").load(), str)
    JSONDataset(filepath="note.json").save({"a": [1, None]})


def wrappers() -> None:
    MemoryDataset(data={"a": 1}, copy_mode="assign").load()
    CachedDataset(Lines("lines.txt"), copy_mode="copy").load()
    CachedDataset({"type": "pandas.CSVDataset", "filepath": "cars.csv"}).load()
    LambdaDataset(load=lambda: 1, save=print, exists=None, release=None).load()


def partitions() -> None:
    parts = PartitionedDataset(path="parts", dataset="pandas.CSVDataset", filename_suffix=".csv", overwrite=True)
    for partition, load in parts.load().items():
        assert_type(partition, str)
        load()
    parts.save({"one": pd.DataFrame(), "two": lambda: pd.DataFrame({"a": [1]})})
    PartitionedDataset(path="parts", dataset=Lines)
    PartitionedDataset(path="parts", dataset={"type": Lines}, credentials={"key": "a"}, load_args={"maxdepth": 1})

    increments = IncrementalDataset(path="parts", dataset="text.TextDataset", checkpoint={"force_checkpoint": "b"})
    for partition in increments.load():
        assert_type(partition, str)
    increments.confirm()


def catalogs() -> None:
    catalog = DataCatalog({"lines": Lines("lines.txt")})
    catalog = DataCatalog.from_config(
        {"cars": {"type": "pandas.CSVDataset", "filepath": "cars.csv", "versioned": True, "credentials": "dev"}},
        credentials={"dev": {"key": "a", "secret": "b"}},
        load_versions={"cars": "2020-01-01T00.00.00.000Z"},
        save_version=generate_timestamp(),
    )
    cars: pd.DataFrame = catalog.load("cars", version="2020-01-01T00.00.00.000Z")
    catalog.save("cars", cars)
    catalog["answer"] = 42
    catalog["lines"] = Lines("lines.txt")
    assert_type(catalog.exists("cars"), bool)
    assert_type("cars" in catalog, bool)
    assert_type(len(catalog), int)
    assert_type(list(catalog), list[str])
    assert_type(catalog.list("^c"), list[str])
    catalog.get("cars")
    catalog.release("cars")
    catalog.confirm("cars")
    assert_type(catalog.shallow_copy(), DataCatalog)


def runs() -> None:
    def add(a: int, b: int) -> int:
        return a + b

    both = node(add, inputs=["a", "b"], outputs="c", name="add", tags=["sum"], confirms=None)
    by_name = node(add, inputs={"a": "a", "b": "params:b"}, outputs="d", namespace="named")
    assert_type(Pipeline([both]) + Pipeline([by_name]), Pipeline)
    assert_type(pipeline([both, by_name], tags="all"), Pipeline)
    SequentialRunner().run(Pipeline([both]), DataCatalog({"a": MemoryDataset(1), "b": MemoryDataset(2)}))


class NumberTests(DatasetTests):
    sample = 1

    def make(self, filepath: str, version: Version | None = None) -> Number:
        return Number()


class LinesTests(VersionedDatasetTests):
    sample, other = ["flood"], ["ebb"]

    def make(self, filepath: str, version: Version | None = None) -> VersionedLines:
        return VersionedLines(filepath, version)

    def equal(self, a: list[str], b: list[str]) -> bool:
        return a == b


def names_and_errors() -> None:
    assert_type(get_protocol_and_path("s3://bucket/cars.csv"), tuple[str, str])
    assert_type(get_filepath_str(PurePosixPath("bucket/cars.csv"), "s3"), str)
    assert_type(generate_timestamp(), str)
    assert_type(Version(load="a", save=None).load, str | None)
    error: Exception = DatasetError("lost")
    raise error


def rooms_give_the_same() -> list[Callable[..., Any]]:
    catalog: type[DataCatalog] = CatalogOfTheRoom
    pipes: type[Pipeline] = PipelineOfTheRoom
    runner: type[SequentialRunner] = RunnerOfTheRoom
    number: DatasetOfTheRoom[int, int] = Number()
    return [catalog, pipes, runner, number.load]
