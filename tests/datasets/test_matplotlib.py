from __future__ import annotations

import io
import os
import sys

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from tidemill import DataCatalog, DatasetError, Version
from tidemill.datasets.matplotlib import MatplotlibDataset
from tidemill.testing import VersionedDatasetTests


def figure(*heights):
    made = Figure(figsize=(1, 1), dpi=40)
    made.add_subplot().plot(heights)
    return made


def drawn(each, kind="png"):
    file = io.BytesIO()
    each.savefig(file, format=kind)
    return file.getvalue()


class ReadBack(MatplotlibDataset):
    """What the suites need and users have not: the bytes of the file, or of the files of a folder."""

    def _load(self):
        found = self._on_fs(str(self._get_load_path()))
        fs = self._fs
        fs.invalidate_cache(found)
        files = fs.find(found)
        if files == [found]:
            return fs.cat_file(found)
        if not files:
            raise FileNotFoundError(found)
        return {each[len(found) + 1 :]: fs.cat_file(each) for each in files}


class FigureTests(VersionedDatasetTests):
    def make(self, filepath, version=None):
        return ReadBack(filepath, version=version, overwrite=True)

    def equal(self, a, b):
        return a == (as_read(b) if not isinstance(b, bytes) else b)


def as_read(figures):
    if isinstance(figures, dict):
        return {name: drawn(each) for name, each in figures.items()}
    return drawn(figures)


class TestOneFigure(FigureTests):
    sample, other, filename = figure(1, 2), figure(3, 1, 2), "tide.png"


class TestADictionaryOfFigures(FigureTests):
    sample = {"high.png": figure(1, 2), "low/spring.png": figure(2, 1)}
    other = {"high.png": figure(3, 4), "neap.png": figure(1, 1)}
    filename = "tides"


def files(folder):
    return sorted(os.path.relpath(os.path.join(at, name), folder) for at, _, names in os.walk(folder) for name in names)


def test_a_list_becomes_numbered_files(tmp_path):
    MatplotlibDataset(str(tmp_path / "tides")).save([figure(1), figure(2)])

    assert files(tmp_path / "tides") == ["0.png", "1.png"]
    assert (tmp_path / "tides" / "1.png").read_bytes() == drawn(figure(2))


@pytest.mark.parametrize("base", ["disk", "memory"])
@pytest.mark.parametrize(("overwrite", "left"), [(False, {"high.png", "low.png"}), (True, {"low.png"})])
def test_a_dictionary_adds_to_a_folder_unless_it_overwrites(tmp_path, base, overwrite, left):
    url = str(tmp_path / "tides") if base == "disk" else f"memory://figures-{overwrite}/tides"
    MatplotlibDataset(url).save({"high.png": figure(1)})
    MatplotlibDataset(url, overwrite=overwrite).save({"low.png": figure(2)})

    assert set(ReadBack(url).load()) == left


def test_a_version_is_a_folder_of_its_own(tmp_path):
    dataset = MatplotlibDataset(str(tmp_path / "tides"), version=Version(None, None))
    dataset.save({"high.png": figure(1)})
    dataset.save({"low.png": figure(2)})

    new, old = dataset.list_versions()
    assert [each.path for each in dataset.manifest(new).files] == ["tides/low.png"]
    assert [each.path for each in dataset.manifest(old).files] == ["tides/high.png"]


@pytest.mark.parametrize(
    ("name", "save_args", "start"),
    [
        ("tide.pdf", {}, b"%PDF"),
        ("tide.svg", {}, b"<?xml"),
        ("tide", {}, b"\x89PNG"),
        ("tide.png", {"format": "svg"}, b"<?xml"),
    ],
)
def test_the_ending_says_the_format_unless_save_args_do(tmp_path, name, save_args, start):
    MatplotlibDataset(str(tmp_path / name), save_args=save_args).save(figure(1, 2))

    assert (tmp_path / name).read_bytes().startswith(start)


def test_save_args_go_to_savefig(tmp_path):
    for dpi in (20, 200):
        MatplotlibDataset(str(tmp_path / f"{dpi}.png"), save_args={"dpi": dpi}).save(figure(1, 2))

    assert os.path.getsize(tmp_path / "20.png") < os.path.getsize(tmp_path / "200.png")


def test_pyplot_means_its_current_figure(tmp_path):
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    plt.figure(figsize=(1, 1))
    plt.plot([1, 2])
    MatplotlibDataset(str(tmp_path / "tide.png")).save(plt)
    plt.close("all")

    assert (tmp_path / "tide.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_no_figure_is_refused_and_changes_nothing(tmp_path):
    dataset = MatplotlibDataset(str(tmp_path / "tides"), overwrite=True)
    dataset.save({"high.png": figure(1)})

    with pytest.raises(DatasetError, match="figures, not objects of type str"):
        dataset.save({"low.png": figure(2), "slack.png": "no figure"})

    assert files(tmp_path / "tides") == ["high.png"]


def test_a_name_that_leaves_the_folder_is_refused(tmp_path):
    with pytest.raises(DatasetError, match=r"\.\./high\.png"):
        MatplotlibDataset(str(tmp_path / "tides")).save({"../high.png": figure(1)})

    assert files(tmp_path) == []


def test_figures_cannot_be_loaded(tmp_path):
    dataset = MatplotlibDataset(str(tmp_path / "tide.png"))
    dataset.save(figure(1))

    with pytest.raises(DatasetError, match="only saves"):
        dataset.load()


def test_no_backend_is_chosen_for_the_user(fresh_python):
    code = (
        f"import sys; sys.path[:0] = {sys.path!r}\n"
        "import tidemill.datasets.matplotlib, matplotlib\n"
        "from matplotlib.figure import Figure\n"
        "import tempfile, os\n"
        "folder = tempfile.mkdtemp()\n"
        "tidemill.datasets.matplotlib.MatplotlibDataset(os.path.join(folder, 'x.png')).save(Figure())\n"
        "print(matplotlib.get_backend(auto_select=False), 'matplotlib.pyplot' in sys.modules)"
    )

    assert fresh_python(code) == "None False"


@pytest.mark.parametrize(
    "kind",
    [
        "matplotlib.MatplotlibDataset",
        "matplotlib.MatplotlibWriter",
        "MatplotlibWriter",
        "kedro.extras.datasets.matplotlib.MatplotlibWriter",
        "kedro_datasets.matplotlib.matplotlib_writer.MatplotlibWriter",
        "kedro_datasets.matplotlib.MatplotlibDataset",
        "tidemill.datasets.matplotlib.MatplotlibWriter",
    ],
)
def test_it_is_found_by_all_its_names(tmp_path, kind):
    catalog = DataCatalog.from_config({"tides": {"type": kind, "filepath": str(tmp_path / "x.png")}})
    catalog.save("tides", figure(1))

    assert files(tmp_path) == ["x.png"]
