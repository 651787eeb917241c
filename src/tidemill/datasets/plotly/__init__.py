"""Figures of Plotly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.datasets.plotly.html import HTMLDataset as HTMLDataset
    from tidemill.datasets.plotly.json import JSONDataset as JSONDataset
    from tidemill.datasets.plotly.plotly import PlotlyDataset as PlotlyDataset

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "HTMLDataset": "tidemill.datasets.plotly.html",
        "JSONDataset": "tidemill.datasets.plotly.json",
        "PlotlyDataset": "tidemill.datasets.plotly.plotly",
    },
)
