"""`validate`: everything that is wrong with a catalog, found without making any dataset."""

from __future__ import annotations

import pytest
from tests.messages import assert_short

from tidemill import AbstractDataset, DataCatalog
from tidemill.io.dataset import AbstractDataset as Base

CSV = {"type": "pandas.CSVDataset", "filepath": "data/cars.csv"}
PARTS = {"type": "PartitionedDataset", "path": "data/parts", "dataset": "pandas.CSVDataset"}
INCREMENTS = {**PARTS, "type": "IncrementalDataset"}


class Custom(AbstractDataset):
    def __init__(self, filepath, limit=5, version=None):
        raise AssertionError("validating makes no dataset")

    def _load(self): ...

    def _save(self, data): ...

    def _describe(self): ...


CUSTOM = {"type": f"{__name__}.Custom", "filepath": "data/custom"}


def validated(definition, name="cars", **given):
    return [str(each) for each in DataCatalog.from_config({name: definition}, **given).validate()]


@pytest.fixture(autouse=True)
def _nothing_is_made(monkeypatch):
    """Any dataset that is made is an error, whatever its class."""

    def __new__(cls, *args, **kwargs):  # noqa: N807
        raise AssertionError(f"{cls.__name__} was made")

    monkeypatch.setattr(Base, "__new__", __new__)


@pytest.mark.parametrize(
    "definition",
    [
        CSV,
        CUSTOM,
        {**CSV, "versioned": True, "load_args": {"sep": ";"}, "metadata": {"anything": 1}},
        {**CUSTOM, "versioned": True, "limit": None},
        PARTS,
        {**PARTS, "dataset": {**CUSTOM}},
        {**PARTS, "dataset": {"type": Custom, "limit": 1}, "filepath_arg": "filepath", "overwrite": True},
        {**PARTS, "dataset": Custom},
        INCREMENTS,
        {**INCREMENTS, "checkpoint": "2020"},
        {**INCREMENTS, "checkpoint": {"force_checkpoint": "a", "comparison_func": "operator.ge"}},
        {**INCREMENTS, "checkpoint": {"type": "json.JSONDataset", "filepath": "c", "force_checkpoint": ""}},
        {"type": "CachedDataset", "dataset": {**CSV, "versioned": True}},
        {"type": "CachedDataset", "dataset": {"type": "MemoryDataset"}},
        {"type": "MemoryDataset"},
    ],
)
@pytest.mark.parametrize("name", ["cars", "{name}@cars"])
def test_what_is_right(definition, name):
    assert validated(definition, name) == []


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({**CSV, "type": "pandas.CSVDatset"}, "Did you mean 'pandas.CSVDataset'?"),
        ({**CSV, "type": "no.such.Dataset"}, "is unknown"),
        ({**CSV, "type": 5}, "`type` must be a class or its path"),
        ({**CSV, "filepth": "a"}, "no argument 'filepth'. Did you mean 'filepath'"),
        ({"type": "pandas.CSVDataset"}, "needs 'filepath'"),
        ({**CSV, "load_args": "sep"}, "`load_args` must be a mapping, not str"),
        ({**CSV, "versioned": "false"}, "`versioned` must be true or false"),
        ({**CUSTOM, "limt": 5}, "Did you mean 'limit'"),
        ({"type": "MemoryDataset", "versioned": True}, "keeps no versions"),
        ({**CSV, "version": "2020"}, "`version` has no effect"),
        ({**CSV, "fs_args": {"secret": "abcdefgh"}}, "a secret stands in plain sight. Move it to `credentials`"),
        ({**CSV, "filepath": "ftp://me:abcdefgh@host/a"}, "a secret stands in plain sight"),
        ({**PARTS, "dataset": "pandas.CSVDatset"}, "'{name}.dataset': type 'pandas.CSVDatset' is unknown"),
        ({**PARTS, "dataset": {"type": "pandas.CSVDataset", "lod_args": {}}}, "'{name}.dataset': CSVDataset has no"),
        ({**PARTS, "overwrite": "yes"}, "`overwrite` must be true or false"),
        ({**INCREMENTS, "checkpoint": {"type": "text.TextDatset"}}, "'{name}.checkpoint': type 'text.TextDatset'"),
        ({**INCREMENTS, "checkpoint": {"filepth": "x"}}, "'{name}.checkpoint': TextDataset has no argument"),
        ({"type": "CachedDataset", "dataset": {**CSV, "lod_args": {}}}, "'{name}.dataset': CSVDataset has no argument"),
        ({"type": "CachedDataset"}, "needs 'dataset'"),
    ],
)
@pytest.mark.parametrize("name", ["cars", "{x}@cars"])
def test_what_is_wrong(definition, said, name):
    [problem] = DataCatalog.from_config({name: definition, "fine": {**CSV, "filepath": "other"}}).validate()
    assert problem.dataset == name
    assert_short(problem, name, said.replace("{name}", name))
    assert "abcdefgh" not in str(problem)


def test_all_of_it_is_told_at_once():
    catalog = DataCatalog.from_config({f"cars{n}": {**CSV, "filepath": str(n), "wrong": n} for n in range(20)})
    assert [each.dataset for each in catalog.validate()] == [f"cars{n}" for n in range(20)]


def test_several_things_about_one():
    found = validated({**CSV, "wrong": 1, "fs_args": {"secret": "abcdefgh"}})
    assert len(found) == 2


def test_a_type_that_depends_on_the_name_is_left_for_later():
    assert validated({"type": "{kind}.CSVDataset", "filepath": "{kind}"}, "{kind}@x") == []


def test_a_version_to_load_of_what_has_none():
    [problem] = validated(CSV, load_versions={"cars": "2020"})
    assert_short(problem, "'cars'", "'2020'", "not versioned", "Add `versioned: true`")
    assert validated({**CSV, "versioned": True}, load_versions={"cars": "2020"}) == []


class Kept(Custom):
    versioned = True

    def __init__(self, filepath): ...


def test_a_class_that_asks_for_versions_and_takes_none_is_told_once():
    [problem] = validated({"type": f"{__name__}.Kept", "filepath": "a"})
    assert_short(problem, "'cars'", "Kept keeps no versions (its constructor takes no `version`)")


class TestPaths:
    def problems(self, **paths):
        return DataCatalog.from_config({name: {**CSV, "filepath": path} for name, path in paths.items()}).validate()

    @pytest.mark.parametrize("other", ["data/a.csv", "./data/a.csv", "data//a.csv", "data/x/../a.csv"])
    def test_two_with_one(self, other):
        [problem] = self.problems(one="data/a.csv", two=other)
        assert_short(problem, "'one' and 'two' share the path", "each save replaces the other's")

    def test_on_a_store(self):
        assert len(self.problems(one="s3://b/a.csv", two="s3://b/a.csv")) == 1
        assert self.problems(one="s3://b/a.csv", two="b/a.csv") == []

    def test_transcoded_ones_share_it_on_purpose(self):
        catalog = DataCatalog.from_config({"cars@pandas": CSV, "cars@text": {**CSV, "type": "text.TextDataset"}})
        assert catalog.validate() == []

    def test_folders_may_be_read_in_several_ways(self):
        catalog = DataCatalog.from_config(
            {"csv": {**PARTS, "filename_suffix": ".csv"}, "text": {**PARTS, "dataset": "text.TextDataset"}}
        )
        assert catalog.validate() == []

    def test_secrets_in_them_are_masked(self):
        url = "ftp://me:abcdefgh@host/a"
        assert "abcdefgh" not in str(self.problems(one=url, two=url))


def test_datasets_that_are_there_already_are_right(monkeypatch):
    monkeypatch.undo()
    assert DataCatalog({"a": 1}).validate() == []


def test_arguments_that_cannot_be_compared(monkeypatch):
    import pandas as pd

    assert validated({**CUSTOM, "limit": pd.DataFrame({"a": [1, 2]})}) == []
    assert validated({**CUSTOM, "limit": {1, 2}}) == []
