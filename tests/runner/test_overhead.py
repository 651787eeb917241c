from __future__ import annotations

import time

import pytest

from tidemill.catalog import DataCatalog
from tidemill.pipeline import Pipeline, node
from tidemill.runner import SequentialRunner, ThreadRunner

COUNT = 10_000


def same(value):
    return value


def chain():
    return [node(same, f"d{number}", f"d{number + 1}", name=f"n{number}") for number in range(COUNT)]


def wide():
    return [node(same, "d0", f"d{number}", name=f"n{number}") for number in range(1, COUNT + 1)]


@pytest.mark.slow
@pytest.mark.parametrize("nodes", [chain, wide])
@pytest.mark.parametrize(("make", "limit"), [(SequentialRunner, 30e-6), (ThreadRunner, 60e-6)])
def test_the_overhead_of_a_node_in_cpu_time(nodes, make, limit):
    pipeline, best = Pipeline(nodes()), float("inf")
    for _ in range(5):
        began = time.process_time()
        make().run(pipeline, DataCatalog({"d0": 1}))
        best = min(best, time.process_time() - began)

    assert best / COUNT < limit
