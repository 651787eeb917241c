"""Tables as Dask DataFrames, which read when they are computed, on this machine or on a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.datasets.dask.csv import CSVDataset as CSVDataset
    from tidemill.datasets.dask.parquet import ParquetDataset as ParquetDataset

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "CSVDataset": "tidemill.datasets.dask.csv",
        "ParquetDataset": "tidemill.datasets.dask.parquet",
    },
)
