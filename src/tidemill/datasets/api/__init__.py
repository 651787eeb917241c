"""Web services, by the requests library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.datasets.api.dataset import APIDataset as APIDataset

__getattr__, __dir__, __all__ = front_door(__name__, {"APIDataset": "tidemill.datasets.api.dataset"})
