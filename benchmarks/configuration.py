"""Configuration files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from measure import Limit, Row, in_turns

from tidemill.config import ConfigLoader, read_config

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

_INTERPOLATED = """\
table_{n}:
  type: pandas.CSVDataset
  filepath: ${{globals:bucket}}/01_raw/${{_layout.folder}}/table_{n}.csv
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
    floor, ours = in_turns(lambda: yaml.load(text, yaml.CSafeLoader), lambda: read_config(path), repeat=3)
    line, peer = f"reading a catalog.yml of {count:,} entries", bench.peer("reading", bench.folder)
    yield Row(line, "PyYAML's C loader", floor, ours, Limit(times=1.1), peer=peer)


def interpolating(bench: Bench) -> Iterator[Row]:
    """Catalogs in which every entry has two interpolations: worked out, and as large as OmegaConf would not read."""
    base = Path(bench.folder, "conf", "base")
    base.mkdir(parents=True)
    (base / "globals.yml").write_text("bucket: s3://bucket\n")
    for full, quick in ((10_000, 500), (100_000, 1000)):
        count = bench.size(full, quick)
        text = "_layout: {folder: tables}\n" + "".join(_INTERPOLATED.format(n=number) for number in range(count))
        (base / "catalog.yml").write_text(text)
        loader = ConfigLoader(base.parent, base_env="base")
        assert loader["catalog"]["table_7"]["filepath"] == "s3://bucket/01_raw/tables/table_7.csv"
        floor, ours = in_turns(
            lambda text=text: yaml.load(text, yaml.CSafeLoader), lambda loader=loader: loader["catalog"], repeat=3
        )
        peer = bench.peer("interpolating", base.parent) if full == 10_000 else None
        line = f"loading a catalog of {count:,} entries with two interpolations each"
        yield Row(line, "PyYAML's C loader", floor, ours, Limit(times=3), peer=peer)
