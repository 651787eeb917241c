from __future__ import annotations

import os

import pytest
from PIL import Image

from tidemill import DatasetError
from tidemill.datasets.pillow import ImageDataset
from tidemill.testing import VersionedDatasetTests


def picture(size=(9, 6), mode="RGBA"):
    image = Image.new(mode, size)
    for x in range(size[0]):
        for y in range(size[1]):
            image.putpixel((x, y), (x * 20, y * 30, x * y, 200)[: len(mode)])
    return image


class TestImageDataset(VersionedDatasetTests):
    sample, other, filename = picture(), picture((4, 4)), "tide.png"

    def make(self, filepath, version=None):
        return ImageDataset(filepath, version=version)

    def equal(self, a, b):
        return a.mode == b.mode and a.size == b.size and a.tobytes() == b.tobytes()


def test_the_ending_says_the_format_and_save_args_how(tmp_path):
    sizes = {}
    for quality in (5, 95):
        dataset = ImageDataset(str(tmp_path / f"{quality}.JPEG"), save_args={"quality": quality})
        dataset.save(picture((64, 64), "RGB"))
        assert dataset.load().format == "JPEG"
        sizes[quality] = os.path.getsize(tmp_path / f"{quality}.JPEG")

    assert sizes[5] < sizes[95]


def test_a_format_of_ones_own_needs_no_ending(tmp_path):
    ImageDataset(str(tmp_path / "tide"), save_args={"format": "png"}).save(picture())

    assert ImageDataset(str(tmp_path / "tide")).load().format == "PNG"


def test_an_ending_that_pillow_does_not_know_is_named_and_nothing_is_written(tmp_path):
    with pytest.raises(DatasetError, match=r"'\.tide'"):
        ImageDataset(str(tmp_path / "high.tide")).save(picture())

    assert os.listdir(tmp_path) == []


def test_a_loaded_image_outlives_its_file(tmp_path):
    dataset = ImageDataset(str(tmp_path / "tide.png"))
    dataset.save(picture())
    image = dataset.load()
    os.unlink(tmp_path / "tide.png")

    assert image.tobytes() == picture().tobytes()


def test_what_a_load_is_told_goes_to_pillow(tmp_path):
    dataset = ImageDataset(str(tmp_path / "tide.png"))
    dataset.save(picture())

    with pytest.raises(DatasetError, match="cannot identify"):
        dataset.load(formats=["JPEG"])
