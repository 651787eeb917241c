"""MemoryDataset: data that lives as long as its dataset."""

from __future__ import annotations

import copy
import sys
from typing import Any, ClassVar

from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.dataset import AbstractDataset
from tidemill.io.show import short_value

COPY_MODES = ("deepcopy", "copy", "assign")
_EMPTY: Any = object()
_ATOMS = frozenset({int, float, complex, bool, str, bytes, type(None), type(Ellipsis)})
#: (module, class, copy mode): asked of modules that are loaded already, never imported.
_MODES = (
    ("pandas", "DataFrame", "copy"),
    ("pandas", "Series", "copy"),
    ("numpy", "ndarray", "copy"),
    ("polars", "DataFrame", "assign"),
    ("polars", "LazyFrame", "assign"),
    ("pyarrow", "Table", "assign"),
    ("pyspark.sql", "DataFrame", "assign"),
    ("pyspark.sql.connect.dataframe", "DataFrame", "assign"),
    ("dask.dataframe", "DataFrame", "assign"),
    ("ibis", "Table", "assign"),
    ("duckdb", "DuckDBPyRelation", "assign"),
    ("deltalake", "DeltaTable", "assign"),
)


class MemoryDataset(AbstractDataset[Any, Any]):
    """Data in memory, copied on the way in and out so that nobody changes what another has.

    The copy mode is `deepcopy`, `copy` or `assign` (no copy); left out, it follows from the type of the data.
    """

    _EPHEMERAL: ClassVar[bool] = True

    def __init__(self, data: Any = _EMPTY, copy_mode: str | None = None, metadata: Any = None) -> None:
        """Hold the data, if there is any yet.

        Args:
            data: The data; left out, a load fails until something is saved.
            copy_mode: `deepcopy`, `copy`, `assign`, or None to infer it.
            metadata: Anything; Tidemill does not look at it.

        Raises:
            DatasetConfigError: An unknown copy mode.
        """
        if copy_mode is not None and copy_mode not in COPY_MODES:
            raise DatasetConfigError(f"MemoryDataset: unknown copy_mode {copy_mode!r}. Use one of {COPY_MODES}.")
        self._copy_mode = copy_mode
        self.metadata = metadata
        # The arguments would keep the data alive after it is released.
        vars(self)["_init_call"] = ((), {"copy_mode": copy_mode, "metadata": metadata})
        self._data = data if data is _EMPTY else copied(data, copy_mode)

    def _load(self) -> Any:
        if self._data is _EMPTY:
            raise DatasetError(
                f"Nothing has been saved to '{self._name or 'MemoryDataset'}' yet, and what is in memory does not "
                "outlive its process. Run the node that makes it, or give it a place in the catalog."
            )
        return copied(self._data, self._copy_mode)

    def _save(self, data: Any) -> None:
        self._data = copied(data, self._copy_mode)

    def _exists(self) -> bool:
        return self._data is not _EMPTY

    def _release(self) -> None:
        self._data = _EMPTY

    def _describe(self) -> dict[str, Any]:
        held = {} if self._data is _EMPTY else {"data": type(self._data)}
        return {**held, "copy_mode": self._copy_mode}

    def __repr__(self) -> str:
        held = [] if self._data is _EMPTY else [f"data=<{type(self._data).__name__}>"]
        mode = [f"copy_mode={short_value(self._copy_mode)}"] if self._copy_mode else []
        return f"MemoryDataset({', '.join(held + mode)})"

    def __getstate__(self) -> dict[str, Any]:
        state = dict(vars(self))
        if self._data is _EMPTY:
            del state["_data"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update({"_data": _EMPTY, **state})


def copied(data: Any, mode: str | None) -> Any:
    """Return the data, or a copy of it, as the mode says, or as its type suggests."""
    if type(data) in _ATOMS:
        return data
    mode = mode or copy_mode_of(data)
    if mode == "assign":
        return data
    if mode == "copy":
        return data.copy() if hasattr(data, "copy") else copy.copy(data)
    return copy.deepcopy(data)


def copy_mode_of(data: Any) -> str:
    """Return how data of this type is copied when nobody says."""
    for module, name, mode in _MODES:
        kind = getattr(sys.modules.get(module), name, None)  # it can only be one if its module is loaded
        if isinstance(kind, type) and isinstance(data, kind):
            return mode
    return "deepcopy"
