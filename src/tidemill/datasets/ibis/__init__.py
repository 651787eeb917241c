"""Tables and files as Ibis tables, computed by the engine behind them: DuckDB, SQLite, PostgreSQL ..."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.datasets.ibis.file import FileDataset as FileDataset
    from tidemill.datasets.ibis.table import TableDataset as TableDataset

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "FileDataset": "tidemill.datasets.ibis.file",
        "TableDataset": "tidemill.datasets.ibis.table",
    },
)
