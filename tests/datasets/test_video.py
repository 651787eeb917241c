from __future__ import annotations

import gc
import os
import pickle
import resource

import numpy as np
import pytest
from PIL import Image

from tidemill import DatasetError
from tidemill.datasets.video import FileVideo, GeneratorVideo, SequenceVideo, VideoDataset
from tidemill.testing import VersionedDatasetTests


def frames(number, size=(64, 48), *, noise=False):
    random = np.random.default_rng(number)
    shape = (size[1], size[0], 3)
    return [
        Image.fromarray(random.integers(0, 255, shape, dtype=np.uint8) if noise else np.full(shape, 10 * i, "uint8"))
        for i in range(number)
    ]


class VideoTests(VersionedDatasetTests):
    kind = VideoDataset
    sample, other = SequenceVideo(frames(5), 5), SequenceVideo(frames(8), 10)

    def make(self, filepath, version=None):
        return VideoDataset(filepath, self.fourcc, version=version)

    def equal(self, a, b):
        pairs = zip(a, b, strict=True)
        return (len(a), a.fps, a.size) == (len(b), b.fps, b.size) and all(near(one, two) for one, two in pairs)


def near(one, two, *, most=5):
    return np.abs(np.asarray(one, "int16") - np.asarray(two, "int16")).mean() < most


class TestMP4(VideoTests):
    filename, fourcc = "tide.mp4", "mp4v"


class TestWithoutLoss(VideoTests):
    filename, fourcc, places = "tide.avi", "FFV1", ("disk",)  # where a file is does not depend on the codec
    sample, other = SequenceVideo(frames(5, noise=True), 5), SequenceVideo(frames(8, noise=True), 10)

    def equal(self, a, b):
        return super().equal(a, b) and all(np.array_equal(one, two) for one, two in zip(a, b, strict=True))


def test_a_video_is_a_sequence_that_decodes_what_is_asked_for(tmp_path):
    dataset = VideoDataset(str(tmp_path / "tide.avi"), "FFV1")
    dataset.save(SequenceVideo(frames(6), 5))

    video = dataset.load()

    assert isinstance(video, FileVideo)
    assert (len(video), video.fps, video.size, video.fourcc.upper()) == (6, 5.0, (64, 48), "FFV1")
    shade = [np.asarray(each)[0, 0, 0] for each in (video[4], video[0], video[-1], video[1])]
    assert shade == [40, 0, 50, 10]
    assert [np.asarray(each)[0, 0, 0] for each in video[1:6:2]] == [10, 30, 50]
    assert len(video[::-1]) == 6
    assert [np.asarray(each)[0, 0, 0] for each in reversed(video)] == [50, 40, 30, 20, 10, 0]
    for outside in (6, -7):
        with pytest.raises(IndexError, match="6 frames"):
            video[outside]


def test_two_may_go_through_a_video_at_once(tmp_path):
    dataset = VideoDataset(str(tmp_path / "tide.avi"), "FFV1")
    dataset.save(SequenceVideo(frames(4), 5))
    video = dataset.load()

    assert [(np.asarray(a)[0, 0, 0], np.asarray(b)[0, 0, 0]) for a, b in zip(video, video, strict=True)] == [
        (0, 0), (10, 10), (20, 20), (30, 30)
    ]  # fmt: skip


@pytest.mark.parametrize("length", [4, None])
def test_frames_may_be_made_one_by_one(tmp_path, length):
    dataset = VideoDataset(str(tmp_path / "tide.mp4"))
    dataset.save(GeneratorVideo((each for each in frames(4)), length, 5))

    assert len(dataset.load()) == 4
    with pytest.raises(TypeError, match="go through it"):
        GeneratorVideo(iter(frames(2)), length, 5)[0]


def test_a_loaded_video_or_a_part_of_it_can_be_saved(tmp_path):
    first = VideoDataset(str(tmp_path / "first.avi"), "MJPG")
    first.save(SequenceVideo(frames(6), 5))
    second = VideoDataset(str(tmp_path / "second.avi"), None)
    second.save(first.load()[2:4])

    assert second.load().fourcc == "MJPG"
    assert len(second.load()) == 2
    first.save(first.load())  # over itself
    assert len(first.load()) == 6


def test_a_downloaded_video_goes_when_nobody_holds_it(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dataset = VideoDataset("memory://videos/tide.avi", "FFV1")
    dataset.save(SequenceVideo(frames(3), 5))
    assert os.listdir(tmp_path) == []

    video = dataset.load()
    twin = pickle.loads(pickle.dumps(video))
    assert len(os.listdir(tmp_path)) == 2
    del video
    gc.collect()
    assert [np.asarray(each)[0, 0, 0] for each in twin] == [0, 10, 20]
    del twin
    gc.collect()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (frames(2), r"SequenceVideo\(frames, fps\)"),
        (SequenceVideo([], 5), "The video has no frames"),
        (GeneratorVideo(iter([]), None, 5), "The video has no frames"),
        (SequenceVideo([*frames(1), *frames(1, (32, 32))], 5), r"Frame 1 is \(32, 32\)"),
    ],
)
def test_what_is_no_video_is_refused_and_changes_nothing(tmp_path, data, message):
    with pytest.raises(DatasetError, match=message):
        VideoDataset(str(tmp_path / "tide.mp4")).save(data)

    assert os.listdir(tmp_path) == []


def test_a_codec_that_is_not_there_and_a_file_that_is_no_video_are_named(tmp_path, capfd):
    with pytest.raises(DatasetError, match="'ABCD'"):
        VideoDataset(str(tmp_path / "tide.mp4"), "ABCD").save(SequenceVideo(frames(2), 5))
    (tmp_path / "none.mp4").write_text("no video")
    with pytest.raises(DatasetError, match="no video in none.mp4"):
        VideoDataset(str(tmp_path / "none.mp4")).load()
    capfd.readouterr()  # what FFmpeg says


def test_a_video_on_disk_pickles_as_its_path(tmp_path):
    dataset = VideoDataset(str(tmp_path / "tide.avi"), "FFV1")
    dataset.save(SequenceVideo(frames(200, noise=True), 5))

    pickled = pickle.dumps(dataset.load())

    assert len(pickled) < 1000
    assert np.array_equal(np.asarray(pickle.loads(pickled)[3]), np.asarray(dataset.load()[3]))


def test_a_video_that_is_torn_says_which_frame_cannot_be_decoded(tmp_path, capfd):
    dataset = VideoDataset(str(tmp_path / "tide.avi"), "MJPG")
    dataset.save(SequenceVideo(frames(20, noise=True), 5))
    content = (tmp_path / "tide.avi").read_bytes()
    (tmp_path / "tide.avi").write_bytes(content[: len(content) // 2])

    video = dataset.load()

    assert video[0].size == (64, 48)
    with pytest.raises(IndexError, match=f"Frame {len(video) - 1} of tide.avi cannot be decoded"):
        video[-1]
    assert 0 < len([*video]) < 20  # what there is can be gone through
    capfd.readouterr()  # what FFmpeg says


def test_frames_of_a_stream_are_counted(tmp_path, capfd):
    with (tmp_path / "tide.mjpeg").open("wb") as file:  # a stream says nothing of its length
        for each in frames(7):
            each.save(file, "JPEG")

    video = FileVideo(str(tmp_path / "tide.mjpeg"))

    assert len(video) == len([*video]) == 7
    assert near(video[0], frames(7)[0])
    capfd.readouterr()


def test_a_video_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="none.mp4"):
        FileVideo(str(tmp_path / "none.mp4"))


def test_a_video_that_is_made_frame_by_frame_may_know_its_length():
    assert len(GeneratorVideo(iter(frames(3)), 3, 5)) == len([*GeneratorVideo(iter(frames(3)), 3, 5)]) == 3
    video = GeneratorVideo(iter(frames(3)), None, 5)
    with pytest.raises(TypeError, match="nobody knows its length"):
        len(video)
    assert video.size == (64, 48)
    assert [np.asarray(each)[0, 0, 0] for each in video] == [0, 10, 20]


def test_a_video_for_which_there_is_no_room_is_told_and_changes_nothing(tmp_path, capfd):
    dataset = VideoDataset(str(tmp_path / "tide.avi"), "FFV1")
    dataset.save(SequenceVideo(frames(2), 5))
    before = (tmp_path / "tide.avi").read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, limits[1]))
    try:
        with pytest.raises(DatasetError, match="Not all of the video could be written: .* of 40 frames"):
            dataset.save(SequenceVideo(frames(40, noise=True), 5))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert (tmp_path / "tide.avi").read_bytes() == before
    assert os.listdir(tmp_path) == ["tide.avi"]
    capfd.readouterr()
