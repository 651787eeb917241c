"""The pipeline '{{ cookiecutter.pipeline_name }}': functions, wired by the names of datasets."""

from __future__ import annotations

from {{ cookiecutter.framework }} import Pipeline, node  # noqa: F401


def create_pipeline(**kwargs: object) -> Pipeline:
    """Return the pipeline."""
    return Pipeline(
        [
            # node(clean, inputs=["raw", "params:limit"], outputs="clean"),
        ]
    )
