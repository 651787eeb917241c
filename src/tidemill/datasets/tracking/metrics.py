"""tracking.MetricsDataset."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import IO, Any

from tidemill.datasets.json import JSONDataset
from tidemill.errors import DatasetError


class MetricsDataset(JSONDataset):
    """The metrics of each run, name -> number, as JSON: versioned without being asked to."""

    versioned = True

    def _write(self, file: IO[str], data: Any) -> None:
        if not isinstance(data, Mapping):
            raise DatasetError(f"MetricsDataset saves a dictionary of name -> number, not a {type(data).__name__}.")
        wrong = {name: each for name, each in data.items() if not _is_number(each)}
        if wrong:
            name, each = next(iter(wrong.items()))
            raise DatasetError(
                f"MetricsDataset saves numbers: '{name}' is a {type(each).__name__}. For anything else use "
                "tracking.JSONDataset."
            )
        super()._write(file, {name: _plain(each) for name, each in data.items()})


def _is_number(value: object) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _plain(value: Any) -> int | float:
    """Return a number as JSON knows it; those of NumPy are numbers too."""
    return int(value) if isinstance(value, numbers.Integral) else float(value)
