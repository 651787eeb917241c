"""Increments, above all with a ledger: whatever arrives or changes, in whatever order, is processed, and once."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tidemill import DataCatalog, DatasetError, IncrementalDataset
from tidemill.datasets.text import TextDataset
from tidemill.errors import DatasetConfigError
from tidemill.io import ledger

marks = st.dictionaries(st.text(), st.text())


@given(marks)
def test_what_is_written_is_read(confirmed):
    assert ledger.read(ledger.write(confirmed)) == confirmed
    assert ledger.is_ledger(ledger.write(confirmed))


@given(marks, marks)
def test_what_is_confirmed_is_new_no_more(here, confirmed):
    new = ledger.new(here, confirmed)

    assert {each: here[each] for each in new}.items() == here.items() - confirmed.items()
    assert ledger.new(here, {**confirmed, **{each: here[each] for each in new}}) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"size": 3, "ETag": "'1f'", "LastModified": 1},
        {"size": 3, "etag": "'1f'"},
        {"size": 3, "mtime": 17.5},
        {"size": 3, "last_modified": 17.5},
        {"size": 3, "created": 17.5},
        {"size": 3, "ETag": None, "mtime": 17.5},
    ],
    ids=str,
)
def test_a_mark_is_what_the_store_tells(facts):
    (mark,) = ledger.remote_marks({"a": facts}).values()

    assert mark in {"3:'1f'", "3:17.5"}
    assert ledger.remote_marks({"a": {"size": 3}}) == {"a": "3:"}


def increments(path, **checkpoint):
    return IncrementalDataset(str(path), TextDataset, {"ledger": True, **checkpoint})


def process(dataset):
    found = dataset.load()
    dataset.confirm()
    return found


@pytest.fixture(params=["local", "memory", "s3"])
def place(request, tmp_path, monkeypatch):
    """An empty folder on local disk, in memory, on S3."""
    from tidemill.testing.places import new_place

    with new_place(request.param, tmp_path, monkeypatch) as folder:
        yield f"{folder}/parts"


def test_late_and_changed_partitions_are_new(place):
    folder = IncrementalDataset(place, TextDataset)
    folder.save({"2": "two", "3": "three"})
    assert process(increments(place)) == {"2": "two", "3": "three"}
    assert process(increments(place)) == {}

    folder.save({"1": "late"})
    assert process(increments(place)) == {"1": "late"}
    folder.save({"2": "changed"})
    assert increments(place).load() == {"2": "changed"}, "until it is confirmed"
    assert process(increments(place)) == {"2": "changed"}
    assert process(increments(place)) == {}


def test_in_a_folder_that_is_read_in_part(tmp_path):
    """With a suffix and arguments for `find`, as everywhere."""
    place = f"memory://{tmp_path}/parts"

    def days():
        return IncrementalDataset(
            place, TextDataset, {"ledger": True}, filename_suffix=".txt", load_args={"maxdepth": 1}
        )

    IncrementalDataset(place, TextDataset).save({"1.txt": "one", "2.csv": "no", "below/3.txt": "no"})

    assert process(days()) == {"1": "one"}
    assert process(days()) == {}


def test_nothing_is_written_where_nothing_is(tmp_path):
    assert process(increments(tmp_path)) == {}
    assert [*tmp_path.iterdir()] == []


def test_what_changes_while_it_is_processed_is_seen_again(tmp_path):
    dataset = increments(tmp_path)
    dataset.save({"1": "one"})
    assert dataset.load() == {"1": "one"}
    increments(tmp_path).save({"1": "changed", "0": "late"})
    dataset.confirm()

    assert process(increments(tmp_path)) == {"0": "late", "1": "changed"}


def test_one_that_is_delivered_again_is_new_if_it_is_another(tmp_path):
    dataset = increments(tmp_path)
    dataset.save({"1": "one", "2": "two"})
    process(dataset)
    kept = os.stat(tmp_path / "1")
    (tmp_path / "1").unlink()
    assert process(increments(tmp_path)) == {}
    (tmp_path / "1").write_text("one")
    os.utime(tmp_path / "1", ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert process(increments(tmp_path)) == {}, "restored as it was"

    os.utime(tmp_path / "1", ns=(0, kept.st_mtime_ns + 1))
    assert process(increments(tmp_path)) == {"1": "one"}


def test_a_line_taken_out_is_a_partition_to_be_processed_again(tmp_path):
    dataset = increments(tmp_path)
    dataset.save({"1": "one", "2": "two"})
    process(dataset)
    lines = (tmp_path / "CHECKPOINT").read_text().splitlines()
    (tmp_path / "CHECKPOINT").write_text("\n".join(each for each in lines if '"2"' not in each).replace(",\n", "\n"))

    assert process(increments(tmp_path)) == {"2": "two"}


class TestFromACheckpoint:
    """A ledger begins where there was a checkpoint."""

    @pytest.fixture
    def folder(self, tmp_path):
        """A folder whose checkpoint is at the second of three partitions."""
        plain = IncrementalDataset(str(tmp_path), TextDataset)
        plain.save({"1": "one", "2": "two"})
        process(plain)
        plain.save({"3": "three"})
        return tmp_path

    def test_what_it_had_passed_is_confirmed(self, folder):
        assert process(increments(folder)) == {"3": "three"}
        increments(folder).save({"0": "late", "1": "changed"})
        assert process(increments(folder)) == {"0": "late", "1": "changed"}

    def test_it_begins_with_a_confirmation_though_nothing_is_new(self, folder):
        process(IncrementalDataset(str(folder), TextDataset))
        assert process(increments(folder)) == {}
        increments(folder).save({"0": "late"})

        assert process(increments(folder)) == {"0": "late"}

    def test_by_its_own_function(self, folder):
        assert process(increments(folder, comparison_func=lambda each, passed: each < passed)) == {"1": "one"}
        assert process(increments(folder)) == {}

    def test_a_way_back_is_told(self, folder):
        process(increments(folder))

        with pytest.raises(DatasetError, match="(?s)is a ledger.*`ledger: true`.*delete it") as failure:
            IncrementalDataset(str(folder), TextDataset).load()
        assert str(folder / "CHECKPOINT") in str(failure.value)


def test_a_forced_checkpoint_comes_first(tmp_path):
    increments(tmp_path).save({"1": "one", "2": "two"})
    process(increments(tmp_path))

    assert process(increments(tmp_path, force_checkpoint="1")) == {"2": "two"}
    assert process(increments(tmp_path, force_checkpoint="")) == {"1": "one", "2": "two"}
    assert process(increments(tmp_path)) == {}


@pytest.mark.parametrize(
    ("written", "ids", "new"),
    [
        ("2024-02-28", ["2024-02-27", "2024-02-28", "2024-02-29"], ["2024-02-29"]),
        ("2024-02-28 06:00:00", ["2024-02-28T00", "2024-02-28T06:00:00", "2024-02-28T12"], ["2024-02-28T12"]),
        ("20240228", ["20240227", "20240228", "20240229"], ["20240229"]),
        ("7.5", ["7.4", "7.5", "7.6"], ["7.6"]),
    ],
)
@pytest.mark.parametrize("form", ["checkpoint: {0}", "checkpoint: {{force_checkpoint: {0}}}"])
def test_a_forced_checkpoint_needs_no_quotes_where_yaml_takes_it_for_a_date_or_a_number(
    tmp_path, form, written, ids, new
):
    config = yaml.safe_load(f"type: IncrementalDataset\ndataset: text.TextDataset\n{form.format(written)}")
    dataset = DataCatalog.from_config({"parts": {**config, "path": str(tmp_path)}})["parts"]
    dataset.save(dict.fromkeys(ids, "text"))

    assert [*dataset.load()] == new


def test_a_checkpoint_may_be_kept_as_another_type_than_text(tmp_path):
    def numbered():
        checkpoint = {"type": "json.JSONDataset", "filepath": str(tmp_path / "last.json"), "comparison_func": is_past}
        return IncrementalDataset(str(tmp_path / "parts"), TextDataset, checkpoint)

    def is_past(partition, checkpoint):
        return int(partition) > int(checkpoint)

    (tmp_path / "last.json").write_text("9")
    numbered().save({"8": "eight", "10": "ten"})

    assert process(numbered()) == {"10": "ten"}
    assert process(numbered()) == {}


@pytest.mark.parametrize(("suffix", "partition"), [("", "CHECKPOINT"), ("POINT", "CHECK"), ("", "/CHECKPOINT")])
def test_no_partition_is_written_over_the_checkpoint(tmp_path, suffix, partition):
    dataset = IncrementalDataset(str(tmp_path), TextDataset, filename_suffix=suffix)
    dataset.save({"1": "one"})
    process(dataset)

    with pytest.raises(DatasetError, match=f"'{partition}'.*|must stay"):
        dataset.save({"2": "two", partition: "no"})
    assert (tmp_path / "CHECKPOINT").read_text() == "1"
    assert not (tmp_path / f"2{suffix}").exists()


def test_an_id_may_look_like_one(tmp_path):
    dataset = IncrementalDataset(str(tmp_path), TextDataset)
    dataset.save({"{1}": "one"})
    process(dataset)
    dataset.save({"{2}": "two"})

    assert process(IncrementalDataset(str(tmp_path), TextDataset)) == {"{2}": "two"}


@pytest.mark.parametrize("torn", ['{"confirmed": {"1": "3', "{}", '{"confirmed": []}', "{1}"])
def test_a_torn_ledger_is_told(tmp_path, torn):
    increments(tmp_path).save({"1": "one"})
    (tmp_path / "CHECKPOINT").write_text(torn)

    with pytest.raises(DatasetError, match="(?s)CHECKPOINT: .*ledger|CHECKPOINT: .*must be a mapping") as failure:
        increments(tmp_path).load()
    assert "delete it" in str(failure.value)


@pytest.mark.parametrize("value", ["yes", 1, None])
def test_it_is_true_or_false(tmp_path, value):
    with pytest.raises(DatasetConfigError, match="`ledger` of `checkpoint` must be true or false"):
        IncrementalDataset(str(tmp_path), TextDataset, {"ledger": value})


def test_it_is_kept_by_another_dataset_elsewhere(tmp_path):
    checkpoint = {"type": "json.JSONDataset", "filepath": str(tmp_path / "state.json")}
    increments(tmp_path / "parts").save({"1": "one"})
    assert process(increments(tmp_path / "parts", **checkpoint)) == {"1": "one"}

    assert list(json.loads(json.loads((tmp_path / "state.json").read_text()))["confirmed"]) == ["1"]
    assert process(increments(tmp_path / "parts", **checkpoint)) == {}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("deliver"), st.sampled_from("0123")),
        st.tuples(st.just("run"), st.booleans()),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_every_delivery_is_processed_once_whatever_the_order(tmp_path_factory, steps):
    folder = Path(tmp_path_factory.mktemp("deliveries"))
    waiting, content = {}, 0
    for step, argument in steps:
        if step == "deliver":
            content += 1
            path = folder / argument
            path.write_text(str(content))
            os.utime(path, ns=(content, content))  # the tests are faster than the clock of files
            waiting[argument] = str(content)
            continue
        dataset = increments(folder)
        assert dataset.load() == waiting
        if argument:
            dataset.confirm()
            waiting = {}
    assert increments(folder).load() == waiting
