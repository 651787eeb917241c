"""Nodes on Dask, beside the same graph submitted by hand, on one cluster of two processes."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from measure import WALL, Limit, Row, in_turns

from tidemill import DataCatalog, Pipeline, node
from tidemill.runner.dask import DaskRunner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from distributed import Client
    from measure import Bench


def nodes(bench: Bench) -> Iterator[Row]:
    """Nodes that do nothing."""
    from distributed import Client, LocalCluster

    count = bench.size(1_000, 50)
    chain = Pipeline([node(_same, f"x{number}", f"x{number + 1}", name=f"n{number}") for number in range(count)])
    wide = Pipeline([node(_same, "x0", f"y{number}", name=f"n{number}") for number in range(count)])
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", local_directory=folder) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        for name, pipeline, by_hand in (("chain", chain, _in_turn), ("wide graph", wide, _at_once)):
            floor, ours = in_turns(
                lambda by_hand=by_hand: by_hand(client, count),
                lambda pipeline=pipeline: DaskRunner(client).run(pipeline, DataCatalog({"x0": 1})),
                repeat=bench.times(5, 2),
                unit=WALL,
            )
            line = f"a {name} of {count:,} nodes on Dask, two processes"
            yield Row(line, "client.submit by hand", floor, ours, Limit(times=1.3), unit=WALL)


def _same(value: object) -> object:
    return value


def _in_turn(client: Client, count: int) -> object:
    value: object = 1
    for _ in range(count):
        value = client.submit(_same, value, pure=False)
    return client.gather(value)


def _at_once(client: Client, count: int) -> object:
    return client.gather([client.submit(_same, 1, pure=False) for _ in range(count)])
