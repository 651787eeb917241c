"""A pipeline of two nodes around a dataset: one saves it, the other loads it, in threads or in processes."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from tidemill.catalog.catalog import DataCatalog
from tidemill.pipeline.node import node
from tidemill.pipeline.pipeline import Pipeline
from tidemill.runner.process import ParallelRunner
from tidemill.runner.thread import ThreadRunner

if TYPE_CHECKING:
    from tidemill.io.dataset import AbstractDataset
    from tidemill.runner.runner import AbstractRunner
    from tidemill.testing.datasets import DatasetTests

RUNNERS = ("threads", "processes")


def survives(suite: DatasetTests, dataset: AbstractDataset[Any, Any], runner: str) -> bool:
    """Run the pipeline, and tell whether what one node saved is what the other loaded.

    Args:
        suite: Has the sample, and tells what equals it; its class is importable, for processes.
        dataset: Where it is saved.
        runner: One of RUNNERS.
    """
    nodes = [
        node(functools.partial(_sample, suite), None, "data", name="save"),
        node(functools.partial(_is_sample, suite), "data", "is_sample", name="load"),
    ]
    made = _runner(suite, runner).run(Pipeline(nodes), DataCatalog({"data": dataset}))
    return bool(made["is_sample"])


def _runner(suite: DatasetTests, runner: str) -> AbstractRunner:
    if runner == "threads":
        return ThreadRunner(max_workers=2)
    return ParallelRunner(max_workers=2, start_method=None if suite.forks else "spawn")


def _sample(suite: DatasetTests) -> Any:
    return suite.sample


def _is_sample(suite: DatasetTests, data: Any) -> bool:
    return suite.equal(data, suite.sample)
