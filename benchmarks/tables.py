"""One small table: loaded warm, and saved as a version."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from measure import WALL, Limit, Row, in_turns

from tidemill import DataCatalog, Version
from tidemill.datasets.pandas import CSVDataset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measure import Bench


def _table(rows: int = 200) -> pd.DataFrame:
    return pd.DataFrame({"id": range(rows), "price": [n * 1.5 for n in range(rows)], "name": ["a name"] * rows})


def warm_load(bench: Bench) -> Iterator[Row]:
    """A second and later load of one dataset."""
    path = f"{bench.folder}/cars.csv"
    _table().to_csv(path, index=False)
    catalog = DataCatalog.from_config({"cars": {"type": "pandas.CSVDataset", "filepath": path}})
    catalog.load("cars")
    times = range(bench.size(20, 5))
    floor, ours = in_turns(
        lambda: [pd.read_csv(path) for _ in times],
        lambda: [catalog.load("cars") for _ in times],
        repeat=bench.times(60, 5),
    )
    floor, ours, peer = floor / len(times), ours / len(times), bench.peer("warm_load", path)
    yield Row("warm catalog.load of a CSV of 200 rows", "pandas.read_csv", floor, ours, Limit(times=1.10), peer=peer)


def versioned_save(bench: Bench) -> Iterator[Row]:
    """A save that makes a version. What its fsyncs take, timed as they happen, is not counted: disks differ."""
    table, waited = _table(), [0.0]
    plain = Path(bench.folder) / "plain"
    plain.mkdir()
    dataset = CSVDataset(f"{bench.folder}/cars_versioned.csv", version=Version(None, None))
    dataset.save(table)
    os_fsync = os.fsync

    def timed_fsync(descriptor: int) -> None:
        begin = time.perf_counter()
        os_fsync(descriptor)
        waited[0] += time.perf_counter() - begin

    best_plain = best_ours = float("inf")
    os.fsync = timed_fsync
    try:
        for number in range(bench.size(100, 10)):
            begin = time.perf_counter()
            table.to_csv(plain / f"{number}.csv", index=False)
            best_plain = min(best_plain, time.perf_counter() - begin)
            waited[0] = 0.0
            begin = time.perf_counter()
            dataset.save(table)
            best_ours = min(best_ours, time.perf_counter() - begin - waited[0])
    finally:
        os.fsync = os_fsync
    line, floor_is = "versioned save of that table, without its fsyncs", "to_csv to a plain file"
    peer = bench.peer("versioned_save", f"{bench.folder}/cars_peer.csv")
    yield Row(line, floor_is, best_plain, best_ours, Limit(over=0.003), unit=WALL, peer=peer)
