"""Tables and files as DuckDB relations, which are computed when they are asked for rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.datasets.duckdb.file import FileDataset as FileDataset
    from tidemill.datasets.duckdb.table import TableDataset as TableDataset

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "FileDataset": "tidemill.datasets.duckdb.file",
        "TableDataset": "tidemill.datasets.duckdb.table",
    },
)
