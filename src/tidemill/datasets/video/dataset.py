"""video.VideoDataset."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tidemill.datasets.local_path import LocalPathDataset
from tidemill.datasets.video.file import FileVideo
from tidemill.datasets.video.writing import write_video
from tidemill.errors import DatasetError

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from tidemill.datasets.video.frames import AbstractVideo
    from tidemill.io.versions import Version


class VideoDataset(LocalPathDataset["AbstractVideo", "AbstractVideo"]):
    """A video as a sequence of Pillow images, which OpenCV decodes when they are asked for.

    Save a `SequenceVideo(frames, fps)` or a `GeneratorVideo(frames, length, fps)`, or a video that was loaded. Most
    codecs lose a little: what is loaded is not the same to the last bit. A video that is not on local disk is
    downloaded to a temporary file, which goes when nobody holds the video any longer.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        fourcc: str | None = "mp4v",
        version: Version | None = None,
        credentials: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        metadata: Any = None,
    ) -> None:
        """Set where the video is and how it is encoded.

        Args:
            filepath: As of FileDataset, like the other arguments; its ending is that of the container, such as `.mp4`.
            fourcc: The four characters that name the codec; None takes that of the video.
            version: Which version to load and save.
            credentials: Options for the filesystem that nobody may see.
            fs_args: Other options for the filesystem.
            metadata: Anything.
        """
        super().__init__(filepath, None, None, version, credentials, fs_args, metadata)
        self._fourcc = fourcc

    def _read_path(self, path: str, **load_args: Any) -> AbstractVideo:
        if self._protocol == "file":
            return FileVideo(path, **load_args)
        folder = tempfile.mkdtemp(prefix="tidemill-")
        try:
            return FileVideo(self._download(path, folder), folder, **load_args)
        except BaseException:  # Ctrl-C too must leave nothing behind
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _write_local(self, path: str, data: AbstractVideo) -> None:
        missing = [each for each in ("fps", "size", "fourcc") if not hasattr(data, each)]
        if missing:
            hint = ": wrap it in SequenceVideo(frames, fps)" if isinstance(data, Sequence) else ""
            raise DatasetError(f"VideoDataset saves videos, and a {type(data).__name__} has no {missing[0]}{hint}.")
        write_video(path, data, self._fourcc or data.fourcc)

    def _describe(self) -> dict[str, Any]:
        described = super()._describe()
        return {**{key: described[key] for key in ("filepath", "version")}, "fourcc": self._fourcc}
