"""geopandas.GeoJSONDataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.datasets.geopandas.generic import GenericDataset
from tidemill.names import both_spellings

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from tidemill.io.versions import Version

__getattr__ = both_spellings(__name__)


class GeoJSONDataset(GenericDataset):
    """A GeoJSON file as a GeoDataFrame, or one of another `driver`: a GenericDataset whose `file_format` is `file`."""

    DEFAULT_SAVE_ARGS = {"driver": "GeoJSON"}

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
        """Set where the file is.

        Args:
            filepath: As of FileDataset, like the other arguments.
            load_args: Options of `geopandas.read_file`.
            save_args: Options of `GeoDataFrame.to_file`.
            version: Which version to load and save.
            credentials: Options for the filesystem that nobody may see.
            fs_args: Other options for the filesystem.
            metadata: Anything.
        """
        super().__init__(filepath, "file", load_args, save_args, version, credentials, fs_args, metadata)
