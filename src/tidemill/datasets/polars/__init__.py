"""Tables as polars DataFrames, and as LazyFrames that read when they are collected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.datasets.polars.csv import CSVDataset as CSVDataset
    from tidemill.datasets.polars.eager_polars import EagerPolarsDataset as EagerPolarsDataset
    from tidemill.datasets.polars.ipc import IPCDataset as IPCDataset
    from tidemill.datasets.polars.lazy_polars import LazyPolarsDataset as LazyPolarsDataset
    from tidemill.datasets.polars.parquet import ParquetDataset as ParquetDataset

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "CSVDataset": "tidemill.datasets.polars.csv",
        "EagerPolarsDataset": "tidemill.datasets.polars.eager_polars",
        "IPCDataset": "tidemill.datasets.polars.ipc",
        "LazyPolarsDataset": "tidemill.datasets.polars.lazy_polars",
        "ParquetDataset": "tidemill.datasets.polars.parquet",
    },
)
