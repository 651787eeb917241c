"""pyarrow.ParquetDataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetError
from tidemill.io.additions import AddedFiles
from tidemill.io.bypath import PathDataset
from tidemill.io.commit.direct import DirectPath
from tidemill.names import both_spellings

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import dataset as ds

    from tidemill.io import store as stores

__getattr__ = both_spellings(__name__)

_ADDS, _REPLACES = "overwrite_or_ignore", "delete_matching"
_SELECTING = ("columns", "filters")


class ParquetDataset(PathDataset[Any, "ds.Dataset | pa.Table"]):
    """A Parquet file, or a folder of them in partitions, as a pyarrow Dataset, which reads when it is scanned.

    A load with `columns` or `filters` (tuples such as `[("metres", ">", 1)]`, or an expression) returns the Table of
    what they select; `load_args` go to `pyarrow.dataset.dataset`. What is saved is a Table, a Dataset, a reader, or
    anything with Arrow's interface, such as DataFrames of pandas and polars; it is written as it comes.

    `save_args` go to `pyarrow.parquet.ParquetWriter`. With `partitioning` (the names of columns) they go to
    `pyarrow.dataset.write_dataset`: a folder is written, in Hive's way, which takes the place of what was there; with
    `existing_data_behavior: delete_matching` only partitions that are written do, with `overwrite_or_ignore` files.
    """

    DEFAULT_LOAD_ARGS = {"partitioning": "hive"}

    def _read_path(self, path: str, **load_args: Any) -> ds.Dataset | pa.Table:
        import pyarrow.dataset as ds
        import pyarrow.parquet as pq

        arguments = {**self._load_args, **load_args}
        columns, filters = (arguments.pop(name, None) for name in _SELECTING)
        filesystem = None if self._protocol == "file" else self._fs
        found = ds.dataset(path, **{"format": "parquet", "filesystem": filesystem, **arguments})
        if columns is None and filters is None:
            return found
        chosen = pq.filters_to_expression(filters) if isinstance(filters, list | tuple) else filters
        return found.to_table(columns=columns, filter=chosen)

    def _write_path(self, path: str, data: Any) -> None:
        import pyarrow.dataset as ds

        arguments = dict(self._save_args)
        partitioning = arguments.pop("partitioning", None)
        if partitioning is None:
            self._write_file(data, arguments)
            return
        if self._adds_files():  # what is there already is not here
            arguments["existing_data_behavior"] = _ADDS if self._protocol == "file" else self._existing()
        arguments = {"partitioning_flavor": "hive", "existing_data_behavior": _ADDS, "format": "parquet", **arguments}
        filesystem = None if self._protocol == "file" else self._fs
        source = data if isinstance(data, ds.Dataset) else _reader(data)
        ds.write_dataset(source, path, partitioning=partitioning, filesystem=filesystem, **arguments)

    def _write_file(self, data: Any, arguments: dict[str, Any]) -> None:
        import pyarrow.parquet as pq

        reader = _reader(data)
        with self._new_file() as file, pq.ParquetWriter(file, reader.schema, **arguments) as writer:
            for batch in reader:
                writer.write_batch(batch)

    def _new_content(self) -> stores.NewContent:
        path = self._on_fs(str(self._filepath))
        if self._adds_files():
            if self._protocol != "file":
                return DirectPath(str(self._filepath))
            return AddedFiles(path, replaces_partitions=self._existing() == _REPLACES)
        return super()._new_content()

    def _adds_files(self) -> bool:
        return not self._version and "partitioning" in self._save_args and self._existing() is not None

    def _existing(self) -> Any:
        return self._save_args.get("existing_data_behavior")


def _reader(data: Any) -> Any:
    """Return the batches of what is saved."""
    import pyarrow as pa
    from pyarrow import dataset as ds

    if isinstance(data, ds.Dataset):
        data = data.scanner()
    if isinstance(data, ds.Scanner):
        return data.to_reader()
    if isinstance(data, pa.Table | pa.RecordBatchReader):
        return data.to_reader() if isinstance(data, pa.Table) else data
    if hasattr(data, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(data)
    raise DatasetError(
        f"pyarrow.ParquetDataset saves Tables, Datasets and whatever has Arrow's interface, not {type(data).__name__}."
    )
