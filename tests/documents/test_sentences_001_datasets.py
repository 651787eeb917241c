"""What the document about IO says of errors and datasets, and that definitions and datasets become each other."""

from __future__ import annotations

import pytest
from tests.documents.formats import of_a_path

from tidemill import AbstractDataset, CachedDataset, DataCatalog, DatasetError, MemoryDataset


def test_an_error_of_our_own_for_a_name_that_is_not_there():
    """Loading from an empty catalog raises the exception that users catch."""
    with pytest.raises(DatasetError, match="'cars'"):
        DataCatalog(data_sets={}).load("cars")


@pytest.mark.parametrize("doing", ["load", "save", "exists", "release"])
def test_whatever_fails_becomes_one_error(doing):
    """The public methods wrap the author's with uniform error handling: which dataset, what was tried, why."""

    class Broken(AbstractDataset):
        def _load(self):
            raise RuntimeError("no luck")

        def _save(self, data):
            raise RuntimeError("no luck")

        def _exists(self):
            raise RuntimeError("no luck")

        def _release(self):
            raise RuntimeError("no luck")

        def _describe(self):
            return {}

    catalog = DataCatalog({"parts": Broken()})

    with pytest.raises(DatasetError, match=r"(?s)'parts' \(Broken\) failed.*RuntimeError: no luck") as caught:
        getattr(catalog, doing)(*("parts", 1)[: 2 if doing == "save" else 1])

    assert isinstance(caught.value.__cause__, RuntimeError)


def test_a_star_brings_the_names_of_the_example():
    """After `from ... import *` the catalog and the error are there, in both spellings."""
    names: dict[str, object] = {}
    exec("from tidemill.io import *", names)  # noqa: S102

    assert {"DataCatalog", "DataSetError", "DatasetError", "AbstractDataSet", "Version"} <= names.keys()
    assert names["DataSetError"] is DatasetError


def test_a_dataset_may_be_called_directly():
    """A dataset's own `load` and `save` work without a catalog."""
    parts = MemoryDataset()
    parts.save([1])

    assert parts.load() == [1]


@pytest.mark.parametrize(
    "definition",
    [
        *(
            {"type": each, "filepath": "data", "versioned": versioned}
            for each in of_a_path()
            for versioned in (True, False)
        ),
        {"type": "pandas.CSVDataSet", "filepath": "a.csv", "load_args": {"sep": ";"}, "save_args": {"index": True}},
        {"type": "PartitionedDataSet", "path": "folder", "dataset": "pandas.CSVDataSet", "filename_suffix": ".csv"},
        {"type": "IncrementalDataSet", "path": "folder", "dataset": {"type": "text.TextDataSet"}, "checkpoint": ""},
        {"type": "IncrementalDataSet", "path": "a", "dataset": "text.TextDataSet", "checkpoint": {"filepath": "b"}},
        {"type": "CachedDataSet", "dataset": {"type": "json.JSONDataSet", "filepath": "a.json"}, "copy_mode": "assign"},
        {"type": "MemoryDataSet", "copy_mode": "assign"},
    ],
    ids=str,
)
def test_a_dataset_becomes_a_definition_and_a_dataset_again(definition):
    """`from_config` of `to_config` is the same dataset."""
    dataset = AbstractDataset.from_config("it", definition)

    again = AbstractDataset.from_config("it", dataset.to_config())

    assert repr(again) == repr(dataset)
    assert again.to_config() == dataset.to_config()
    assert type(again) is type(dataset)


def test_a_catalog_becomes_definitions_and_a_catalog_again(tmp_path):
    """The same for a catalog, with its versions."""
    definition = {"type": "text.TextDataSet", "filepath": str(tmp_path / "note.txt"), "versioned": True}
    for version in ("1", "2"):
        DataCatalog.from_config({"note": definition}, save_version=version).save("note", version)
    catalog = DataCatalog.from_config({"note": definition}, load_versions={"note": "1"})
    catalog["cached"] = CachedDataset(definition)

    again = DataCatalog.from_config(*catalog.to_config())

    assert again.load("note") == "1"
    assert again.load("cached") == "2"
    assert again.save_version == catalog.save_version
    assert again.to_config() == catalog.to_config()
