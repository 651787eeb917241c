"""What the document about IO says of errors, datasets and versions: one test for each statement one can observe."""

from __future__ import annotations

import inspect
import re
import time
from pathlib import Path, PurePosixPath

import fsspec
import pandas as pd
import pytest

from tidemill import (
    AbstractVersionedDataset,
    DataCatalog,
    DatasetError,
    Version,
    generate_timestamp,
)
from tidemill.datasets.text import TextDataset
from tidemill.io.classes import resolve

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d\.\d{3}Z")
OLD, NEW = "2019-02-13T14.35.36.518Z", "2020-02-13T14.35.36.518Z"
#: The formats that the document lists as versioned.
VERSIONED = [
    "matplotlib.MatplotlibWriter",
    "holoviews.HoloviewsWriter",
    "networkx.NetworkXDataSet",
    "pandas.CSVDataSet",
    "pandas.ExcelDataSet",
    "pandas.FeatherDataSet",
    "pandas.HDFDataSet",
    "pandas.JSONDataSet",
    "pandas.ParquetDataSet",
    "pickle.PickleDataSet",
    "pillow.ImageDataSet",
    "text.TextDataSet",
    "spark.SparkDataSet",
    "yaml.YAMLDataSet",
    "api.APIDataSet",
    "tensorflow.TensorFlowModelDataset",
    "json.JSONDataSet",
]
#: Those that save plain data; the others have their samples in the tests of their own.
PLAIN = [
    "pandas.CSVDataSet",
    "pandas.ExcelDataSet",
    "pandas.FeatherDataSet",
    "pandas.JSONDataSet",
    "pandas.ParquetDataSet",
    "pickle.PickleDataSet",
    "text.TextDataSet",
    "yaml.YAMLDataSet",
    "json.JSONDataSet",
]


class NoteDataset(AbstractVersionedDataset[str, str]):
    """A text file, by a class with the arguments in the order of the document."""

    def __init__(self, filepath, version=None, exists=None, glob=None):
        super().__init__(PurePosixPath(filepath), version, exists, glob)

    def _load(self):
        return Path(self._get_load_path()).read_text()

    def _save(self, data):
        Path(self._get_save_path()).write_text(data)

    def _describe(self):
        return {"filepath": self._filepath, "version": self._version}


@pytest.fixture
def note(tmp_path):
    """The path of a text, and two versions of it."""
    for version in (OLD, NEW):
        folder = tmp_path / "note.txt" / version
        folder.mkdir(parents=True)
        (folder / "note.txt").write_text(version)
    return str(tmp_path / "note.txt")


def catalog_of(path, *, versions=None, save_version=None, **more):
    definition = {"type": "text.TextDataSet", "filepath": path, "versioned": True, **more}
    return DataCatalog.from_config({"note": definition}, load_versions=versions, save_version=save_version)


# What a versioned dataset is


def test_versioned_true_is_all_it_takes(tmp_path):
    """Setting `versioned` in the catalog's file turns versions on."""
    catalog = catalog_of(str(tmp_path / "note.txt"))
    catalog.save("note", "text")

    assert [path.is_dir() for path in tmp_path.iterdir()] == [True]
    assert catalog["note"].list_versions() == [catalog.save_version]


def test_a_custom_class_passes_four_things_by_position(tmp_path):
    """The base class takes filepath, version and, for another filesystem, the functions that ask it."""
    fs = fsspec.filesystem("memory")
    fs.pipe_file(f"{tmp_path}/note.txt/{OLD}/note.txt", b"")
    asked = []
    dataset = NoteDataset(
        f"{tmp_path}/note.txt",
        Version(None, None),
        lambda path: asked.append(path) or fs.exists(path),
        lambda pattern: asked.append(pattern) or fs.glob(pattern),
    )

    assert dataset.resolve_load_version() == OLD
    assert dataset.exists()
    assert asked


def test_without_them_it_is_local(note):
    """A class for local files leaves the two functions out."""
    assert NoteDataset(note, Version(None, None)).load() == NEW


def test_a_version_that_appears_does_not_interfere(note):
    """Another system may add a version in the middle of a run: what was loaded first stays what is loaded."""
    dataset = NoteDataset(note, Version(None, None))
    assert dataset.load() == NEW

    folder = Path(note, "2021-02-13T14.35.36.518Z")
    folder.mkdir()
    (folder / "note.txt").write_text("newer")

    assert dataset.load() == NEW
    dataset.release()
    assert dataset.load() == "newer"


# The version argument


def test_no_version_is_not_versioned(tmp_path):
    """If version is None the dataset is a plain file."""
    NoteDataset(f"{tmp_path}/note.txt", None).save("text")

    assert (tmp_path / "note.txt").read_text() == "text"


@pytest.mark.parametrize("wrong", ["2020", {"load": None}, (None, None), True], ids=str)
def test_a_version_must_be_a_version(tmp_path, wrong):
    """Anything but an instance of Version is refused."""
    with pytest.raises(DatasetError, match=r"`version` must be a Version\(load, save\), or None; it is a "):
        NoteDataset(f"{tmp_path}/note.txt", wrong)


@pytest.mark.parametrize(("load", "loaded"), [(None, NEW), (OLD, OLD), (NEW, NEW)])
def test_the_latest_is_loaded_or_exactly_what_is_said(note, load, loaded):
    """`load` is None for the latest version, or the string of an exact one."""
    assert NoteDataset(note, Version(load, None)).load() == loaded


def test_a_save_version_is_generated(tmp_path):
    """If `save` is None each save gets the name that `generate_timestamp` makes; they sort by time."""
    before = generate_timestamp()
    dataset = NoteDataset(f"{tmp_path}/note.txt", Version(None, None))
    dataset.save("1")
    dataset.save("2")

    names = [before, *reversed(dataset.list_versions()), generate_timestamp()]
    assert all(TIMESTAMP.fullmatch(each) for each in names)
    assert names == sorted(set(names))


def test_or_it_is_exactly_what_is_said(tmp_path):
    """Otherwise `save` is the exact name of the version."""
    NoteDataset(f"{tmp_path}/note.txt", Version(None, "mine")).save("text")

    assert (tmp_path / "note.txt" / "mine" / "note.txt").read_text() == "text"


# Versions by the catalog


def test_a_definition_cannot_choose_a_version(note):
    """The file says whether a dataset has versions, not which: a `version` in it is left out with a warning."""
    catalog = catalog_of(note, version=OLD)

    with pytest.warns(UserWarning, match="left out `version`"):
        assert catalog.load("note") == NEW


def test_one_save_version_for_the_whole_catalog(tmp_path):
    """Making a catalog generates a save version, which all its versioned datasets get; the next one gets another."""
    kind = {"type": "text.TextDataSet", "versioned": True}
    config = {name: {**kind, "filepath": str(tmp_path / name)} for name in ("a", "b")}
    catalogs = [DataCatalog.from_config(config) for _ in range(3)]
    for catalog in catalogs:
        for name in config:
            catalog.save(name, "text")
            time.sleep(0.002)

    versions = [catalog.save_version for catalog in catalogs]
    assert len(set(versions)) == 3
    assert all(TIMESTAMP.fullmatch(each) for each in versions)
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.glob("*/*/[ab]")} == {
        f"{name}/{version}/{name}" for name in config for version in versions
    }


def test_a_catalog_saves_a_dataset_once(tmp_path):
    """The second save under the same version fails and changes nothing; a catalog made anew saves again."""
    path = str(tmp_path / "note.txt")
    catalog = catalog_of(path)
    catalog.save("note", "first")

    with pytest.raises(DatasetError, match=rf"(?s)'note'.*{catalog.save_version}"):
        catalog.save("note", "second")

    assert catalog.load("note") == "first"
    catalog_of(path).save("note", "second")
    assert catalog_of(path).load("note") == "second"


def test_loading_is_not_limited(note):
    """The limit is on saves: the same version may be loaded as often as one likes."""
    catalog = catalog_of(note)

    assert [catalog.load("note") for _ in range(3)] == [NEW] * 3


def test_the_latest_by_default_and_an_exact_one_by_load_versions(note):
    """A catalog loads the latest version, unless `load_versions` names another."""
    assert catalog_of(note).load("note") == NEW
    assert catalog_of(note, versions={"note": OLD}).load("note") == OLD


def test_an_exact_version_that_is_not_there(note):
    """Loading a version that does not exist is an error that names it, and those that do."""
    with pytest.raises(DatasetError, match=rf"(?s)'note': no version '2001'.*{NEW}, {OLD}"):
        catalog_of(note, versions={"note": "2001"}).load("note")


def test_load_versions_have_no_effect_without_versions(tmp_path):
    """They count for versioned datasets only, and for others a warning says so."""
    (tmp_path / "note.txt").write_text("plain")

    with pytest.warns(UserWarning, match="'note' is not versioned"):
        assert catalog_of(str(tmp_path / "note.txt"), versions={"note": OLD}, versioned=False).load("note") == "plain"


def test_the_save_version_may_be_overridden(note):
    """It is not recommended, for it may part what is saved from what is loaded, which a warning then says."""
    catalog = catalog_of(note, save_version="2000-01-01T00.00.00.000Z")

    with pytest.warns(UserWarning, match="do not match"):
        catalog.save("note", "old news")

    assert Path(note, "2000-01-01T00.00.00.000Z", "note.txt").read_text() == "old news"
    assert catalog.load("note") == NEW


# Versions by code


def test_nothing_is_fixed(tmp_path):
    """With Version(None, None) every save makes a version and every load takes the latest."""
    catalog = DataCatalog({"note": TextDataset(tmp_path / "note.txt", version=Version(None, None))})

    for text in ("first", "second"):
        catalog.save("note", text)
        assert catalog.load("note") == text
    assert len(catalog["note"].list_versions()) == 2


def test_an_exact_version_is_saved_once(tmp_path):
    """With an exact version the second save raises, since its path exists, and the data stay what they were."""
    dataset = TextDataset(tmp_path / "note.txt", version=Version("mine", "mine"))
    dataset.save("first")

    with pytest.raises(DatasetError, match="mine"):
        dataset.save("second")

    assert dataset.load() == "first"


def test_versions_that_do_not_match(tmp_path):
    """Saving one version while another is loaded warns; loading then fails if that one does not exist."""
    dataset = TextDataset(tmp_path / "note.txt", version=Version("exact_load", "exact_save"))

    with pytest.warns(UserWarning, match=r"'exact_save'.*'exact_load'.*do not match"):
        dataset.save("text")
    with pytest.raises(DatasetError, match=r"no version 'exact_load'.*exact_save"):
        dataset.load()


# Which datasets have versions


@pytest.mark.parametrize("kind", VERSIONED)
@pytest.mark.parametrize("root", ["", "kedro.extras.datasets."])
def test_each_format_of_the_list_takes_a_version(kind, root):
    """All seventeen are there, under their short and their old full name."""
    assert "version" in inspect.signature(resolve(f"{root}{kind}").__init__).parameters


@pytest.mark.parametrize("kind", PLAIN)
@pytest.mark.parametrize("root", ["", "kedro.extras.datasets."])
def test_a_format_of_the_list_has_versions(kind, root, tmp_path):
    """It is saved and loaded with `versioned: true`, named shortly or by its full old path."""
    data = pd.DataFrame({"a": [1, 2]}) if kind.startswith("pandas.") else "text" if "Text" in kind else {"a": [1, 2]}
    definition = {"type": f"{root}{kind}", "filepath": str(tmp_path / "data.xlsx"), "versioned": True}
    catalog = DataCatalog.from_config({"it": definition})

    catalog.save("it", data)

    loaded = catalog.load("it")
    assert loaded.equals(data) if isinstance(data, pd.DataFrame) else loaded == data
    assert catalog["it"].list_versions() == [catalog.save_version]
