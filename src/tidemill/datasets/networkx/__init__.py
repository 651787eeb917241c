"""Graphs of NetworkX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.datasets.networkx.gml import GMLDataset as GMLDataset
    from tidemill.datasets.networkx.graphml import GraphMLDataset as GraphMLDataset
    from tidemill.datasets.networkx.json import JSONDataset as JSONDataset
    from tidemill.datasets.networkx.json import NetworkXDataset as NetworkXDataset

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "GMLDataset": "tidemill.datasets.networkx.gml",
        "GraphMLDataset": "tidemill.datasets.networkx.graphml",
        "JSONDataset": "tidemill.datasets.networkx.json",
        "NetworkXDataset": "tidemill.datasets.networkx.json",
    },
)
