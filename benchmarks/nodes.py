"""Data in memory and nodes that do next to nothing: what the machinery itself costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from measure import Limit, Row, in_turns

from tidemill import DataCatalog, MemoryDataset, Pipeline, SequentialRunner, ThreadRunner, node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measure import Bench


def memory_load(bench: Bench) -> Iterator[Row]:
    """An int, loaded from memory."""
    times = range(bench.size(20_000, 1_000))
    dataset, held = MemoryDataset(1), {"x": 1}
    floor, ours = in_turns(lambda: [held.get("x") for _ in times], lambda: [dataset.load() for _ in times])
    peer = bench.peer("memory_load", len(times))
    line = "MemoryDataset.load of an int"
    yield Row(line, "dict.get", floor / len(times), ours / len(times), Limit(most=5e-6), peer=peer)


def sequential(bench: Bench) -> Iterator[Row]:
    """A chain of nodes; ten times the nodes must take ten times the time."""
    count = bench.size(10_000, 1_000)
    short, long = _chain(count // 10), _chain(count)
    floor, tenth, ours, threads = in_turns(
        lambda: [_same(number) for number in range(count)],
        lambda: SequentialRunner().run(short, DataCatalog({"x0": 1})),
        lambda: SequentialRunner().run(long, DataCatalog({"x0": 1})),
        lambda: ThreadRunner().run(long, DataCatalog({"x0": 1})),
        repeat=3,
    )
    line = f"sequential run of a chain of {count:,} nodes"
    yield Row(line, "the calls alone", floor, ours, Limit(most=30e-6 * count), peer=bench.peer("sequential", count))
    peer = bench.peer("threads", count)
    yield Row("  the same in threads", "the calls alone", floor, threads, Limit(most=60e-6 * count), peer=peer)
    yield Row("  beside ten shorter ones", f"ten chains of {count // 10:,}", 10 * tenth, ours, Limit(times=2))


def _same(value: int) -> int:
    return value


def _chain(count: int) -> Pipeline:
    return Pipeline([node(_same, f"x{number}", f"x{number + 1}", name=f"n{number}") for number in range(count)])
