"""This is a boilerplate pipeline 'cleaning'."""

from .pipeline import create_pipeline

__all__ = ["create_pipeline"]
__version__ = "0.1"
