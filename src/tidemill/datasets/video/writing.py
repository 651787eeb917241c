"""Write a video by OpenCV, which does not say when it fails."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tidemill.datasets.video.file import whole_frames
from tidemill.errors import DatasetError

if TYPE_CHECKING:
    from tidemill.datasets.video.frames import AbstractVideo


def write_video(path: str, video: AbstractVideo, fourcc: str) -> None:
    """Write a video to a new file.

    Args:
        path: Its ending is that of the container.
        video: Its frames are gone through once.
        fourcc: The four characters that name the codec.

    Raises:
        DatasetError: There is no such codec here, the frames are not alike, or not all of them were written.
    """
    import cv2
    import numpy as np

    size = video.size
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*fourcc), video.fps, size)
    if not writer.isOpened():
        raise DatasetError(
            f"OpenCV writes no '{os.path.splitext(path)[1]}' with the codec '{fourcc}' here. Choose another `fourcc` "
            "or another ending, such as `MJPG` and `.avi`."
        )
    number = 0
    try:
        for frame in video:
            if frame.size != size:
                raise DatasetError(f"Frame {number} is {frame.size}, and the first one {size}: they must be alike.")
            writer.write(cv2.cvtColor(np.asarray(frame.convert("RGB")), cv2.COLOR_RGB2BGR))
            number += 1
    finally:
        writer.release()
    written = min(whole_frames(path), number)
    if written < number:
        raise DatasetError(f"Not all of the video could be written: {written} of {number} frames. Is the disk full?")
