"""dask.CSVDataset."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tidemill.datasets.dask.frames import DaskDataset
from tidemill.errors import DatasetConfigError
from tidemill.io.additions import MatchingFiles
from tidemill.io.commit.direct import DirectPath

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dask.dataframe import DataFrame

    from tidemill.io import store as stores
    from tidemill.io.versions import Version

_COMPRESSIONS = {".gz": "gzip", ".bz2": "bz2", ".xz": "xz", ".zip": "zip"}


class CSVDataset(DaskDataset):
    """CSV files as a Dask DataFrame: a folder of them, those that match a pattern, or one.

    `load_args` and the arguments of a load go to `dask.dataframe.read_csv`, `save_args` to `DataFrame.to_csv`; the
    index is not saved unless asked for. A save makes a folder with a file for each partition; where the filepath is a
    pattern such as `tides-*.csv`, those files, and others that matched it go; with `single_file: true`, one file.
    """

    DEFAULT_SAVE_ARGS = {"index": False}

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        version: Version | None = None,
        credentials: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the files are.

        Args:
            filepath: As of FileDataset, like the other arguments; or a pattern.
            load_args: Options of `read_csv`.
            save_args: Options of `to_csv`.
            version: Which version to load and save.
            credentials: Options for the filesystem that nobody may see.
            fs_args: Other options for the filesystem.
            metadata: Anything.

        Raises:
            DatasetConfigError: A pattern with versions: each version is one folder.
        """
        super().__init__(filepath, load_args, save_args, version, credentials, fs_args, metadata)
        if version is not None and "*" in self._filepath.name:
            raise DatasetConfigError(
                f"dask.CSVDataset: the pattern {self._filepath.name} does not go with `versioned: true`. Name a folder."
            )

    def _read_path(self, path: str, **load_args: Any) -> DataFrame:
        import dask.dataframe as dd

        url = self._url_of(path)
        if os.path.isdir(url) if self._protocol == "file" else self._fs.isdir(path):
            url = f"{url}/*"
        table: DataFrame = dd.read_csv(url, **self._with_storage({**self._load_args, **load_args}))
        return table

    def _write_path(self, path: str, data: DataFrame) -> None:
        self._check_computes()
        arguments = self._with_storage(dict(self._save_args))
        if arguments.get("single_file") or "*" in self._filepath.name:  # the names that the compression is read from
            compression = _COMPRESSIONS.get(self._filepath.suffix.lower())
            arguments = {**({"compression": compression} if compression else {}), **arguments}
        with self._settled(data, arguments) as settled:
            data.to_csv(self._url_of(path), **settled)  # type: ignore[no-untyped-call]

    def _adds(self) -> bool:
        return "a" in str(self._save_args.get("mode", "w"))

    def _new_content(self) -> stores.NewContent:
        if "*" not in self._filepath.name:
            return super()._new_content()
        path = self._on_fs(str(self._filepath))
        return MatchingFiles(path) if self._protocol == "file" else DirectPath(str(self._filepath))

    def _exists(self) -> bool:
        if "*" not in self._filepath.name:
            return super()._exists()
        path = self._on_fs(str(self._filepath))
        self._fs.invalidate_cache()
        return bool(self._fs.glob(path))
