"""What commands cost: CPU seconds of whole processes, as a user's shell starts them."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from measure import LINES, WALL, Limit, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measure import Bench

_REGISTRY = """\
from {library}.pipeline import Pipeline, node

def same(value):
    return value

def register_pipelines():
    nodes = [node(same, f"x{{n}}", f"x{{n + 1}}", name=f"n{{n}}") for n in range({nodes})]
    return {{"__default__": Pipeline([node(same, "params:start", "x0", name="first"), *nodes])}}
"""
_ENTRY = "table_{n}: {{type: pandas.CSVDataset, filepath: data/01_raw/table_{n}.csv}}\n"
_MADE_BY = {"tidemill": "", "kedro": 'kedro_init_version = "1.7.0"\n'}
_PASS = [sys.executable, "-c", "pass"]


def starting(bench: Bench) -> Iterator[Row]:
    """`tidemill --version` and `tidemill --help`."""
    for option in ("--version", "--help"):
        floor, ours = _cpu(bench, [sys.executable, "-c", "import click"], _tidemill(option))
        peer = bench.peer("command", bench.folder, option)
        yield Row(f"tidemill {option}", "python -c 'import click'", floor, ours, Limit(times=2.5), peer=peer)


def running(bench: Bench) -> Iterator[Row]:
    """`tidemill run`."""
    for count, limit in ((1, Limit(over=0.35)), (bench.size(1000, 50), Limit(over=0.6))):
        folder = _project(bench, nodes=count - 1)
        floor, ours = _cpu(bench, _PASS, _tidemill("run"), folder=folder)
        peer = bench.peer("command", _project(bench, nodes=count - 1, table="kedro"), "run")
        line = f"tidemill run, {count:,} node{'s' * (count > 1)}"
        yield Row(line, "python -c pass", floor, ours, limit, peer=peer)


def listing(bench: Bench) -> Iterator[Row]:
    """`tidemill catalog list`."""
    count = bench.size(10_000, 500)
    folder = _project(bench, entries=count)
    floor, ours = _cpu(bench, _PASS, _tidemill("catalog", "list"), folder=folder)
    peer = bench.peer("command", _project(bench, entries=count, table="kedro"), "catalog", "describe-datasets")
    line = f"tidemill catalog list, {count:,} entries"
    yield Row(line, "python -c pass", floor, ours, Limit(most=1.0), peer=peer)


def first(bench: Bench) -> Iterator[Row]:
    """From nothing to the first result, offline."""
    begin = time.perf_counter()
    for _ in range(2):
        subprocess.run([sys.executable, "-c", "import click"], check=True)
    floor = time.perf_counter() - begin
    begin = time.perf_counter()
    subprocess.run(_tidemill("new", "shop"), check=True, cwd=bench.folder, capture_output=True)
    subprocess.run(_tidemill("run"), check=True, cwd=Path(bench.folder, "shop"), capture_output=True)
    ours = time.perf_counter() - begin
    yield Row("tidemill new shop, tidemill run", "importing click twice", floor, ours, Limit(most=60), WALL)


def screens(bench: Bench) -> Iterator[Row]:
    """How much there is to read when something is wrong."""
    wrong = {
        "a typo in a type": "x0: {type: text.TextDatset, filepath: data/x0.txt}\n",
        "a missing file": "raw: {type: text.TextDataset, filepath: data/raw.txt}\n",
        "a node that raises": "",
    }
    for what, catalog in wrong.items():
        lines = []
        for table, python in (("tidemill", sys.executable), ("kedro", bench.peer_python)):
            if python is None:
                continue
            folder = Path(_project(bench, nodes=3, table=table))
            (folder / "conf/base/catalog.yml").write_text(catalog)
            registry = _REGISTRY.format(nodes=3, library=table)
            registry = registry.replace('"params:start", "x0"', '"raw", "x0"') if "raw" in catalog else registry
            registry = registry if catalog else registry.replace("return value\n", "return value / 0\n", 1)
            (folder / "src/shop/pipeline_registry.py").write_text(registry)
            done = subprocess.run([python, "-m", table, "run"], capture_output=True, text=True, cwd=folder, check=False)
            assert done.returncode, f"{what} is no mistake for {table}"
            lines.append(float(len((done.stdout + done.stderr).splitlines())))
        ours, peer = lines[0], next(iter(lines[1:]), None)
        yield Row(f"lines on the screen: {what}", "one", 1, ours, Limit(most=12), LINES, peer)


def _tidemill(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tidemill", *arguments]


def _project(bench: Bench, *, nodes: int = 0, entries: int = 0, table: str = "tidemill") -> str:
    folder = Path(bench.folder, f"{table}_{nodes}_{entries}")
    files = {
        "pyproject.toml": f'[tool.{table}]\npackage_name = "shop"\nproject_name = "Shop"\n{_MADE_BY[table]}',
        "src/shop/__init__.py": "",
        "src/shop/settings.py": "",
        "src/shop/pipeline_registry.py": _REGISTRY.format(nodes=nodes, library=table),
        "conf/base/parameters.yml": "start: 1\n",
        "conf/base/catalog.yml": "".join(_ENTRY.format(n=number) for number in range(entries)),
        "conf/logging.yml": "version: 1\n",
        "conf/local/credentials.yml": "",
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return str(folder)


def _cpu(bench: Bench, *commands: list[str], folder: str | None = None) -> list[float]:
    """Return the median of the CPU seconds of each, without the first turn: it compiles what installing compiles."""
    used: list[list[float]] = [[] for _ in commands]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(bench.times(10, 3)):
        for each, command in zip(used, commands, strict=True):
            before = _children()
            subprocess.run(command, check=True, env=environment, cwd=folder or bench.folder, capture_output=True)
            each.append(_children() - before)
    return [statistics.median(each[1:]) for each in used]


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
