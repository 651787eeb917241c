"""pyiceberg.TableDataset."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from tidemill.datasets.choice import chosen
from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.dataset import AbstractDataset
from tidemill.io.secrets.redaction import redact
from tidemill.names import both_spellings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa
    from pyiceberg.catalog import Catalog
    from pyiceberg.table import Table

__getattr__ = both_spellings(__name__)

_MODES = ("overwrite", "append", "upsert")


class TableDataset(AbstractDataset[Any, "pa.Table"]):
    """A table of an Iceberg catalog as a pyarrow Table; each save is one commit, which readers see whole or not at all.

    `load_args` and the arguments of a load are those of a scan: `columns`, `row_filter` (`"metres > 1"`),
    `snapshot_id`, `limit`. What is saved may be anything with Arrow's interface: Tables, DataFrames of pandas and
    polars. The first save makes the table and its namespace.
    """

    DEFAULT_SAVE_ARGS: Mapping[str, Any] = {"mode": "overwrite"}

    def __init__(
        self,
        table_name: str,
        catalog: Mapping[str, Any] | str = "default",
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        credentials: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set which table it is.

        Args:
            table_name: `namespace.table`.
            catalog: The properties of the catalog, such as `{"type": "sql", "uri": "sqlite:///catalog.db",
                "warehouse": "file:///data"}`; or the name of one that `.pyiceberg.yaml` describes.
            load_args: Options of the scan.
            save_args: `mode` (overwrite, append or upsert), and the options of that method of `pyiceberg.table.Table`.
            credentials: Properties of the catalog that nobody may see.
            metadata: Anything.

        Raises:
            DatasetConfigError: The name has no namespace, or there is no such mode.
        """
        self._table_name, self._catalog = table_name, catalog if isinstance(catalog, str) else dict(catalog)
        self._credentials, self.metadata = dict(credentials or {}), metadata
        self._load_args = dict(load_args or {})
        self._save_args = {**self.DEFAULT_SAVE_ARGS, **(save_args or {})}
        if "." not in table_name:
            raise DatasetConfigError(f"TableDataset: `table_name` is 'namespace.table', not '{table_name}'.")
        chosen("TableDataset", "mode", self._save_args["mode"], _MODES)

    def _load(self, **load_args: Any) -> pa.Table:
        arguments = {**self._load_args, **load_args}
        columns = arguments.pop("columns", None)
        if columns is not None:
            arguments["selected_fields"] = tuple(columns)
        with self._connected() as catalog:
            return self._table(catalog).scan(**arguments).to_arrow()

    def _save(self, data: Any) -> None:
        table, arguments = _as_table(data), dict(self._save_args)
        mode = arguments.pop("mode")
        with self._connected() as catalog:
            if catalog.table_exists(self._table_name):
                getattr(self._table(catalog), mode)(table, **arguments)
                return
            catalog.create_namespace_if_not_exists(self._table_name.rpartition(".")[0])
            with catalog.create_table_transaction(self._table_name, schema=table.schema) as transaction:
                transaction.append(table)

    def _exists(self) -> bool:
        with self._connected() as catalog:
            return catalog.table_exists(self._table_name)

    def fingerprint(self) -> str | None:
        """Return the snapshot that loads read; None if there is no table."""
        with self._connected() as catalog:
            if not catalog.table_exists(self._table_name):
                return None
            newest = self._table(catalog).current_snapshot()
        snapshot = self._load_args.get("snapshot_id") or (newest.snapshot_id if newest else None)
        return str(snapshot) if snapshot is not None else None

    def _table(self, catalog: Catalog) -> Table:
        from pyiceberg.exceptions import NoSuchTableError

        try:
            return catalog.load_table(self._table_name)
        except NoSuchTableError as exc:
            raise DatasetError(
                f"There is no table '{self._table_name}' in the Iceberg catalog. Save it once, or correct `table_name`."
            ) from exc

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Catalog]:
        from pyiceberg.catalog import load_catalog

        if isinstance(self._catalog, str):
            catalog = load_catalog(self._catalog, **self._credentials)
        else:
            properties = {**self._catalog, **self._credentials}
            catalog = load_catalog(properties.pop("name", "default"), **properties)
        try:
            yield catalog
        finally:
            close = getattr(catalog, "close", None)  # older releases leave it to the garbage collector
            if close is not None:
                close()

    def _describe(self) -> dict[str, Any]:
        described: dict[str, Any] = redact(
            {
                "table_name": self._table_name,
                "catalog": self._catalog,
                "load_args": self._load_args,
                "save_args": self._save_args,
            }
        )
        return described


def _as_table(data: Any) -> pa.Table:
    import pyarrow as pa

    if isinstance(data, pa.Table):
        return data
    if isinstance(data, pa.RecordBatchReader):
        return data.read_all()
    if not hasattr(data, "__arrow_c_stream__"):
        raise DatasetError(f"pyiceberg.TableDataset saves what has Arrow's interface, not {type(data).__name__}.")
    return pa.table(data)
