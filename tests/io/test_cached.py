"""CachedDataset: another dataset, loaded once."""

from __future__ import annotations

import pickle

import pytest
from tests.messages import assert_short

from tidemill import CachedDataset, DataCatalog, DatasetError, LambdaDataset, MemoryDataset, Version
from tidemill.datasets.text import TextDataset
from tidemill.errors import DatasetConfigError


@pytest.fixture
def counted():
    """A dataset that counts, and the list of what was called."""
    calls = []

    def load():
        calls.append("load")
        return ["loaded"]

    return LambdaDataset(load, calls.append, lambda: True, lambda: calls.append("release")), calls


def test_it_loads_once_until_release(counted):
    inner, calls = counted
    dataset = CachedDataset(inner)
    assert [dataset.load(), dataset.load()] == [["loaded"], ["loaded"]]
    assert calls == ["load"]
    dataset.release()
    dataset.load()
    assert calls == ["load", "release", "load"]


def test_what_is_saved_is_kept_too(counted):
    inner, calls = counted
    dataset = CachedDataset(inner)
    dataset.save("new")
    assert dataset.load() == "new"
    assert calls == ["new"]


def test_none_is_loaded_each_time_and_not_kept():
    loads = iter([None, "now there is something"])
    dataset = CachedDataset(LambdaDataset(load=lambda: next(loads)))

    assert dataset.load() is None
    assert dataset.load() == dataset.load() == "now there is something"


def test_nobody_changes_what_is_kept(counted):
    dataset = CachedDataset(counted[0])
    dataset.load().append("more")
    assert dataset.load() == ["loaded"]
    shared = CachedDataset(counted[0], copy_mode="assign")
    shared.load().append("more")
    assert shared.load() == ["loaded", "more"]


def test_a_save_that_fails_is_not_kept(tmp_path):
    dataset = CachedDataset({"type": TextDataset, "filepath": str(tmp_path / "a.txt")})
    with pytest.raises(DatasetError):
        dataset.save(object())
    assert not dataset.exists()


def test_exists(tmp_path):
    dataset = CachedDataset({"type": "text.TextDataset", "filepath": str(tmp_path / "a.txt")})
    assert not dataset.exists()
    dataset.save("x")
    assert dataset.exists()


def test_versions_come_from_the_inner_definition(tmp_path):
    inner = {"type": "text.TextDataset", "filepath": str(tmp_path / "a.txt"), "versioned": True}
    catalog = DataCatalog.from_config({"notes": {"type": "CachedDataset", "dataset": inner}}, save_version="2020")
    catalog.save("notes", "x")
    assert (tmp_path / "a.txt" / "2020" / "a.txt").read_text() == "x"
    assert catalog["notes"]._dataset._version == Version(None, "2020")

    again = DataCatalog.from_config(
        {"notes": {"type": "CachedDataset", "dataset": inner}}, load_versions={"notes": "2020"}
    )
    assert again.load("notes") == "x"


def test_another_version_is_asked_for_not_what_is_kept(tmp_path):
    path = str(tmp_path / "a.txt")
    for version in ("2020", "2021"):
        TextDataset(path, version=Version(None, version)).save(version)
    catalog = DataCatalog({"notes": CachedDataset(CachedDataset(TextDataset(path, version=Version())))})
    assert catalog.load("notes") == "2021"

    assert catalog.load("notes", version="2020") == "2020"
    assert catalog.get("notes", version=Version("2020", None)).load() == "2020"
    assert catalog.load("notes") == "2021"
    with pytest.raises(DatasetError, match="'notes': no version '2019'"):
        catalog.load("notes", version="2019")


def test_it_round_trips_with_its_version(tmp_path):
    inner = {"type": "text.TextDataset", "filepath": str(tmp_path / "a.txt"), "versioned": True}
    catalog = DataCatalog.from_config({"notes": {"type": "CachedDataset", "dataset": inner}}, save_version="2020")
    made = DataCatalog.from_config({"notes": catalog["notes"].to_config()}, save_version="2021")["notes"]
    assert made._dataset._version == Version(None, "2021")

    made = CachedDataset(TextDataset(str(tmp_path / "a.txt"))).to_config()
    assert made["dataset"] == {"type": "tidemill.datasets.text.TextDataset", "filepath": str(tmp_path / "a.txt")}


def test_errors_name_the_dataset_of_the_catalog(tmp_path):
    inner = {"type": "text.TextDataset", "filepath": str(tmp_path / "a.txt")}
    catalog = DataCatalog.from_config({"notes": {"type": "CachedDataset", "dataset": inner}})
    with pytest.raises(DatasetError) as error:
        catalog.load("notes")
    assert_short(error.value, "Loading 'notes' (TextDataset) failed", "Nothing is there")


@pytest.mark.parametrize("wrong", [5, "text.TextDataset", None])
def test_what_cannot_be_wrapped(wrong):
    with pytest.raises(DatasetConfigError, match="`dataset` must be a dataset or its definition"):
        CachedDataset(wrong)


def test_the_data_stays_here_when_it_is_pickled():
    dataset = CachedDataset(MemoryDataset("x"))
    dataset.load()
    other = pickle.loads(pickle.dumps(dataset))
    assert not other._cache.exists()
    assert other.load() == "x"


def test_it_is_for_one_process_only():
    assert CachedDataset._SINGLE_PROCESS


def test_it_is_known_by_what_it_wraps(tmp_path):
    inner = TextDataset(str(tmp_path / "a.txt"), version=Version())
    dataset = CachedDataset(inner)
    assert dataset.fingerprint() is None
    dataset.save("x")
    assert dataset.fingerprint() == inner.resolve_load_version() is not None
