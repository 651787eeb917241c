"""The first pipeline: `tidemill pipeline delete hello` when you have your own."""

from .pipeline import create_pipeline

__all__ = ["create_pipeline"]
