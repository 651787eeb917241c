"""Configuration files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from measure import Limit, Row, fastest

from tidemill.config import read_config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measure import Bench

_ENTRY = """\
table_{n}:
  type: pandas.CSVDataset
  filepath: data/01_raw/table_{n}.csv
  load_args:
    sep: ","
    index_col: 0
  versioned: true
"""


def reading(bench: Bench) -> Iterator[Row]:
    """A large `catalog.yml`, read."""
    count = bench.size(10_000, 500)
    text = "".join(_ENTRY.format(n=number) for number in range(count))
    path = Path(bench.folder, "catalog.yml")
    path.write_text(text)
    floor, ours = fastest(lambda: yaml.load(text, yaml.CSafeLoader), lambda: read_config(path), repeat=3)
    line, peer = f"reading a catalog.yml of {count:,} entries", bench.peer("reading", bench.folder)
    yield Row(line, "PyYAML's C loader", floor, ours, Limit(times=1.1), peer=peer)
