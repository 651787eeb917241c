"""The pipelines of the project."""

from typing import Dict

from kedro.pipeline import Pipeline, pipeline

from gallery.pipelines import measuring, telling


def register_pipelines() -> Dict[str, Pipeline]:
    """Register the pipelines by name."""
    return {
        "__default__": measuring.create_pipeline() + pipeline([telling.create_pipeline()]),
        "measuring": measuring.create_pipeline(),
    }
