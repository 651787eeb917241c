"""What is measured of each run, always versioned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.datasets.tracking.json import JSONDataset as JSONDataset
    from tidemill.datasets.tracking.metrics import MetricsDataset as MetricsDataset

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "JSONDataset": "tidemill.datasets.tracking.json",
        "MetricsDataset": "tidemill.datasets.tracking.metrics",
    },
)
