from __future__ import annotations

import pytest

from tidemill import DataCatalog, MemoryDataset
from tidemill.errors import DatasetNotFoundError


@pytest.fixture
def catalog():
    return DataCatalog({"cars": MemoryDataset(1), "params:a.b": MemoryDataset(2), "x@pandas": MemoryDataset(3)})


def test_a_dataset_is_an_attribute(catalog):
    assert catalog.datasets.cars is catalog["cars"]
    assert catalog.datasets.params__a__b.load() == 2
    assert catalog.datasets.x__pandas.load() == 3
    assert dir(catalog.datasets) == ["cars", "params__a__b", "x__pandas"]


def test_one_that_is_not_there_is_told_with_what_is_near(catalog):
    with pytest.raises(AttributeError, match="no dataset 'cras'. Did you mean 'cars'"):
        _ = catalog.datasets.cras
    assert not hasattr(catalog.datasets, "_repr_html_")


def test_hooks_of_older_projects_get_a_dataset_by_name(catalog):
    assert catalog._get_dataset("cars") is catalog["cars"]
    assert catalog._get_dataset("cars", suggest=False).load() == 1
    with pytest.raises(DatasetNotFoundError):
        catalog._get_dataset("cras")
