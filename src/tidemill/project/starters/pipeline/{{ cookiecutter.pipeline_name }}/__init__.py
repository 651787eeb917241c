"""The pipeline '{{ cookiecutter.pipeline_name }}'."""

from .pipeline import create_pipeline

__all__ = ["create_pipeline"]
