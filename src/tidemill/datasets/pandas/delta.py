"""pandas.DeltaTableDataset."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from tidemill.datasets.choice import chosen
from tidemill.errors import DatasetConfigError, DatasetError, VersionNotFoundError
from tidemill.io.dataset import AbstractDataset
from tidemill.io.object_store import storage_options, store_protocol
from tidemill.io.paths import full_path, get_protocol_and_path
from tidemill.io.secrets.redaction import mask_url
from tidemill.io.versions import Version
from tidemill.names import both_spellings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from deltalake import DeltaTable
    from typing_extensions import Self

__getattr__ = both_spellings(__name__)

_MODES = ("overwrite", "append", "error")


class DeltaTableDataset(AbstractDataset["pd.DataFrame", "pd.DataFrame"]):
    """A Delta table on local disk or a store, through deltalake, as a pandas DataFrame; without Spark.

    `load_args` go to `DeltaTable.to_pandas` (`columns`, `filters`, `partitions`), and `version` among them, a number or
    a time, to the table; `save_args` go to `write_deltalake`. The table keeps versions of its own, 0, 1, 2 ...: with
    `versioned: true`, `load_versions` and `catalog.load(name, version=...)` name one of these.
    """

    DEFAULT_SAVE_ARGS: Mapping[str, Any] = {"mode": "overwrite"}

    def __init__(
        self,
        filepath: str | os.PathLike[str] | None = None,
        catalog_type: str | None = None,
        catalog_name: str | None = None,
        database: str | None = None,
        table: str | None = None,
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        credentials: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        version: Version | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the table is: at a path, or in a catalog.

        Args:
            filepath: A folder, or the URL of one on S3, Azure or Google Cloud.
            catalog_type: `unity`, for a table of a Unity Catalog, which deltalake finds by environment variables.
            catalog_name: Its catalog.
            database: Its schema.
            table: Its name.
            load_args: Options of `DeltaTable.to_pandas`, and `version`.
            save_args: Options of `write_deltalake`; a `mode` of `append` adds to the table.
            credentials: Options of the store that nobody may see, as fsspec's filesystem or as deltalake spells them.
            fs_args: Other options of the store.
            version: Which version loads read; what saves make is numbered by the table.
            metadata: Anything; the attribute of that name is the table's.

        Raises:
            DatasetConfigError: There is no such place, or no such mode.
        """
        self._filepath = self._protocol = None
        if (filepath is None) == (catalog_type is None):
            raise DatasetConfigError("DeltaTableDataset needs either `filepath` or `catalog_type`.")
        options = {**(fs_args or {}), **(credentials or {})}
        if filepath is not None:
            self._protocol, self._filepath = _place(filepath)
            self._uri = full_path(self._filepath, self._protocol)
            options = storage_options(self._protocol, options)
        else:
            self._uri = _in_catalog(str(catalog_type), catalog_name, database, table)
        self._options = {key: str(value) for key, value in options.items()}
        self._load_args = dict(load_args or {})
        self._save_args = {**self.DEFAULT_SAVE_ARGS, **(save_args or {})}
        self._version = version
        self._metadata = metadata
        chosen("DeltaTableDataset", "mode", self._save_args["mode"], _MODES)

    @property
    def fs_args(self) -> dict[str, Any]:
        """The options of the store."""
        return dict(self._options)

    @property
    def schema(self) -> dict[str, Any]:
        """The table's schema, as Delta writes it."""
        import json

        found: dict[str, Any] = json.loads(self._table().schema().to_json())
        return found

    @property
    def metadata(self) -> Any:
        """The table's own metadata."""
        return self._table().metadata()

    @property
    def history(self) -> list[dict[str, Any]]:
        """What was done to the table, newest first."""
        return self._table().history()

    def get_loaded_version(self) -> int:
        """Return the number of the version that loads read."""
        return self._table().version()

    def list_versions(self) -> list[str]:
        """Return the versions that the table's log tells of, newest first."""
        return [str(each["version"]) for each in self.history]

    def at(self, version: str | Version) -> Self:
        """Return a copy of this dataset that loads exactly this version."""
        return self._copy(_version=version if isinstance(version, Version) else Version(str(version), None))

    def fingerprint(self) -> str | None:
        """Return the version that loads read; None if there is no table."""
        return str(self.get_loaded_version()) if self.exists() else None

    def _load(self, **load_args: Any) -> pd.DataFrame:
        arguments = {**self._load_args, **load_args}
        version = arguments.pop("version", None)
        return self._table(version).to_pandas(**arguments)

    def _save(self, data: pd.DataFrame) -> None:
        from deltalake import write_deltalake

        if not (hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__")):
            raise DatasetError(
                f"{type(self).__name__} saves tables, not objects of type {type(data).__name__}: give a table of "
                "pandas, polars or pyarrow."
            )
        write_deltalake(
            self._uri, _without_views(data), **{"storage_options": self._options or None, **self._save_args}
        )

    def _exists(self) -> bool:
        from deltalake import DeltaTable

        return DeltaTable.is_deltatable(self._uri, storage_options=self._options or None)

    def _table(self, version: Any = None) -> DeltaTable:
        """Return the table as it was at a version: that given, that of `load_versions`, that of `load_args`, or now."""
        import deltalake

        wanted = version if version is not None else self._version.load if self._version else None
        wanted = wanted if wanted is not None else self._load_args.get("version")
        try:
            table = deltalake.DeltaTable(self._uri, storage_options=self._options or None)
        except deltalake.exceptions.TableNotFoundError as exc:
            raise DatasetError(
                f"There is no Delta table at {mask_url(self._uri)}. Save it once, or correct the path."
            ) from exc
        if wanted is None:
            return table
        newest = table.version()
        number = int(wanted) if str(wanted).isdigit() else wanted
        if isinstance(number, int) and number > newest:
            raise VersionNotFoundError(
                f"The Delta table at {mask_url(self._uri)} has no version {number}; its newest is {newest}."
            )
        table.load_as_version(number)
        return table

    def _describe(self) -> dict[str, Any]:
        described = {"filepath": self._uri, "load_args": self._load_args, "save_args": self._save_args}
        return {**described, "version": self._version}


def _without_views(data: Any) -> Any:
    """Return a table without polars' views of texts: files keep them, and pyarrow compares none when it filters."""
    polars = sys.modules.get("polars")
    if polars is None or not isinstance(data, polars.DataFrame):
        return data
    return data.to_arrow(compat_level=polars.CompatLevel.oldest())


def _place(filepath: str | os.PathLike[str]) -> tuple[str, str]:
    protocol, path = get_protocol_and_path(filepath)
    if protocol == "file":
        return protocol, os.path.abspath(path)
    if store_protocol(protocol) is None:
        raise DatasetConfigError(
            f"DeltaTableDataset: deltalake reads and writes local disk, S3, Azure and Google Cloud, not '{protocol}'."
        )
    return protocol, path


def _in_catalog(kind: str, catalog: str | None, database: str | None, table: str | None) -> str:
    if kind.lower() != "unity":
        raise DatasetConfigError(
            f"DeltaTableDataset: `catalog_type` is 'unity', the only one that deltalake can ask, not '{kind}'. Give "
            "the table's `filepath` instead."
        )
    if not (database and table):
        raise DatasetConfigError("DeltaTableDataset: a table in a catalog needs `database` and `table`.")
    return f"uc://{'.'.join(each for each in (catalog, database, table) if each)}"
