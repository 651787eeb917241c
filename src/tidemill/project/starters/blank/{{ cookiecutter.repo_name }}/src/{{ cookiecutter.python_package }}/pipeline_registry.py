"""The pipelines of the project."""

from __future__ import annotations

from tidemill import Pipeline
from tidemill.project import find_pipelines


def register_pipelines() -> dict[str, Pipeline]:
    """Return name -> pipeline. `__default__` is what `tidemill run` runs."""
    pipelines = find_pipelines()
    pipelines["__default__"] = sum(pipelines.values(), Pipeline([]))
    return pipelines
