"""What the document about custom datasets says of other processes: one test for each statement one can observe."""

from __future__ import annotations

import functools
import pickle
from multiprocessing.reduction import ForkingPickler

import numpy as np
import pandas as pd
import pytest
from tests.documents.formats import of_a_path
from tests.documents.picture import YELLOW, PictureDataset

from tidemill import DataCatalog, LambdaDataset, PartitionedDataset, Version
from tidemill.datasets.pandas import CSVDataset

FILES = [
    *((name, {"filepath": "data.bin", **more}) for name in of_a_path() for more in ({}, {"versioned": True})),
    ("PartitionedDataSet", {"path": "folder", "dataset": "pandas.CSVDataSet", "filename_suffix": ".csv"}),
    ("IncrementalDataSet", {"path": "folder", "dataset": "pandas.CSVDataSet", "checkpoint": ""}),
    ("CachedDataSet", {"dataset": {"type": "pandas.CSVDataSet", "filepath": "folder/a.csv"}}),
    ("MemoryDataSet", {"data": [1, 2]}),
    (PictureDataset, {"filepath": "picture.png", "versioned": True}),
]


@pytest.mark.parametrize(("kind", "arguments"), FILES, ids=[f"{each[0]}-{len(each[1])}" for each in FILES])
def test_every_dataset_goes_through_multiprocessing(kind, arguments, tmp_path, monkeypatch):
    """Datasets are fully serialisable by multiprocessing, fresh from the catalog and after they have been used."""
    monkeypatch.chdir(tmp_path)
    PartitionedDataset("folder", CSVDataset).save({"a.csv": pd.DataFrame({"a": [1]})})
    dataset = DataCatalog.from_config({"it": {"type": kind, **arguments}})["it"]

    fresh = ForkingPickler.loads(ForkingPickler.dumps(dataset))
    used = dataset.exists()
    after = ForkingPickler.loads(ForkingPickler.dumps(dataset))

    assert type(fresh) is type(after) is type(dataset)
    assert repr(fresh) == repr(dataset)
    assert fresh.exists() == after.exists() == used


def test_a_custom_dataset_on_s3_goes_through_multiprocessing(s3_bucket):
    """The same with the functions of an asynchronous filesystem, which do not pickle by themselves."""
    dataset = PictureDataset(f"{s3_bucket.url}/pikachu.png", Version(None, None), s3_bucket.credentials)
    dataset.save(YELLOW)

    again = ForkingPickler.loads(ForkingPickler.dumps(dataset))

    assert again.list_versions() == dataset.list_versions() != []
    np.testing.assert_array_equal(again.load(), YELLOW)


def test_another_process_loads_what_was_sent_to_it(tmp_path, fresh_python):
    """A pickled dataset does its work in a Python that has imported nothing."""
    (tmp_path / "a.csv").write_text("a\n1\n2\n")
    dataset = PartitionedDataset(str(tmp_path), CSVDataset, filename_suffix=".csv")
    (tmp_path / "dataset").write_bytes(ForkingPickler.dumps(dataset))

    told = fresh_python(
        f"import pickle; print(len(pickle.load(open({str(tmp_path / 'dataset')!r}, 'rb')).load()['a']()))"
    )

    assert told == "2"


def plain():
    return 1


def decorated(function):
    @functools.wraps(function)
    def inner(*args):
        return function(*args)

    return inner


@decorated
def wrapped():
    return 2


def test_lambdas_and_closures_do_not_go_through_multiprocessing():
    """Datasets should not hold lambdas or nested functions; named functions go, decorated with `wraps` too."""
    for function in (plain, wrapped):
        assert ForkingPickler.loads(ForkingPickler.dumps(LambdaDataset(function))).load() == function()
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        ForkingPickler.dumps(LambdaDataset(lambda: 1))
