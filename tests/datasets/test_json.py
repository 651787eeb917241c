from __future__ import annotations

from tidemill.datasets.json import JSONDataset
from tidemill.testing import VersionedDatasetTests


class TestJSONDataset(VersionedDatasetTests):
    sample, other = {"tide": "high", "metres": [4, 5]}, ["low", 1.5, None, "Ebbe, Größe 1 m²"]

    def make(self, filepath, version=None):
        return JSONDataset(filepath, version=version)
