"""MemoryDataset: data in memory that nobody changes for another."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from tests.messages import assert_short

from tidemill import DatasetError, MemoryDataset
from tidemill.errors import DatasetConfigError
from tidemill.io.memory import copy_mode_of


def test_without_data_it_says_that_nothing_was_saved():
    dataset = MemoryDataset()
    dataset._name = "cars"
    assert not dataset.exists()
    with pytest.raises(DatasetError) as error:
        dataset.load()
    assert_short(error.value, "Nothing has been saved to 'cars' yet", "give it a place in the catalog")


@pytest.mark.parametrize("data", [0, "", [], False, {}])
def test_what_is_false_is_data(data):
    dataset = MemoryDataset(data)
    assert dataset.exists()
    assert dataset.load() == data


def test_none_is_data_where_it_is_given_and_refused_where_it_is_saved():
    assert MemoryDataset(None).exists()
    assert MemoryDataset(None).load() is None
    with pytest.raises(DatasetError, match="None cannot be saved"):
        MemoryDataset().save(None)


@pytest.mark.parametrize("mode", [None, "deepcopy"])
def test_nobody_changes_what_another_has(mode):
    data = {"a": [1]}
    dataset = MemoryDataset(data, copy_mode=mode)
    data["a"].append(2)
    dataset.load()["a"].append(3)
    assert dataset.load() == {"a": [1]}

    dataset.save(data)
    data["a"].append(4)
    assert dataset.load() == {"a": [1, 2]}


def test_copy_is_shallow_and_assign_is_none():
    data = {"a": [1]}
    shallow = MemoryDataset(data, copy_mode="copy")
    assert shallow.load() is not data
    assert shallow.load()["a"] is data["a"]
    assert MemoryDataset(data, copy_mode="assign").load() is data


@pytest.mark.parametrize(
    ("data", "mode"),
    [
        (pd.DataFrame({"a": [1]}), "copy"),
        (pd.Series([1]), "copy"),
        (np.zeros(3), "copy"),
        (pa.table({"a": [1]}), "assign"),
        ([1], "deepcopy"),
        (object(), "deepcopy"),
    ],
)
def test_the_mode_follows_from_the_type(data, mode):
    assert copy_mode_of(data) == mode


def test_frames_are_copied():
    frame = pd.DataFrame({"a": [1, 2]})
    dataset = MemoryDataset(frame)
    frame.loc[0, "a"] = 100
    loaded = dataset.load()
    loaded.loc[1, "a"] = 200
    assert dataset.load()["a"].tolist() == [1, 2]


def test_no_library_is_imported_to_find_out():
    code = (
        "import sys; from tidemill import MemoryDataset; d = MemoryDataset([1]); d.save([2]); d.load(); "
        "print({'pandas', 'numpy', 'polars', 'pyarrow', 'dask', 'fsspec'} & {*sys.modules})"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"


def test_an_unknown_mode():
    with pytest.raises(DatasetConfigError) as error:
        MemoryDataset(copy_mode="deep")
    assert_short(error.value, "'deep'", "deepcopy", "copy", "assign")


def test_release_frees_the_data():
    import gc
    import weakref

    class Big:
        pass

    big = Big()
    alive = weakref.ref(big)
    dataset = MemoryDataset(big, copy_mode="assign")
    del big
    dataset.release()
    gc.collect()
    assert alive() is None
    assert not dataset.exists()


@pytest.mark.parametrize("args", [(), ([1, 2],)])
def test_it_pickles_with_or_without_data(args):
    dataset = pickle.loads(pickle.dumps(MemoryDataset(*args)))
    assert dataset.exists() == bool(args)
    dataset.save([3])
    assert dataset.load() == [3]


def test_a_copy_without_data_has_none():
    assert not MemoryDataset()._copy().exists()


def test_what_cannot_be_copied_says_so():
    with pytest.raises(DatasetError) as error:
        MemoryDataset().save(x for x in [1])
    assert_short(error.value, "Saving MemoryDataset failed", "cannot pickle 'generator' object")
