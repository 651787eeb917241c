"""dask.ParquetDataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.datasets.dask.frames import DaskDataset

if TYPE_CHECKING:
    from dask.dataframe import DataFrame


class ParquetDataset(DaskDataset):
    """A folder of Parquet files as a Dask DataFrame.

    `load_args` and the arguments of a load (`columns`, `filters`) go to `dask.dataframe.read_parquet`, `save_args` to
    `DataFrame.to_parquet`; the index is not saved unless asked for. `schema` there may name types as text.
    """

    DEFAULT_SAVE_ARGS = {"write_index": False}

    def _read_path(self, path: str, **load_args: Any) -> DataFrame:
        import dask.dataframe as dd

        arguments = self._with_storage({**self._load_args, **load_args})
        table: DataFrame = dd.read_parquet(self._url_of(path), **arguments)
        return table

    def _write_path(self, path: str, data: DataFrame) -> None:
        self._check_computes()
        arguments = self._with_storage(dict(self._save_args))
        if isinstance(arguments.get("schema"), dict):
            arguments["schema"] = {name: _type(kind) for name, kind in arguments["schema"].items()}
        with self._settled(data, arguments) as settled:
            data.to_parquet(self._url_of(path), **settled)  # type: ignore[no-untyped-call]

    def _adds(self) -> bool:
        return bool(self._save_args.get("append"))


def _type(kind: Any) -> Any:
    """Return a type of pyarrow's by its name, such as `int32` or `timestamp[ms]`; others stay as they are."""
    import pyarrow as pa

    return pa.type_for_alias(kind) if isinstance(kind, str) else kind
