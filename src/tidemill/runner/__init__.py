"""Runners: they execute the nodes of a pipeline against a catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.runner.dask import DaskRunner as DaskRunner
    from tidemill.runner.loop import Event as Event
    from tidemill.runner.process import ParallelRunner as ParallelRunner
    from tidemill.runner.progress import Progress as Progress
    from tidemill.runner.runner import AbstractRunner as AbstractRunner
    from tidemill.runner.sequential import SequentialRunner as SequentialRunner
    from tidemill.runner.thread import ThreadRunner as ThreadRunner

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "AbstractRunner": "tidemill.runner.runner",
        "DaskRunner": "tidemill.runner.dask",
        "Event": "tidemill.runner.loop",
        "ParallelRunner": "tidemill.runner.process",
        "Progress": "tidemill.runner.progress",
        "SequentialRunner": "tidemill.runner.sequential",
        "ThreadRunner": "tidemill.runner.thread",
    },
)
