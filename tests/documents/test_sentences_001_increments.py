"""What the document about IO says of increments: one test for each statement one can observe."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidemill import (
    DataCatalog,
    DatasetError,
    IncrementalDataset,
    PartitionedDataset,
    Pipeline,
    SequentialRunner,
    node,
)
from tidemill.datasets.text import TextDataset
from tidemill.errors import PipelineError

DAYS = ["2019-12-31/data.txt", "2020-01-01/data.txt", "2020-01-02/data.txt"]


def add(folder, *days):
    for day in days:
        path = Path(folder, day)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(day[:10])


@pytest.fixture
def folder(tmp_path):
    """A folder of three days."""
    add(tmp_path / "folder", *DAYS)
    return str(tmp_path / "folder")


def increments(folder, checkpoint=None, **more):
    return IncrementalDataset(folder, TextDataset, checkpoint, **more)


def a_run(dataset, *nodes):
    return SequentialRunner().run(Pipeline(nodes), DataCatalog({"days": dataset}))


def ids(partitions):
    return sorted(partitions)


# What it is


def test_it_is_a_partitioned_dataset():
    """IncrementalDataset is a subclass of PartitionedDataset."""
    assert issubclass(IncrementalDataset, PartitionedDataset)


def test_each_run_processes_what_earlier_ones_did_not(folder):
    """The checkpoint keeps the last partition that was processed, and the next run sees only those after it."""
    process = node(ids, "days", "seen", confirms="days")

    assert a_run(increments(folder), process) == {"seen": DAYS}
    assert a_run(increments(folder), process) == {"seen": []}
    add(folder, "2020-01-03/data.txt")
    assert a_run(increments(folder), process) == {"seen": ["2020-01-03/data.txt"]}


def test_one_object_is_enough_for_several_runs(folder):
    """The same holds where a catalog is used again in a session: a run ends with the release of what it confirmed."""
    dataset, process = increments(folder), node(ids, "days", "seen", confirms="days")

    assert a_run(dataset, process) == {"seen": DAYS}
    add(folder, "2020-01-03/data.txt")
    assert a_run(dataset, process) == {"seen": ["2020-01-03/data.txt"]}


@pytest.mark.parametrize("place", ["local", "s3"])
def test_the_checkpoint_lies_with_the_partitions(folder, s3, place):
    """By default it is a file CHECKPOINT in their folder, and no partition itself."""
    fs, root = None, folder
    if place == "s3":
        fs, root = s3("my-bucket-name"), "s3://my-bucket-name/path/to/folder"
        for day in DAYS:
            fs.pipe_file(f"my-bucket-name/path/to/folder/{day}", b"")
    dataset = increments(root)
    dataset.load()
    dataset.confirm()

    written = fs.cat_file("my-bucket-name/path/to/folder/CHECKPOINT") if fs else Path(folder, "CHECKPOINT").read_bytes()
    assert written.decode() == DAYS[-1]
    assert "CHECKPOINT" not in increments(root, "").load()


# Loading


def test_the_checkpoint_is_made_by_confirming_only(folder):
    """Neither a load nor a save makes the file or changes it: an explicit confirmation does."""
    dataset = increments(folder)
    dataset.load()
    dataset.save({"2020-01-03/data.txt": "new"})
    assert not Path(folder, "CHECKPOINT").exists()

    dataset.release()
    dataset.load()
    dataset.confirm()
    assert Path(folder, "CHECKPOINT").read_text() == "2020-01-03/data.txt"
    add(folder, "2020-01-04/data.txt")
    increments(folder).load()
    assert Path(folder, "CHECKPOINT").read_text() == "2020-01-03/data.txt"


def test_data_are_loaded_eagerly(folder):
    """The values are the data themselves, not functions."""
    assert increments(folder).load() == {day: day[:10] for day in DAYS}


def test_nothing_new_is_an_empty_dictionary(folder, tmp_path):
    """A load that finds no partition raises nothing, also where there is no folder yet."""
    dataset = increments(folder)
    dataset.load()
    dataset.confirm()

    assert increments(folder).load() == {}
    assert increments(str(tmp_path / "nowhere")).load() == {}
    with pytest.raises(DatasetError, match="no partitions found"):
        PartitionedDataset(str(tmp_path / "nowhere"), TextDataset).load()


def test_saving_is_that_of_partitions(folder):
    """A save writes partitions, with the suffix, as PartitionedDataset does."""
    increments(folder, filename_suffix=".txt").save({"2020-01-03/data": "new", "2020-01-04/data": lambda: "lazy"})

    assert Path(folder, "2020-01-03/data.txt").read_text() == "new"
    assert Path(folder, "2020-01-04/data.txt").read_text() == "lazy"


# Confirming


def test_a_node_confirms_what_it_processed(folder):
    """`confirms` of the node that loads the dataset confirms it, once the node is done."""
    there = []
    a_run(
        increments(folder),
        node(lambda days: there.append(Path(folder, "CHECKPOINT").exists()), "days", None, confirms="days"),
    )

    assert there == [False]
    assert Path(folder, "CHECKPOINT").read_text() == DAYS[-1]


def test_a_node_that_fails_confirms_nothing(folder):
    """What was not processed to the end is processed by the next run."""

    def fails(days):
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        a_run(increments(folder), node(fails, "days", None, confirms="days"))

    assert not Path(folder, "CHECKPOINT").exists()


def test_a_later_node_may_confirm_without_loading(folder):
    """The confirmation may be left to a node downstream, which need not have the dataset as an input."""
    result = a_run(
        increments(folder),
        node(ids, "days", "processed"),
        node(len, "processed", "checked", confirms="days"),
    )

    assert result == {"checked": 3}
    assert Path(folder, "CHECKPOINT").read_text() == DAYS[-1]


def test_a_node_after_the_confirmation_gets_the_same(folder):
    """Within a run, loads after the confirmation return the same partitions as before."""
    result = a_run(
        increments(folder),
        node(ids, "days", "processed"),
        node(lambda processed: processed, "processed", "confirmed", confirms="days"),
        node(lambda days, confirmed: (ids(days), confirmed), ["days", "confirmed"], "both"),
    )

    assert result["both"] == (DAYS, DAYS)


def test_what_appears_during_a_run_is_left_to_the_next(folder):
    """Partitions that are made in the meantime are not in later loads, and are not confirmed, until release."""

    def late(days):
        add(folder, "2020-01-03/data.txt")
        return ids(days)

    dataset = increments(folder)
    result = a_run(
        dataset,
        node(late, "days", "processed"),
        node(lambda days, processed: ids(days), ["days", "processed"], "again", confirms="days"),
    )

    assert result["again"] == DAYS
    assert Path(folder, "CHECKPOINT").read_text() == DAYS[-1]
    assert ids(dataset.load()) == ["2020-01-03/data.txt"]


def test_release_lets_new_ones_in(folder):
    """Until `release`, one object returns the same partitions; after it, those past the checkpoint."""
    dataset = increments(folder)
    dataset.load()
    dataset.confirm()
    add(folder, "2020-01-03/data.txt")

    assert ids(dataset.load()) == DAYS
    dataset.release()
    assert ids(dataset.load()) == ["2020-01-03/data.txt"]


def test_two_nodes_cannot_confirm_one_dataset():
    """A pipeline has at most one node that confirms a dataset."""
    nodes = [node(ids, "days", name, name=name, confirms="days") for name in ("a", "b")]

    with pytest.raises(PipelineError, match=r"(?s)confirmed by more than one node.*'days' by 'a' and 'b'"):
        Pipeline(nodes)
