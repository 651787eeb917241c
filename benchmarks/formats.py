"""Formats, from 1 KB to 200 MB: loaded and saved through a dataset, beside the library called directly.

A save, here and there, writes to a name beside, flushes it and renames it; `os.fsync` does nothing while this is timed,
for disks differ. Memory is the peak of a process that does this and nothing else.
"""

from __future__ import annotations

import gc
import os
import pickle
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from measure import MEGABYTES, Limit, Row, in_turns, peak_of
from PIL import Image

from tidemill.datasets.json import JSONDataset
from tidemill.datasets.pandas import CSVDataset, ParquetDataset
from tidemill.datasets.pandas import JSONDataset as TableJSONDataset
from tidemill.datasets.pickle import PickleDataset
from tidemill.datasets.pillow import ImageDataset
from tidemill.datasets.text import TextDataset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from measure import Bench

_SIZES = {"1 KB": 1 << 10, "1 MB": 1 << 20, "200 MB": 200 << 20}
_QUICK = {"1 KB": 1 << 10, "1 MB": 1 << 18}
#: So much is done for one figure: the small ones many times over.
_AMOUNT = 16 << 20
_LIMIT = Limit(times=1.10)


class Format(NamedTuple):
    """A format: data of a size, the library's own load and save, and the dataset."""

    name: str
    make: Callable[[int], Any]
    read: Callable[[str], Any]
    write: Callable[[Any, str], None]
    dataset: Callable[[str], Any]
    ending: str


def _table(size: int) -> pd.DataFrame:
    rows = max(8, size // 45)
    numbers = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "id": np.arange(rows),
            "price": numbers.normal(size=rows).round(6),
            "share": numbers.random(rows),
            "name": numbers.choice(["Aarhus", "Esbjerg", "Skagen", "Grenaa"], rows),
        }
    )


def _wide_table(size: int) -> pd.DataFrame:
    return _table(size * 2)  # Parquet packs it


def _image(size: int) -> Image.Image:
    side = max(8, int((size / 3) ** 0.5))
    ramp = np.linspace(0, 255, side, dtype="uint8")
    return Image.fromarray(np.dstack(np.broadcast_arrays(ramp, ramp[:, None], ramp[::-1])))


def _read_image(path: str) -> Image.Image:
    with open(path, "rb") as file:
        image = Image.open(file)
        image.load()
    return image


def _write_image(data: Image.Image, path: str) -> None:
    data.save(path, format="TIFF")


def _read_pickle(path: str) -> Any:
    with open(path, "rb") as file:
        return pickle.load(file)  # noqa: S301 - what was written a moment ago


def _write_pickle(data: Any, path: str) -> None:
    with open(path, "wb") as file:
        pickle.dump(data, file)


def _write_csv(data: pd.DataFrame, path: str) -> None:
    data.to_csv(path, index=False)


def _write_parquet(data: pd.DataFrame, path: str) -> None:
    data.to_parquet(path)


def _write_json(data: pd.DataFrame, path: str) -> None:
    data.to_json(path)


FORMATS = (
    Format("CSV", _table, pd.read_csv, _write_csv, CSVDataset, "csv"),
    Format("Parquet", _wide_table, pd.read_parquet, _write_parquet, ParquetDataset, "parquet"),
    Format("JSON", _table, pd.read_json, _write_json, TableJSONDataset, "json"),
    Format("pickle", _wide_table, _read_pickle, _write_pickle, PickleDataset, "pkl"),
    Format("image", _image, _read_image, _write_image, ImageDataset, "tiff"),
)


def speed(bench: Bench) -> Iterator[Row]:
    """CPU seconds of a load and of a save."""
    for size, count in (_QUICK if bench.quick else _SIZES).items():
        for each in FORMATS:
            yield from _speed(bench, each, size, count)


def _speed(bench: Bench, each: Format, size: str, count: int) -> Iterator[Row]:
    folder = os.path.join(bench.folder, size.replace(" ", ""))
    os.makedirs(folder, exist_ok=True)
    plain, path = f"{folder}/plain.{each.ending}", f"{folder}/ours.{each.ending}"
    data, dataset = each.make(count), each.dataset(path)
    times = 3 if bench.quick else min(50, max(1, _AMOUNT // count))
    repeat = bench.times(2 if count > _AMOUNT else 12, 2)
    flush, os.fsync = os.fsync, lambda _: None
    try:
        saving = partial(_replace, each, data, plain), partial(dataset.save, data)
        floor, ours = in_turns(*(partial(_often, work, times) for work in saving), repeat=repeat)
    finally:
        os.fsync = flush
    yield Row(f"save {size} of {each.name}", "the library, flushed, renamed", floor / times, ours / times, _LIMIT)
    del data, saving
    gc.collect()
    loading = partial(each.read, plain), dataset.load
    floor, ours = in_turns(*(partial(_often, work, times) for work in loading), repeat=repeat)
    yield Row(f"load {size} of {each.name}", "the library", floor / times, ours / times, _LIMIT)
    for written in (plain, path):
        os.unlink(written)


def _often(work: Callable[[], Any], times: int) -> None:
    for _ in range(times):
        work()


def _replace(each: Format, data: Any, path: str) -> None:
    """Save as who wants to have it after a power loss: flushed, renamed, and the folder flushed."""
    each.write(data, f"{path}.tmp")
    _flush(f"{path}.tmp")
    os.replace(f"{path}.tmp", path)
    _flush(os.path.dirname(path))


def _flush(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def memory(bench: Bench) -> Iterator[Row]:
    """The peak of memory of a load and of a save."""
    size = bench.size(200 << 20, 1 << 20)
    for position, each in enumerate(FORMATS):
        plain, path = f"{bench.folder}/plain.{each.ending}", f"{bench.folder}/ours.{each.ending}"
        for verb in ("save", "load"):
            floor = peak_of(partial(_plainly, verb, position, size), plain)
            ours = peak_of(partial(_through_us, verb, position, size), path)
            yield Row(f"{verb} 200 MB of {each.name}, memory", "the library", floor, ours, _LIMIT, unit=MEGABYTES)
        for written in (plain, path):
            os.unlink(written)


def _plainly(verb: str, position: int, size: int, path: str) -> Any:
    each = FORMATS[position]
    if verb == "load":
        return each.read(path)
    data = each.make(size)
    each.write(data, path)
    return data


def _through_us(verb: str, position: int, size: int, path: str) -> Any:
    each = FORMATS[position]
    if verb == "load":
        return each.dataset(path).load()
    data = each.make(size)
    each.dataset(path).save(data)
    return data


def streaming(bench: Bench) -> Iterator[Row]:
    """What a save of a text adds to the peak: not the text once more; to a store it goes by way of a file."""
    size = bench.size(200 << 20, 1 << 20)
    for name, make in (("text", _a_text), ("JSON of dictionaries", _dictionaries)):
        floor = peak_of(partial(_held, make.__name__), size)
        for place in ("disk", "another filesystem"):
            path = (
                f"{bench.folder}/{make.__name__}" if place == "disk" else f"local-copy://{bench.folder}/{make.__name__}"
            )
            ours = peak_of(partial(_saved, make.__name__, path), size)
            yield Row(
                f"save 200 MB of {name} to {place}, memory", "holding the data", floor, ours,
                Limit(over=25), unit=MEGABYTES,
            )  # fmt: skip


def _a_text(size: int) -> tuple[Any, Any]:
    return "tide and time\n" * (size // 14), TextDataset


def _dictionaries(size: int) -> tuple[Any, Any]:
    one = {"port": "Esbjerg", "metres": [4, 1], "note": "x" * 1000}
    return [one] * (size // 1100), JSONDataset


def _held(make: str, size: int) -> Any:
    return globals()[make](size)


def _saved(make: str, path: str, size: int) -> Any:
    data, kind = globals()[make](size)
    if path.startswith("local-copy://"):
        _register()
    kind(path).save(data)
    return data


def _register() -> None:
    """Register a filesystem that is reached by uploads, as a store is, and keeps nothing in memory."""
    import fsspec
    from fsspec.implementations.local import LocalFileSystem

    class LocalCopy(LocalFileSystem):
        protocol = "local-copy"

        @classmethod
        def _strip_protocol(cls, path: str) -> str:
            return super()._strip_protocol(str(path).removeprefix("local-copy://"))

    fsspec.register_implementation("local-copy", LocalCopy)
