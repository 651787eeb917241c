"""Videos: the dataset, and the kinds of video that it loads and saves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.datasets.video.dataset import VideoDataset as VideoDataset
    from tidemill.datasets.video.file import FileVideo as FileVideo
    from tidemill.datasets.video.frames import AbstractVideo as AbstractVideo
    from tidemill.datasets.video.frames import GeneratorVideo as GeneratorVideo
    from tidemill.datasets.video.frames import SequenceVideo as SequenceVideo
    from tidemill.datasets.video.frames import SlicedVideo as SlicedVideo

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "AbstractVideo": "tidemill.datasets.video.frames",
        "FileVideo": "tidemill.datasets.video.file",
        "GeneratorVideo": "tidemill.datasets.video.frames",
        "SequenceVideo": "tidemill.datasets.video.frames",
        "SlicedVideo": "tidemill.datasets.video.frames",
        "VideoDataset": "tidemill.datasets.video.dataset",
    },
)
