"""deltalake.DeltaTableDataset."""

from __future__ import annotations

from typing import Any

from tidemill.datasets.pandas.delta import DeltaTableDataset as PandasDeltaTableDataset
from tidemill.names import both_spellings

__getattr__ = both_spellings(__name__)

_SELECTING = frozenset({"columns", "filters", "partitions"})


class DeltaTableDataset(PandasDeltaTableDataset):
    """A Delta table as a `deltalake.DeltaTable`, which reads when it is asked: to_pyarrow_dataset, merge, update ...

    A load with `columns`, `filters` or `partitions` returns the pyarrow Table of what they select; with `version`, the
    table as it was. What is saved may be anything with Arrow's interface: Tables, DataFrames of pandas and polars.
    Otherwise it is as pandas.DeltaTableDataset.
    """

    def _load(self, **load_args: Any) -> Any:
        arguments = {**self._load_args, **load_args}
        table = self._table(arguments.pop("version", None))
        selecting = {name: value for name, value in arguments.items() if name in _SELECTING}
        return table.to_pyarrow_table(**selecting) if selecting else table
