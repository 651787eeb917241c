"""The pipeline: functions, wired by the names of datasets."""

from __future__ import annotations

from tidemill import Pipeline, node

from .nodes import compare, read_months, write_report


def create_pipeline(**kwargs: object) -> Pipeline:
    """Return the pipeline."""
    return Pipeline(
        [
            node(read_months, inputs="inbox", outputs="months", name="read_months"),
            # The months count as processed when this node is done; if it fails, the next run gets them again.
            node(compare, inputs=["months", "params:currencies"], outputs="changes", confirms="inbox", name="compare"),
            node(write_report, inputs="changes", outputs="report", name="write_report"),
        ]
    )
