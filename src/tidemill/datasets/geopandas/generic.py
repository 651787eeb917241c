"""geopandas.GenericDataset."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from tidemill.datasets.choice import chosen
from tidemill.datasets.local_path import LocalPathDataset
from tidemill.errors import DatasetError
from tidemill.names import both_spellings

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from geopandas import GeoDataFrame

    from tidemill.io.versions import Version

__getattr__ = both_spellings(__name__)

_FORMATS = ("file", "parquet", "feather")


class GenericDataset(LocalPathDataset["GeoDataFrame", "GeoDataFrame"]):
    """A map in a file, as a GeoDataFrame: by GDAL (GeoJSON, GeoPackage, FlatGeobuf ...), or as GeoParquet or Feather.

    `load_args` go to `geopandas.read_<file_format>`, `save_args` to `GeoDataFrame.to_<file_format>`. The `driver` of a
    `file` is the one of the filepath's ending, unless `save_args` name one.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        file_format: str = "file",
        load_args: Mapping[str, Any] | None = None,
        save_args: Mapping[str, Any] | None = None,
        version: Version | None = None,
        credentials: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the file is, and its format.

        Args:
            filepath: As of LocalPathDataset, like the other arguments.
            file_format: `file`, `parquet` or `feather`.
            load_args: Options for the library when it reads.
            save_args: Options for the library when it writes.
            version: Which version to load and save.
            credentials: Options for the filesystem that nobody may see.
            fs_args: Other options for the filesystem.
            metadata: Anything.

        Raises:
            DatasetConfigError: There is no such format.
        """
        super().__init__(filepath, load_args, save_args, version, credentials, fs_args, metadata)
        self._format = chosen(type(self).__name__, "file_format", file_format.lower(), _FORMATS)

    def _read_local(self, path: str, **load_args: Any) -> GeoDataFrame:
        import geopandas as gpd

        table: GeoDataFrame = getattr(gpd, f"read_{self._format}")(path, **{**self._load_args, **load_args})
        return table

    def _write_local(self, path: str, data: GeoDataFrame) -> None:
        if self._format != "file":
            getattr(data, f"to_{self._format}")(path, **self._save_args)
            return
        arguments = {"driver": self._save_args.get("driver") or self._driver(), **self._save_args}
        if arguments["driver"] == "ESRI Shapefile":
            raise DatasetError(
                "A shapefile is several files, and GDAL does not tell when it could not write them whole: save a "
                "GeoPackage (`.gpkg`)."
            )
        if self._adds():
            data.to_file(path, **arguments)
        else:
            made = io.BytesIO()  # what GDAL writes to a full disk by itself may end early without an error
            data.to_file(made, **arguments)
            with open(path, "wb") as file:
                file.write(made.getbuffer())

    def _adds(self) -> bool:
        return self._save_args.get("mode") == "a"

    def _driver(self) -> str:
        from pyogrio import detect_write_driver

        if self._filepath.suffix.lower() == ".json":
            return "GeoJSON"
        try:
            return str(detect_write_driver(self._filepath.name))
        except ValueError as exc:
            raise DatasetError(
                f"The name {self._filepath.name} does not tell what to write: give `driver` in `save_args`."
            ) from exc

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "file_format": self._format}
