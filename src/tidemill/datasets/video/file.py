"""A video in a file, read by OpenCV."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from typing import TYPE_CHECKING, Any

from tidemill.datasets.video.frames import AbstractVideo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image


class FileVideo(AbstractVideo):
    """The frames of a file on local disk, decoded when they are asked for."""

    def __init__(self, filepath: str, folder: str | None = None) -> None:
        """Open the file.

        Args:
            filepath: A path on local disk.
            folder: A temporary folder that is removed when nobody holds this video any longer.

        Raises:
            FileNotFoundError: Nothing is there.
            ValueError: It is no video that OpenCV reads.
        """
        import cv2

        self._filepath, self._folder = filepath, folder
        self._video, self._next = _open(filepath), 0
        self._length = _count(self._video)
        if self._length <= 0:  # a stream: nobody knows before its end
            self._length, self._video = _counted(self._video), _open(filepath)
        self.fps = float(self._video.get(cv2.CAP_PROP_FPS))
        self.fourcc = int(self._video.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little").decode("latin-1")
        if folder is not None:
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its frames."""
        import cv2

        return int(self._video.get(cv2.CAP_PROP_FRAME_WIDTH)), int(self._video.get(cv2.CAP_PROP_FRAME_HEIGHT))

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Image]:
        """Go through the frames in order, as far as they decode, in a reader of their own."""
        video = _open(self._filepath)
        try:
            while True:
                is_read, frame = video.read()
                if not is_read:
                    return
                yield _image(frame)
        finally:
            video.release()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as a path, or where that is temporary as what is in the file."""
        if self._folder is None:
            return FileVideo, (self._filepath,)
        with open(self._filepath, "rb") as file:
            return _in_a_folder, (os.path.basename(self._filepath), file.read())

    def _frame(self, index: int) -> Image:
        import cv2

        if index != self._next:
            self._video.set(cv2.CAP_PROP_POS_FRAMES, index)
        is_read, frame = self._video.read()
        self._next = index + 1 if is_read else -1
        if not is_read:
            raise IndexError(f"Frame {index} of {os.path.basename(self._filepath)} cannot be decoded.")
        return _image(frame)


def whole_frames(filepath: str) -> int:
    """Return how many frames there are in a file that is whole, without decoding them; 0 where its end is missing."""
    import cv2

    video = cv2.VideoCapture(filepath)
    said = _count(video) if video.isOpened() else 0
    if said > 0 and video.set(cv2.CAP_PROP_FORMAT, -1):  # as they are encoded
        found = _counted(video)
        # What is said is written last, and not at all when the disk is full; some say how long, which may be one off.
        return found if abs(found - said) <= 1 else 0
    video.release()
    return said


def _in_a_folder(name: str, content: bytes) -> FileVideo:
    folder = tempfile.mkdtemp(prefix="tidemill-")
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(content)
    return FileVideo(path, folder)


def _count(video: Any) -> int:
    import cv2

    return int(video.get(cv2.CAP_PROP_FRAME_COUNT))


def _counted(video: Any) -> int:
    number = 0
    while video.grab():
        number += 1
    video.release()
    return number


def _open(filepath: str) -> Any:
    import cv2

    if not os.path.isfile(filepath):
        raise FileNotFoundError(filepath)
    video = cv2.VideoCapture(filepath)
    if not video.isOpened():
        raise ValueError(f"OpenCV finds no video in {os.path.basename(filepath)}.")
    return video


def _image(frame: Any) -> Image:
    import cv2
    from PIL import Image

    return Image.fromarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
