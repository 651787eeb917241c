"""Tables as pandas DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.datasets.pandas.csv import CSVDataset as CSVDataset
    from tidemill.datasets.pandas.excel import ExcelDataset as ExcelDataset
    from tidemill.datasets.pandas.json import JSONDataset as JSONDataset
    from tidemill.datasets.pandas.parquet import ParquetDataset as ParquetDataset

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "CSVDataset": "tidemill.datasets.pandas.csv",
        "ExcelDataset": "tidemill.datasets.pandas.excel",
        "JSONDataset": "tidemill.datasets.pandas.json",
        "ParquetDataset": "tidemill.datasets.pandas.parquet",
    },
)
