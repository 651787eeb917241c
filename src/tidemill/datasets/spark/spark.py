"""spark.SparkDataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from tidemill.datasets.choice import chosen
from tidemill.datasets.spark.paths import spark_url, without_dbfs
from tidemill.datasets.spark.session import missing_paths_told, schema_of, session, settle
from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.additions import AddedFiles
from tidemill.io.bypath import PathDataset
from tidemill.io.commit.direct import DirectPath
from tidemill.io.secrets.redaction import mask_url

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from fsspec import AbstractFileSystem
    from pyspark.sql import DataFrame

    from tidemill.io import store as stores
    from tidemill.io.versions import Version

_MODES = ("append", "overwrite", "error", "errorifexists", "ignore")
_REFUSES, _DYNAMIC = {"error", "errorifexists"}, "partitionOverwriteMode"
#: Formats that are tables with a log of their own: nothing can be staged for them, and versions are theirs.
_TABLES = {"delta", "iceberg", "hudi"}


class SparkDataset(PathDataset["DataFrame", "DataFrame"]):
    """A file or folder as a Spark DataFrame, in any format of Spark: parquet, csv, json, orc, text, delta ...

    `load_args` are the options of `spark.read.load`, and `schema` in them may name a file; `save_args` those of
    `DataFrame.write.save`: `mode`, `partitionBy` and the format's options. A path without a protocol is on local disk,
    and there Spark writes to a place that nobody reads: what is saved appears at once when all of it is there, and a
    frame may be saved over what it was read from. `s3://` and `s3n://` are `s3a://` to Spark. Elsewhere than on local
    disk, versions are kept by Spark's own settings and credentials, or by fsspec where `credentials` are given.
    """

    _SINGLE_PROCESS: ClassVar[bool] = True

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        file_format: str = "parquet",
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        version: Version | None = None,
        credentials: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the data is and what is in it.

        Args:
            filepath: A path, or a URL; on Databricks `/dbfs/...` and `dbfs:/...` are one place.
            file_format: What Spark calls it.
            load_args: Options for Spark when it reads; `schema` as `schema_of` takes it.
            save_args: Options for Spark when it writes; without `mode` a save is refused where something is.
            version: Which version to load and save.
            credentials: Options for the fsspec filesystem that finds versions, which nobody may see.
            metadata: Anything.

        Raises:
            DatasetConfigError: The mode is none of Spark's, or does not go with versions.
        """
        where = filepath if not isinstance(filepath, str) else without_dbfs(filepath)
        super().__init__(where, load_args, save_args, version, credentials, None, metadata)
        self._file_format = file_format
        mode = str(self._save_args.get("mode") or "errorifexists").lower()
        self._mode = chosen("SparkDataset", "mode", mode, _MODES)
        if version is not None and self._mode in {"append", "ignore"}:
            raise DatasetConfigError(
                f"SparkDataset: `mode: {self._mode}` does not go with `versioned: true`: each save is a new version."
            )
        if version is not None and file_format.lower() in _TABLES:
            raise DatasetConfigError(
                f"SparkDataset: a {file_format} table keeps versions of its own. Drop `versioned: true`, and load one "
                "by `load_args: {versionAsOf: ...}`."
            )

    def _load(self, **load_args: Any) -> DataFrame:
        with missing_paths_told():
            return super()._load(**load_args)

    def _read_path(self, path: str, **load_args: Any) -> DataFrame:
        options = {**self._load_args, **load_args}
        schema = schema_of(options.pop("schema", None))
        file_format = options.pop("format", self._file_format)
        return session().read.load(spark_url(self._protocol, path), file_format, schema, **options)

    def _save(self, data: DataFrame) -> None:
        if not self._version and self._mode in {*_REFUSES, "ignore"} and self.exists():
            if self._mode == "ignore":
                return
            raise DatasetError(
                f"{mask_url(str(self._url))} exists, and `mode` is '{self._mode}'. Set `mode: overwrite` (or append) "
                "in `save_args`."
            )
        super()._save(data)

    def _write_path(self, path: str, data: DataFrame) -> None:
        options = dict(self._save_args)
        if self._is_staged():
            # What is there already is not here, and whether it stays is decided when what is written becomes current.
            options["mode"] = "overwrite"
            options.pop(_DYNAMIC, None)
        try:
            data.write.save(spark_url(self._protocol, path), options.pop("format", self._file_format), **options)
        except BaseException:  # after Ctrl-C too
            settle()  # what tasks still write must not appear where everything has just been removed
            raise

    def _new_content(self) -> stores.NewContent:
        target = self._on_fs(str(self._filepath))
        if not self._is_staged():
            return DirectPath(str(self._filepath))
        if self._adds() and self._protocol == "file":
            return AddedFiles(target, replaces_partitions=self._mode != "append")
        return super()._new_content()

    def _is_staged(self) -> bool:
        """Tell whether a save is written elsewhere first: not where a log, or what is there, decides what it does."""
        if self._version:
            return True
        return self._file_format.lower() not in _TABLES and (self._protocol == "file" or not self._adds())

    def _adds(self) -> bool:
        return self._mode == "append" or self._is_dynamic()

    def _is_dynamic(self) -> bool:
        """Tell whether a save overwrites only those partitions of which it has rows."""
        if self._mode != "overwrite" or not self._save_args.get("partitionBy"):
            return False
        default = session().conf.get("spark.sql.sources.partitionOverwriteMode", "static")
        return str(self._save_args.get(_DYNAMIC, default)).lower() == "dynamic"

    @property
    def _fs(self) -> AbstractFileSystem:
        if self._protocol == "file" or self._fs_options:
            return super()._fs
        from tidemill.datasets.spark.hadoop import HadoopFileSystem

        return HadoopFileSystem(spark_url(self._protocol, ""))

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "file_format": self._file_format}
