"""Videos as sequences of Pillow images."""

from __future__ import annotations

import abc
import operator
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

_EMPTY = "The video has no frames, or none that are left, and so no size."


class AbstractVideo(Sequence["Image"], abc.ABC):
    """The frames of a video, each a Pillow image made when it is asked for; a slice is a video too."""

    #: Frames per second, and the four characters that name the codec.
    fps: float
    fourcc: str

    @property
    @abc.abstractmethod
    def size(self) -> tuple[int, int]:
        """Width and height of its frames."""

    @abc.abstractmethod
    def __len__(self) -> int:
        """Return the number of frames."""

    @abc.abstractmethod
    def _frame(self, index: int) -> Image:
        """Return the frame of an index from 0 to the length."""

    def __getitem__(self, index: Any) -> Any:
        """Return a frame, or for a slice a video of its frames."""
        if isinstance(index, slice):
            return SlicedVideo(self, range(len(self))[index])
        number, length = operator.index(index), len(self)
        if not -length <= number < length:
            raise IndexError(f"The video has {length} frames; there is no frame {number}.")
        return self._frame(number % length)


class SequenceVideo(AbstractVideo):
    """A video of frames that are there."""

    def __init__(self, frames: Sequence[Image], fps: float, fourcc: str = "mp4v") -> None:
        """Make it.

        Args:
            frames: Pillow images of one size.
            fps: Frames per second.
            fourcc: The codec to save it with.
        """
        self._frames, self.fps, self.fourcc = frames, fps, fourcc

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its frames."""
        if len(self._frames) == 0:
            raise ValueError(_EMPTY)
        return self._frames[0].size

    def __len__(self) -> int:
        return len(self._frames)

    def _frame(self, index: int) -> Image:
        return self._frames[index]


class SlicedVideo(AbstractVideo):
    """Some of the frames of another video."""

    def __init__(self, video: AbstractVideo, indexes: Sequence[int]) -> None:
        """Make it.

        Args:
            video: The other one.
            indexes: Which of its frames.
        """
        self._video, self._indexes = video, indexes
        self.fps, self.fourcc = video.fps, video.fourcc

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its frames."""
        return self._video.size

    def __len__(self) -> int:
        return len(self._indexes)

    def _frame(self, index: int) -> Image:
        return self._video._frame(self._indexes[index])  # noqa: SLF001 - a video like this one


class GeneratorVideo(AbstractVideo):
    """A video of frames that are made one after the other; it can be gone through once, in order."""

    def __init__(self, frames: Iterator[Image], length: int | None, fps: float, fourcc: str = "mp4v") -> None:
        """Make it.

        Args:
            frames: Makes Pillow images of one size.
            length: How many; None if that is not known.
            fps: Frames per second.
            fourcc: The codec to save it with.
        """
        self._frames, self._length, self.fps, self.fourcc = iter(frames), length, fps, fourcc
        self._first: Image | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its frames."""
        if self._first is None:
            self._first = next(self._frames, None)  # kept for those who go through it
        if self._first is None:
            raise ValueError(_EMPTY)
        return self._first.size

    def __len__(self) -> int:
        if self._length is None:
            raise TypeError("This video is made frame by frame: nobody knows its length.")
        return self._length

    def __iter__(self) -> Iterator[Image]:
        if self._first is not None:
            first, self._first = self._first, None
            yield first
        yield from self._frames

    def __getitem__(self, index: Any) -> Any:
        raise TypeError(f"This video is made frame by frame: go through it, there is no frame {index} to ask for.")

    def _frame(self, index: int) -> Image:
        raise NotImplementedError  # nobody asks: what does is above
