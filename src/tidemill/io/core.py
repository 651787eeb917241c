"""The names that authors of custom datasets import, under the module's name that they know."""

from __future__ import annotations

from typing import Any

from tidemill import io

__all__ = io.__all__


def __getattr__(name: str) -> Any:
    return getattr(io, name)
