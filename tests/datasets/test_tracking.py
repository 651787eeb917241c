from __future__ import annotations

import json
import time
from decimal import Decimal

import numpy as np
import pytest

from tidemill import DataCatalog, DatasetError
from tidemill.datasets.tracking import JSONDataset, MetricsDataset
from tidemill.testing import VersionedDatasetTests


class TestMetricsDataset(VersionedDatasetTests):
    kind, filename = MetricsDataset, "metrics.json"
    sample, other = {"accuracy": 0.75, "tides": 4}, {"accuracy": 0.8, "tides": 5, "loss": -1.0}

    def make(self, filepath, version=None):
        return MetricsDataset(filepath, version=version)


class TestJSONDataset(VersionedDatasetTests):
    kind, filename = JSONDataset, "run.json"
    sample, other = {"tide": "high", "metres": [4, 5]}, {"tide": "low", "ports": {"Husum": None, "Büsum": [1.5, 2]}}

    def make(self, filepath, version=None):
        return JSONDataset(filepath, version=version)


@pytest.mark.parametrize("kind", ["tracking.MetricsDataset", "tracking.JSONDataset"])
def test_each_save_of_a_catalog_is_a_version_without_being_asked(tmp_path, kind):
    entry = {"metrics": {"type": kind, "filepath": str(tmp_path / "metrics.json")}}
    DataCatalog.from_config(entry).save("metrics", {"loss": 2.0})
    time.sleep(0.002)
    DataCatalog.from_config(entry).save("metrics", {"loss": 1.0})

    assert DataCatalog.from_config(entry).load("metrics") == {"loss": 1.0}
    assert len([*(tmp_path / "metrics.json").iterdir()]) == 2


def test_numbers_of_numpy_are_numbers(tmp_path):
    dataset = MetricsDataset(str(tmp_path / "metrics.json"))
    dataset.save({"loss": np.float32(0.5), "tides": np.int64(3)})

    assert json.loads((tmp_path / "metrics.json").read_text()) == {"loss": 0.5, "tides": 3}


@pytest.mark.parametrize("wrong", ["0.5", True, None, [0.5], 1j, Decimal(1)])
def test_what_is_no_number_is_named_and_nothing_is_written(tmp_path, wrong):
    with pytest.raises(DatasetError, match=f"'loss' is a {type(wrong).__name__}"):
        MetricsDataset(str(tmp_path / "metrics.json")).save({"tides": 4, "loss": wrong})
    with pytest.raises(DatasetError, match="a dictionary of name -> number, not a list"):
        MetricsDataset(str(tmp_path / "metrics.json")).save([0.5])

    assert [*tmp_path.iterdir()] == []
