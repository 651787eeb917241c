"""What polars must be told, or cannot do, when it writes a text file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

_TEXT = {"csv", "ndjson"}
_KNOWN = {".gz": "gzip", ".zst": "zstd"}
_UNKNOWN = {".bz2", ".xz", ".zip"}


def with_compression(file_format: str, arguments: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the arguments of a write with the compression that the file's name asks for.

    What is compressed polars reads by looking inside.

    Args:
        file_format: The name that polars has for it.
        arguments: What the user set; a `compression` in it is kept.
        name: The name of the file.

    Raises:
        DatasetError: The name asks for one that polars does not write.
    """
    suffix = os.path.splitext(name)[1].lower()
    if file_format not in _TEXT or "compression" in arguments:
        return arguments
    if suffix in _UNKNOWN:
        raise DatasetError(
            f"polars does not write {suffix}: end {name} in .gz or .zst, set `compression: uncompressed`, "
            "or use a dataset of pandas."
        )
    return {**arguments, "compression": _KNOWN[suffix]} if suffix in _KNOWN else arguments


def check_names(file_format: str, arguments: Mapping[str, Any], data: pl.DataFrame | pl.LazyFrame) -> None:
    """Refuse what polars writes and does not read back: it leaves quotes in the names of a CSV file's columns doubled.

    Raises:
        DatasetError: The column, and what to do.
    """
    quote = arguments.get("quote_char", '"')
    if file_format != "csv" or not quote or arguments.get("include_header") is False:
        return
    for name in data.lazy().collect_schema().names():
        if quote in name:
            raise DatasetError(
                f"The column {name!r} has a quote in its name, which polars does not read back from CSV. Rename it, or "
                "save it as Parquet or by pandas.CSVDataset."
            )
