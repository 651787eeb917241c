"""polars.LazyPolarsDataset."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from tidemill.datasets.polars.eager_polars import known_format
from tidemill.datasets.polars.text import check_names, with_compression
from tidemill.io.commit.objects import open_object
from tidemill.io.file import FileDataset
from tidemill.io.object_store import storage_options, store_protocol
from tidemill.io.paths import HTTP_PROTOCOLS, full_path
from tidemill.io.secrets.redaction import mask_url

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import polars as pl

    from tidemill.io.versions import Version

#: What polars scans: `scan_<format>` and `LazyFrame.sink_<format>`.
FORMATS = ("csv", "ipc", "ndjson", "parquet")


class LazyPolarsDataset(FileDataset["pl.LazyFrame", "pl.LazyFrame"]):
    """A file, a folder or a pattern as a polars LazyFrame, which reads what is needed when it is collected.

    `load_args` go to `scan_<format>`, `save_args` to `LazyFrame.sink_<format>`: a save runs the query and writes its
    result as it comes. A frame may be saved over the very file that it scans. S3, Google Cloud and Azure are scanned
    by polars itself; what it does not know (`memory://`, `sftp://` ...) is read when it is loaded.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        file_format: str = "parquet",
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        version: Version | None = None,
        credentials: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the data is and what is in it.

        Args:
            filepath: As of FileDataset, like the other arguments; to load, a folder or a pattern will do.
            file_format: csv, parquet, ipc (feather, arrow) or ndjson (jsonl), in any case.
            load_args: Options of `scan_<format>`.
            save_args: Options of `sink_<format>`.
            version: Which version to load and save.
            credentials: Options for the filesystem that nobody may see.
            fs_args: Other options for the filesystem.
            metadata: Anything.

        Raises:
            DatasetConfigError: There is no such format.
        """
        super().__init__(filepath, load_args, save_args, version, credentials, fs_args, metadata)
        self._file_format = known_format(type(self).__name__, file_format, FORMATS)

    def _load(self, **load_args: Any) -> pl.LazyFrame:
        import polars as pl

        source, options = self._source(self._on_fs(str(self._get_load_path())))
        frame: pl.LazyFrame = getattr(pl, f"scan_{self._file_format}")(
            source, **{**options, **self._load_args, **load_args}
        )
        return frame

    def _write(self, file: IO[bytes], data: pl.DataFrame | pl.LazyFrame) -> None:
        arguments = with_compression(self._file_format, self._save_args, self._filepath.name)
        check_names(self._file_format, arguments, data)
        getattr(data.lazy(), f"sink_{self._file_format}")(file, **arguments)

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "file_format": self._file_format}

    def _source(self, path: str) -> tuple[Any, dict[str, Any]]:
        """Return what polars scans, which must be there, and the options with which it reaches it."""
        if "*" not in path and self._protocol not in HTTP_PROTOCOLS and not self._store.exists(path):
            raise FileNotFoundError(f"No such file or folder: {mask_url(path)}")
        protocol = store_protocol(self._protocol)
        if self._protocol == "file":
            return path, {}
        if protocol is not None:
            options = storage_options(self._protocol, self._fs_options)
            return full_path(path, protocol), {"storage_options": options} if options else {}
        with open_object(self._fs, path, {"mode": "rb"}) as file:
            return file.read(), {}
