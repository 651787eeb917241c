"""What can be said of data at no cost: rows, columns and their types, for tables."""

from __future__ import annotations

import sys
from typing import Any

_MOST_COLUMNS = 1000


def describe(data: Any) -> dict[str, Any]:
    """Return `rows`, `columns` and `schema` of a table, and nothing for other data; no library is imported."""
    pandas = sys.modules.get("pandas")  # data can only be a DataFrame if pandas is loaded already
    if pandas is not None and isinstance(data, pandas.DataFrame):
        names, types = data.columns, data.dtypes
        rows = len(data)
    else:
        pyarrow, polars = sys.modules.get("pyarrow"), sys.modules.get("polars")
        if pyarrow is not None and isinstance(data, pyarrow.Table):
            rows, names, types = data.num_rows, data.column_names, data.schema.types
        elif polars is not None and isinstance(data, polars.DataFrame):
            rows, names, types = data.height, data.columns, data.dtypes
        else:
            return {}
    schema = {str(name): str(kind) for name, kind in zip(names, types, strict=True)}
    if len(schema) > _MOST_COLUMNS:
        return {"rows": rows, "columns": len(names)}
    return {"rows": rows, "columns": len(names), "schema": schema}
