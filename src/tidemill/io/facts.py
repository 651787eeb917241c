"""What can be said of data at no cost: rows, columns and their types, for tables."""

from __future__ import annotations

import sys
from typing import Any

_MOST_COLUMNS = 1000


def describe(data: Any) -> dict[str, Any]:
    """Return `rows`, `columns` and `schema` of a table, and nothing for other data; no library is imported."""
    if _is(data, "pandas", "DataFrame"):
        rows, names, types = len(data), data.columns, data.dtypes
    elif _is(data, "pyarrow", "Table"):
        rows, names, types = data.num_rows, data.column_names, data.schema.types
    elif _is(data, "polars", "DataFrame"):
        rows, names, types = data.height, data.columns, data.dtypes
    else:
        return {}
    size = {"rows": rows, "columns": len(names)}
    if len(names) > _MOST_COLUMNS:
        return size
    return {**size, "schema": {str(name): str(kind) for name, kind in zip(names, types, strict=True)}}


def _is(data: Any, module: str, name: str) -> bool:
    # Data can only be of a library that is loaded; another thread may be half way through loading it.
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(data, kind)
