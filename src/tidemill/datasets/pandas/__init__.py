"""Tables as pandas DataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.datasets.pandas.csv import CSVDataset as CSVDataset
    from tidemill.datasets.pandas.delta import DeltaTableDataset as DeltaTableDataset
    from tidemill.datasets.pandas.excel import ExcelDataset as ExcelDataset
    from tidemill.datasets.pandas.feather import FeatherDataset as FeatherDataset
    from tidemill.datasets.pandas.gbq import GBQQueryDataset as GBQQueryDataset
    from tidemill.datasets.pandas.gbq import GBQTableDataset as GBQTableDataset
    from tidemill.datasets.pandas.generic import GenericDataset as GenericDataset
    from tidemill.datasets.pandas.hdf import HDFDataset as HDFDataset
    from tidemill.datasets.pandas.json import JSONDataset as JSONDataset
    from tidemill.datasets.pandas.parquet import ParquetDataset as ParquetDataset
    from tidemill.datasets.pandas.sql import SQLQueryDataset as SQLQueryDataset
    from tidemill.datasets.pandas.sql import SQLTableDataset as SQLTableDataset
    from tidemill.datasets.pandas.xml import XMLDataset as XMLDataset

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "CSVDataset": "tidemill.datasets.pandas.csv",
        "DeltaTableDataset": "tidemill.datasets.pandas.delta",
        "ExcelDataset": "tidemill.datasets.pandas.excel",
        "FeatherDataset": "tidemill.datasets.pandas.feather",
        "GBQQueryDataset": "tidemill.datasets.pandas.gbq",
        "GBQTableDataset": "tidemill.datasets.pandas.gbq",
        "GenericDataset": "tidemill.datasets.pandas.generic",
        "HDFDataset": "tidemill.datasets.pandas.hdf",
        "JSONDataset": "tidemill.datasets.pandas.json",
        "ParquetDataset": "tidemill.datasets.pandas.parquet",
        "SQLQueryDataset": "tidemill.datasets.pandas.sql",
        "SQLTableDataset": "tidemill.datasets.pandas.sql",
        "XMLDataset": "tidemill.datasets.pandas.xml",
    },
)
