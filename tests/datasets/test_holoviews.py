from __future__ import annotations

import io

import holoviews as hv
import pytest

from tidemill import DatasetError
from tidemill.datasets.holoviews import HoloviewsWriter
from tidemill.testing import VersionedDatasetTests

hv.extension("matplotlib")


def drawn(curve):
    file = io.BytesIO()
    hv.save(curve, file, fmt="png", backend="matplotlib")
    return file.getvalue()


class ReadBack(HoloviewsWriter):
    """What the suites need and users have not: the bytes of the file."""

    def _load(self):
        return self._fs.cat_file(self._on_fs(str(self._get_load_path())))


class TestHoloviewsWriter(VersionedDatasetTests):
    sample, other, filename = hv.Curve([1, 2]), hv.Curve([3, 1, 2]), "tide.png"

    def make(self, filepath, version=None):
        return ReadBack(filepath, save_args={"backend": "matplotlib"}, version=version)

    def equal(self, a, b):
        return a == drawn(b)


@pytest.mark.parametrize(
    ("save_args", "start"),
    [
        ({}, b"\x89PNG"),
        ({"fmt": "svg"}, b"<?xml"),
        ({"fmt": "html", "backend": "bokeh"}, b"<!DOCTYPE html>"),
    ],
)
def test_save_args_say_the_format_and_the_backend(tmp_path, save_args, start):
    HoloviewsWriter(str(tmp_path / "tide"), save_args=save_args).save(hv.Curve([1, 2]))

    assert (tmp_path / "tide").read_bytes().startswith(start)


def test_another_backend_does_not_become_the_users(tmp_path, fresh_python):
    code = (
        "import sys; sys.path[:0] = {path!r}\n"
        "import holoviews as hv, tempfile, os\n"
        "hv.extension('matplotlib')\n"
        "from tidemill.datasets.holoviews import HoloviewsWriter\n"
        "HoloviewsWriter({file!r}, save_args=dict(fmt='html', backend='bokeh')).save(hv.Curve([1, 2]))\n"
        "print(hv.Store.current_backend)"
    )
    import sys

    path = [each for each in sys.path if each]
    assert fresh_python(code.format(path=path, file=str(tmp_path / "tide.html"))) == "matplotlib"


def test_without_an_extension_matplotlib_draws(tmp_path, fresh_python):
    import sys

    path = [each for each in sys.path if each]
    code = (
        f"import sys; sys.path[:0] = {path!r}\n"
        "import holoviews as hv\n"
        "from tidemill.datasets.holoviews import HoloviewsWriter\n"
        f"HoloviewsWriter({str(tmp_path / 'tide.png')!r}).save(hv.Curve([1, 2]))"
    )
    fresh_python(code)

    assert (tmp_path / "tide.png").read_bytes().startswith(b"\x89PNG")


def test_it_cannot_be_loaded(tmp_path):
    with pytest.raises(DatasetError, match="only saves"):
        HoloviewsWriter(str(tmp_path / "tide.png")).load()
