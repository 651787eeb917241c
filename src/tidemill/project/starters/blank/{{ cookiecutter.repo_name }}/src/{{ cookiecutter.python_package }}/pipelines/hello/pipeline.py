from __future__ import annotations

from tidemill import Pipeline, node


def greet(name: str) -> str:
    """Return a greeting."""
    return f"Hello, {name}!\n"


def create_pipeline(**kwargs: object) -> Pipeline:
    """Return the pipeline: functions, wired by the names of datasets."""
    return Pipeline([node(greet, inputs="params:name", outputs="greeting", name="greet")])
