"""deltalake.DeltaTableDataset."""

from __future__ import annotations

from typing import Any

from tidemill.datasets.pandas.delta import DeltaTableDataset as PandasDeltaTableDataset
from tidemill.names import both_spellings

__getattr__ = both_spellings(__name__)


class DeltaTableDataset(PandasDeltaTableDataset):
    """A Delta table as a `deltalake.DeltaTable`, which reads when it is asked: to_pyarrow_dataset, merge, update ...

    A load with `columns`, `filters` or `partitions` returns the pyarrow Table of what they select; with `version`, the
    table as it was. What is saved may be anything with Arrow's interface: Tables, DataFrames of pandas and polars.
    Otherwise it is as pandas.DeltaTableDataset.
    """

    def _load(self, **load_args: Any) -> Any:
        arguments = {**self._load_args, **load_args}
        table = self._table(arguments.pop("version", None))
        return table.to_pyarrow_table(**arguments) if arguments else table
