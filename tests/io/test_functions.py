"""LambdaDataset: a dataset from functions."""

from __future__ import annotations

import pytest
from tests.messages import assert_short

from tidemill import DataCatalog, DatasetError, LambdaDataset
from tidemill.errors import DatasetConfigError


def test_load_save_exists_release():
    held = []
    dataset = LambdaDataset(lambda: held[-1], held.append, lambda: bool(held), held.clear)
    assert not dataset.exists()
    dataset.save(5)
    assert dataset.exists()
    assert dataset.load() == 5
    dataset.release()
    assert held == []


def test_without_a_function_it_says_so():
    catalog = DataCatalog({"answer": LambdaDataset(lambda: 42)})
    with pytest.raises(DatasetError) as error:
        catalog.save("answer", 1)
    assert_short(error.value, "'answer' has no `save` function", "Give it one")
    with pytest.raises(DatasetError, match="'LambdaDataset' has no `load` function"):
        LambdaDataset(None, print).load()


def test_without_exists_it_warns():
    with pytest.warns(UserWarning, match="no `_exists` method"):
        assert LambdaDataset(len).exists() is False


def test_a_function_that_fails():
    def load():
        raise ValueError("no network")

    with pytest.raises(DatasetError) as error:
        LambdaDataset(load).load()
    assert_short(error.value, "Loading LambdaDataset failed", "ValueError: no network")


@pytest.mark.parametrize("argument", ["load", "save", "exists", "release"])
def test_what_is_no_function(argument):
    with pytest.raises(DatasetConfigError, match=f"`{argument}` must be a function, or left out, not str"):
        LambdaDataset(**{"load": None, argument: "text"})


def test_none_is_refused():
    with pytest.raises(DatasetError, match="None cannot be saved"):
        LambdaDataset(None, print).save(None)


def test_a_release_without_a_function_has_nothing_to_forget():
    dataset = LambdaDataset(load=lambda: 1)
    dataset.release()
    assert dataset.load() == 1
