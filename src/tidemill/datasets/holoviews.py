"""holoviews.HoloviewsWriter."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, NoReturn

from tidemill.errors import DatasetError
from tidemill.io.file import FileDataset

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from tidemill.io.versions import Version


class HoloviewsWriter(FileDataset[Any, "NoReturn"]):
    """A HoloViews object as an image or a page, drawn by Matplotlib, Bokeh or Plotly. It cannot be loaded.

    `save_args` go to `holoviews.save`: `fmt` is `png` unless it says otherwise, and `backend` the current one.
    """

    DEFAULT_SAVE_ARGS = {"fmt": "png"}

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        save_args: Mapping[str, Any] | None = None,
        version: Version | None = None,
        credentials: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where it goes.

        Args:
            filepath: As of FileDataset, like the other arguments.
            save_args: Options of `holoviews.save`.
            version: Which version to save.
            credentials: Options for the filesystem that nobody may see.
            fs_args: Other options for the filesystem.
            metadata: Anything.
        """
        super().__init__(filepath, None, save_args, version, credentials, fs_args, metadata)

    def _load(self, **_: Any) -> NoReturn:
        raise DatasetError(f"{type(self).__name__} only saves: a HoloViews object cannot be made from its image.")

    def _write(self, file: IO[bytes], data: Any) -> None:
        import io

        import holoviews as hv

        _prepare(hv, self._save_args.get("backend"))
        drawn = io.BytesIO()  # a page is written as text, an image as bytes; in memory it is either
        hv.save(data, drawn, **self._save_args)
        file.write(drawn.getvalue())


def _prepare(hv: Any, backend: str | None) -> None:
    """Load the backend that will draw, as `hv.extension` does; the current one stays what the user made it."""
    if backend in hv.Store.renderers or (backend is None and hv.Store.renderers):
        return
    current = hv.Store.current_backend if hv.Store.renderers else None
    hv.extension(backend or "matplotlib")
    if current is not None:
        hv.Store.set_current_backend(current)
