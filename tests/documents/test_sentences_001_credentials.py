"""What the document about IO says of the credentials of partitions: what the filesystem and the dataset receive."""

from __future__ import annotations

from typing import ClassVar

import pytest

from tidemill import AbstractDataset, DataCatalog, IncrementalDataset, PartitionedDataset

PATH = "s3://bucket-name/path/to/folder"
SECRET, OTHER = {"secret": True}, {"dataset_secret": True}


class RecordingDataset(AbstractDataset[str, str]):
    """A dataset that opens nothing, and notes what its constructor gets."""

    received: ClassVar[list] = []

    def __init__(self, filepath, **options):
        self.received.append(options)

    def _load(self):
        return "loaded"

    def _save(self, data):
        """Keep nothing."""

    def _describe(self):
        return {}


@pytest.fixture
def seen(drive):
    """Return what the filesystem and the dataset were made with when a partition is loaded."""
    drive.at("s3").pipe_file(f"{PATH.removeprefix('s3://')}/part", b"")
    RecordingDataset.received.clear()

    def seen(dataset):
        (value,) = dataset.load().values()
        assert (value() if callable(value) else value) == "loaded"
        (filesystem,) = drive.made
        (received,) = RecordingDataset.received
        return filesystem[1], received

    return seen


def full(**more):
    return {"type": RecordingDataset, **more}


def test_neither(seen):
    """No credentials anywhere: none are passed to the dataset or the filesystem."""
    assert seen(PartitionedDataset(PATH, RecordingDataset)) == ({}, {})


def test_the_datasets_only(seen):
    """Those of the dataset's definition go to its constructor; the filesystem is made without."""
    assert seen(PartitionedDataset(PATH, full(credentials=SECRET))) == ({}, {"credentials": SECRET})


def test_the_top_levels_only(seen):
    """Top-level credentials go to the filesystem and to the dataset's constructor."""
    assert seen(PartitionedDataset(PATH, RecordingDataset, credentials=SECRET)) == (SECRET, {"credentials": SECRET})


def test_the_top_levels_and_none(seen):
    """`credentials: None` in the definition keeps the top-level ones from the dataset."""
    assert seen(PartitionedDataset(PATH, full(credentials=None), credentials=OTHER)) == (OTHER, {})


def test_both(seen):
    """With both, each gets its own."""
    assert seen(PartitionedDataset(PATH, full(credentials=OTHER), credentials=SECRET)) == (
        SECRET,
        {"credentials": OTHER},
    )


def test_the_definition_may_have_credentials():
    """The document contradicts itself here; we follow its table.

    The list of what the full notation may not contain says that a `credentials` key raises an error. Three of the five
    scenarios in the table a few lines further down have that key, and say what it does.
    """
    dataset = PartitionedDataset(PATH, full(credentials=SECRET))

    assert "credentials" not in repr(dataset)


def test_the_old_key_still_works_with_a_warning(seen):
    """`dataset_credentials` among the top-level ones is deprecated: it goes to the dataset, the rest elsewhere."""
    with pytest.warns(
        DeprecationWarning, match="`dataset_credentials` is deprecated: write `credentials` in the definition"
    ):
        dataset = PartitionedDataset(PATH, RecordingDataset, credentials={**SECRET, "dataset_credentials": OTHER})

    assert seen(dataset) == (SECRET, {"credentials": OTHER})


@pytest.mark.parametrize("kind", ["PartitionedDataSet", "IncrementalDataSet"])
def test_credentials_by_name(seen, kind):
    """In the catalog both are names of credentials that are given apart."""
    definition = {"type": kind, "path": PATH, "dataset": full(credentials="other"), "credentials": "mine"}
    if kind == "IncrementalDataSet":
        definition["checkpoint"] = ""
    catalog = DataCatalog.from_config({"it": definition}, {"mine": {"secret": "abc"}, "other": {"secret": "def"}})

    assert seen(catalog["it"]) == ({"secret": "abc"}, {"credentials": {"secret": "def"}})
    assert "abc" not in f"{catalog['it']!r} {catalog['it'].to_config()}"


def test_an_object_that_changes_its_credentials_changes_no_others(drive):
    """Every partition's dataset gets a copy, and so does the filesystem."""
    drive.at("s3").pipe("bucket-name/path/to/folder/a", b"")
    given = {"client_kwargs": {"region": "here"}}
    dataset = IncrementalDataset(PATH, RecordingDataset, "", credentials=given)
    RecordingDataset.received.clear()

    dataset.load()
    RecordingDataset.received[0]["credentials"]["secret"] = "mine"  # noqa: S105
    dataset.load()

    assert RecordingDataset.received[1] == {"credentials": {"client_kwargs": {"region": "here"}}}
    assert given == {"client_kwargs": {"region": "here"}}
