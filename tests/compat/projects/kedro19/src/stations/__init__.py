"""Readings of weather stations."""

__version__ = "0.1"
