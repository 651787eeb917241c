"""What the document about IO says of partitions: one test for each statement one can observe."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from tests.documents.document import block

from tidemill import (
    AbstractDataset,
    DataCatalog,
    DatasetError,
    MemoryDataset,
    PartitionedDataset,
    Pipeline,
    SequentialRunner,
    node,
)
from tidemill.datasets.pandas import CSVDataset
from tidemill.datasets.text import TextDataset


class RecordingDataset(AbstractDataset[str, str]):
    """A text file that notes each object that is made of it, and what each of them does."""

    made: list = []
    done: list = []

    def __init__(self, filepath=None, location=None, **options):
        self._path = filepath or location
        self.made.append({"filepath": filepath, "location": location, **options})

    def _load(self):
        self.done.append(f"load {Path(self._path).name}")
        return Path(self._path).read_text()

    def _save(self, data):
        self.done.append(f"save {data}")
        Path(self._path).write_text(data)

    def _describe(self):
        return {}


@pytest.fixture(autouse=True)
def notes():
    RecordingDataset.made.clear()
    RecordingDataset.done.clear()
    return RecordingDataset


@pytest.fixture
def folder(tmp_path):
    """A folder of three texts, in folders below it, and of something else."""
    for name in ("a.txt", "b.txt", "deep/er/c.txt", "other.md"):
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.stem)
    return str(tmp_path / "folder")


# What it is


def test_all_files_are_loaded_however_deep(folder):
    """Every file below the folder is a partition."""
    assert {name: load() for name, load in PartitionedDataset(folder, TextDataset).load().items()} == {
        "a.txt": "a",
        "b.txt": "b",
        "deep/er/c.txt": "c",
        "other.md": "other",
    }


def test_or_specific_ones(folder):
    """Files that do not end with the suffix are ignored; by default nothing is."""
    assert [*PartitionedDataset(folder, TextDataset, filename_suffix=".txt").load()] == ["a", "b", "deep/er/c"]
    assert PartitionedDataset(folder, TextDataset)._describe()["filename_suffix"] == ""


@pytest.mark.parametrize("place", ["local", "file", "memory", "s3", "cached"])
def test_any_filesystem_of_fsspec_will_do(place, tmp_path, s3_bucket):
    """It saves and loads in the same way wherever the path's protocol leads; without one it is the local disk."""
    root, credentials = {
        "local": (f"{tmp_path}/x", None),
        "file": (f"file://{tmp_path}/x", None),
        "memory": (f"memory://{tmp_path.name}/x", None),
        "s3": (f"{s3_bucket.url}/x", s3_bucket.credentials),
        "cached": (f"simplecache::memory://{tmp_path.name}/x", None),
    }[place]
    dataset = PartitionedDataset(root, "text.TextDataSet", filename_suffix=".txt", credentials=credentials)

    dataset.save({"a": "1", "b/c": "2"})

    assert {name: load() for name, load in dataset.load().items()} == {"a": "1", "b/c": "2"}


def test_nothing_is_read_before_it_is_asked_for(folder, notes):
    """Loading is lazy: the values are functions, and only those that are called read their file."""
    partitions = PartitionedDataset(folder, RecordingDataset).load()
    assert notes.made == notes.done == []

    assert partitions["b.txt"]() == "b"
    assert notes.done == ["load b.txt"]


# Its arguments


@pytest.mark.parametrize("left_out", ["path", "dataset"])
def test_two_arguments_are_required(left_out, folder):
    """`path` and `dataset` must be given, and the error names what is missing."""
    definition = {"type": "PartitionedDataSet", "path": folder, "dataset": "text.TextDataSet"}
    del definition[left_out]

    with pytest.raises(DatasetError, match=f"'it': PartitionedDataset needs '{left_out}'"):
        DataCatalog.from_config({"it": definition}).load("it")


@pytest.mark.parametrize(
    "dataset",
    [
        "pandas.CSVDataSet",
        "pandas.CSVDataset",
        "CSVDataSet",
        "kedro.extras.datasets.pandas.CSVDataSet",
        "tidemill.datasets.pandas.CSVDataset",
        CSVDataset,
        {"type": "pandas.CSVDataSet"},
        {"type": CSVDataset, "load_args": {"sep": ","}},
    ],
    ids=str,
)
def test_the_dataset_is_a_type_a_class_or_a_definition(dataset, tmp_path):
    """Shorthand: a short name, a full path (also the old one), a class. In full: a dictionary with its arguments."""
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")

    assert PartitionedDataset(str(tmp_path), dataset).load()["a.csv"]().to_dict("list") == {"x": [1], "y": [2]}


def test_a_class_must_be_a_dataset(tmp_path):
    """A class object in shorthand notation has to inherit the base class."""
    with pytest.raises(DatasetError, match=r"dict.* no dataset: it must inherit AbstractDataset"):
        PartitionedDataset(str(tmp_path), dict)


def test_load_args_are_passed_to_find(folder, drive):
    """They are keyword arguments of the filesystem's `find`."""
    assert [*PartitionedDataset(folder, TextDataset, load_args={"maxdepth": 1}).load()] == [
        "a.txt",
        "b.txt",
        "other.md",
    ]

    drive.at("s3").pipe_file("bucket/a.txt", b"a")
    PartitionedDataset("s3://bucket", TextDataset, load_args={"mine": 1}).load()
    assert drive.searched == [{"mine": 1}]


def test_filepath_arg_names_the_argument_that_takes_the_path(folder, notes):
    """By default it is `filepath`; another name is used for loading and saving."""
    dataset = PartitionedDataset(folder, RecordingDataset, filepath_arg="location", filename_suffix=".txt")

    assert dataset.load()["a"]() == "a"
    dataset.save({"new": "text"})

    assert notes.made[0] == {"filepath": None, "location": f"{folder}/a.txt"}
    assert Path(folder, "new.txt").read_text() == "text"


def test_each_partition_has_a_dataset_object_of_its_own(folder, notes):
    """The definition makes a new object for each partition, with which it is loaded or saved."""
    dataset = PartitionedDataset(folder, {"type": RecordingDataset, "colour": "red"}, filename_suffix=".txt")

    for load in dataset.load().values():
        load()
    assert [each["filepath"] for each in notes.made] == [f"{folder}/{name}.txt" for name in ("a", "b", "deep/er/c")]

    dataset.save({"d": "4", "e": "5"})
    assert notes.done[-2:] == ["save 4", "save 5"]
    assert len(notes.made) == 5
    assert all(each["colour"] == "red" for each in notes.made)


def test_the_definitions_arguments_reach_the_dataset(tmp_path):
    """In full notation the dataset gets all its arguments, as in the document's definition with a delimiter."""
    text = block("001_12_partitioned_in_full.yml")
    assert 'delimiter: ","' in text
    (tmp_path / "a.csv").write_text("x;y\n1;2\n")

    dataset = PartitionedDataset(str(tmp_path), {"type": "pandas.CSVDataSet", "load_args": {"delimiter": ";"}})

    assert [*dataset.load()["a.csv"]()] == ["x", "y"]


def test_a_path_in_the_definition_is_overridden_with_a_warning(folder):
    """An argument that takes the path of each partition is not used if it is given, and a UserWarning says so."""
    with pytest.warns(UserWarning, match="`filepath` of the underlying dataset is overridden"):
        dataset = PartitionedDataset(folder, {"type": TextDataset, "filepath": "elsewhere.txt"})

    assert dataset.load()["a.txt"]() == "a"


@pytest.mark.parametrize("flag", [True, False])
def test_partitions_have_no_versions(folder, flag):
    """The `versioned` flag in the definition is an error, whatever it says."""
    with pytest.raises(DatasetError, match="'versioned'"):
        PartitionedDataset(folder, {"type": TextDataset, "versioned": flag})


# Loading


@pytest.mark.parametrize(("suffix", "partition"), [("", "2019-12-04/data.csv"), (".csv", "2019-12-04/data")])
def test_the_id_is_what_is_unique_in_the_path(s3, suffix, partition):
    """It is the path below the folder, without the suffix: both of the document's examples."""
    s3("my-bucket-name").pipe_file("my-bucket-name/folder/2019-12-04/data.csv", b"a\n1\n")

    dataset = PartitionedDataset("s3://my-bucket-name/folder", CSVDataset, filename_suffix=suffix)

    assert [*dataset.load()] == [partition]


def test_what_was_found_stays_until_release(folder):
    """Loads return the same partitions even if some were added since; `release` resets that."""
    dataset = PartitionedDataset(folder, TextDataset)
    before = dataset.load()
    Path(folder, "late.txt").write_text("late")

    assert dataset.load().keys() == before.keys()
    dataset.release()
    assert dataset.load().keys() == {*before, "late.txt"}


def test_all_nodes_get_the_same_partitions(folder):
    """Nodes of one run that load the dataset see the same ones, whatever comes in between."""

    def first(partitions):
        Path(folder, "late.txt").write_text("late")
        return sorted(partitions)

    def second(partitions, before):
        return before, sorted(partitions)

    nodes = [node(first, "partitions", "before"), node(second, ["partitions", "before"], "both")]
    catalog = DataCatalog({"partitions": PartitionedDataset(folder, TextDataset)})

    before, after = SequentialRunner().run(Pipeline(nodes), catalog)["both"]

    assert before == after == ["a.txt", "b.txt", "deep/er/c.txt", "other.md"]


def test_no_partition_is_an_error(tmp_path):
    """Unlike for increments, a folder without partitions cannot be loaded, and the error says where it looked."""
    with pytest.raises(DatasetError, match=f"no partitions found in {tmp_path}.*'.csv'"):
        PartitionedDataset(str(tmp_path), CSVDataset, filename_suffix=".csv").load()


# Saving


def test_the_suffix_is_added_to_each_id(tmp_path):
    """The document's example: `part/foo` and `part/bar.csv` become `part/foo.csv` and `part/bar.csv.csv`."""
    dataset = PartitionedDataset(str(tmp_path), CSVDataset, filename_suffix=".csv")
    tables = {"part/foo": pd.DataFrame({"data": [1, 2]}), "part/bar.csv": pd.DataFrame({"data": [3, 4]})}

    dataset.save(tables)

    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")} == {"part/foo.csv", "part/bar.csv.csv"}
    assert {name: load().to_dict("list") for name, load in dataset.load().items()} == {
        name: table.to_dict("list") for name, table in tables.items()
    }


def test_saving_a_partition_again_overwrites_it(folder):
    """An existing partition gets the new data; the others stay."""
    dataset = PartitionedDataset(folder, TextDataset, filename_suffix=".txt")

    dataset.save({"a": "new"})

    assert {name: load() for name, load in dataset.load().items()} == {"a": "new", "b": "b", "deep/er/c": "c"}


def test_a_node_creates_partitions(tmp_path):
    """A node without inputs returns a dictionary of ids and data, which its output saves."""
    create = node(lambda: {"a": "1", "b": "2"}, None, "new")
    catalog = DataCatalog({"new": PartitionedDataset(str(tmp_path), TextDataset, filename_suffix=".txt")})

    SequentialRunner().run(Pipeline([create]), catalog)

    assert (tmp_path / "a.txt").read_text() == "1"
    assert (tmp_path / "b.txt").read_text() == "2"


def test_a_node_decides_what_it_loads(folder, notes):
    """The node gets the functions, and loads those partitions that its logic asks for."""
    choose = node(lambda partitions: partitions["b.txt"](), "partitions", "chosen")
    catalog = DataCatalog({"partitions": PartitionedDataset(folder, RecordingDataset), "chosen": MemoryDataset()})

    SequentialRunner().run(Pipeline([choose]), catalog)

    assert notes.done == ["load b.txt"]
    assert catalog.load("chosen") == "b"
