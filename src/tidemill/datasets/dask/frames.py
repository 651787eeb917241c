"""What the datasets of Dask share: paths that workers understand, and saves that happen at once."""

from __future__ import annotations

import os
from typing import Any

from tidemill.errors import DatasetError
from tidemill.io.bypath import PathDataset
from tidemill.io.paths import full_path


class DaskDataset(PathDataset[Any, Any]):
    """A folder of files as a Dask DataFrame; what is saved takes the place of all that was there."""

    def _url_of(self, path: str) -> str:
        """Return a path as every worker understands it, wherever it was started."""
        return os.path.abspath(path) if self._protocol == "file" else full_path(path, self._protocol)

    def _with_storage(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"storage_options": self._fs_options, **arguments} if self._fs_options else arguments

    def _check_computes(self) -> None:
        if not self._save_args.get("compute", True):
            raise DatasetError(
                "`compute: false` in `save_args` would save nothing: a save ends when all is written. Leave it out."
            )
