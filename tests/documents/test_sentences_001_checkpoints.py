"""What the document about IO says of the configuration of checkpoints: one test for each statement one can observe."""

from __future__ import annotations

import operator
import sys
from pathlib import Path

import pytest

from tidemill import DatasetError, IncrementalDataset
from tidemill.datasets.text import TextDataset

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


def test_the_checkpoint_may_lie_elsewhere(folder, tmp_path):
    """With a filepath of its own it leaves the partitions' folder alone, for instance where that is read-only."""
    elsewhere = tmp_path / "state" / "days"
    dataset = increments(folder, {"filepath": str(elsewhere)})
    dataset.load()
    dataset.confirm()

    assert elsewhere.read_text() == DAYS[-1]
    assert not Path(folder, "CHECKPOINT").exists()
    assert increments(folder, {"filepath": str(elsewhere)}).load() == {}


@pytest.mark.parametrize(
    ("checkpoint", "name", "written"),
    [
        ({"filepath": "{folder}/../MARK"}, "../MARK", DAYS[-1]),
        ({"type": "json.JSONDataSet"}, "CHECKPOINT", f'"{DAYS[-1]}"'),
        ({"type": "yaml.YAMLDataSet", "save_args": {"default_style": '"'}}, "CHECKPOINT", f'"{DAYS[-1]}"\n'),
        (
            {"fs_args": {"open_args_save": {"encoding": "utf-16-le"}}},
            "CHECKPOINT",
            DAYS[-1].encode("utf-16-le").decode(),
        ),
    ],
    ids=str,
)
def test_part_of_its_configuration_may_be_changed(folder, checkpoint, name, written):
    """Attributes that are given replace the defaults, and the others stay."""
    checkpoint = {
        key: each.format(folder=folder) if isinstance(each, str) else each for key, each in checkpoint.items()
    }
    dataset = increments(folder, checkpoint)
    dataset.load()
    dataset.confirm()

    assert Path(folder, name).read_text() == written


def test_it_has_credentials_of_its_own(drive):
    """A checkpoint on another filesystem gets its own credentials and not those of the partitions."""
    drive.at("s3").pipe_file("bucket/a", b"")
    other = drive.at("gcs")
    dataset = increments(
        "s3://bucket",
        {"filepath": "gcs://other-bucket/CHECKPOINT", "credentials": {"token": "theirs"}},
        credentials={"token": "ours"},
    )

    dataset.load()
    dataset.confirm()

    assert {*map(str, drive.made)} == {"('s3', {'token': 'ours'})", "('gcs', {'token': 'theirs'})"}
    assert other.cat_file("other-bucket/CHECKPOINT") == b"a"


def test_on_another_filesystem_it_does_not_get_those_of_the_partitions(drive):
    """Without credentials of its own, a checkpoint elsewhere is opened without any."""
    drive.at("s3").pipe_file("bucket/a", b"")
    drive.at("gcs")
    dataset = increments("s3://bucket", {"filepath": "gcs://other/CHECKPOINT"}, credentials={"token": "ours"})

    dataset.load()
    dataset.confirm()

    assert {*map(str, drive.made)} == {"('s3', {'token': 'ours'})", "('gcs', {})"}


def recent(partition, checkpoint):
    """Tell whether a partition is of the month of the checkpoint, or later."""
    CALLS.append((partition, checkpoint))
    return partition[:7] >= checkpoint[:7]


CALLS: list[tuple[str, str]] = []


@pytest.mark.parametrize("given", ["path", "function"])
def test_a_function_compares_each_partition_with_the_checkpoint(folder, given, monkeypatch):
    """It gets id and checkpoint as two strings, and tells which are past it: here, those of the checkpoint's month."""
    CALLS.clear()
    monkeypatch.setitem(sys.modules, "checks", sys.modules[__name__])
    add(folder, "CHECKPOINT")
    Path(folder, "CHECKPOINT").write_text(DAYS[-1])

    function = recent if given == "function" else "checks.recent"
    loaded = increments(folder, {"comparison_func": function}).load()

    assert [*loaded] == DAYS[1:]
    assert [(day, DAYS[-1]) for day in DAYS] == CALLS


def test_by_default_it_is_greater_than(folder):
    """Without a function, partitions count whose id is greater than the checkpoint."""
    Path(folder, "CHECKPOINT").write_text(DAYS[1])

    by_default = increments(folder).load()

    assert [*by_default] == DAYS[2:]
    assert by_default == increments(folder, {"comparison_func": operator.gt}).load()
    assert [*increments(folder, {"comparison_func": "operator.ge"}).load()] == DAYS[1:]


@pytest.mark.parametrize("wrong", ["checks.nothing", "no.such.module", "function", "sys.path"])
def test_the_function_must_be_importable(folder, wrong):
    """The path of the function must lead to one; the error names it."""
    with pytest.raises(DatasetError, match=f"`comparison_func`: '{wrong}'"):
        increments(folder, {"comparison_func": wrong})


@pytest.mark.parametrize("notation", ["key", "shorthand"])
def test_a_forced_checkpoint_is_used_in_place_of_the_file(folder, notation):
    """`force_checkpoint`, or a plain string, rolls back the processing; the file is not read."""
    Path(folder, "CHECKPOINT").write_bytes(b"\xff not read")
    forced = {"force_checkpoint": DAYS[0]} if notation == "key" else DAYS[0]

    dataset = increments(folder, forced)

    assert [*dataset.load()] == DAYS[1:]
    dataset.confirm()
    assert Path(folder, "CHECKPOINT").read_text() == DAYS[-1]


@pytest.mark.parametrize("notation", ["key", "shorthand"])
def test_an_empty_string_loads_all(folder, notation):
    """An empty string as the checkpoint forces all partitions to be loaded."""
    Path(folder, "CHECKPOINT").write_text(DAYS[-1])

    assert [*increments(folder, {"force_checkpoint": ""} if notation == "key" else "").load()] == DAYS


@pytest.mark.parametrize("flag", ["versioned", "version"])
def test_a_checkpoint_has_no_versions(folder, flag):
    """The checkpoint's definition is one of a dataset without versions."""
    with pytest.raises(DatasetError, match=f"`checkpoint` has the key '{flag}'"):
        increments(folder, {flag: True})
