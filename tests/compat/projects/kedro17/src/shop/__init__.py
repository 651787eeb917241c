"""A shop."""

__version__ = "0.1"
