"""Maps as geopandas GeoDataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.datasets.geopandas.generic import GenericDataset as GenericDataset
    from tidemill.datasets.geopandas.geojson import GeoJSONDataset as GeoJSONDataset

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "GenericDataset": "tidemill.datasets.geopandas.generic",
        "GeoJSONDataset": "tidemill.datasets.geopandas.geojson",
    },
)
