from __future__ import annotations

from tidemill.datasets.yaml import YAMLDataset
from tidemill.testing import VersionedDatasetTests


class TestYAMLDataset(VersionedDatasetTests):
    sample, other = {"tide": "high", "metres": [4, 5]}, ["low", 1.5, None, "Ebbe, Größe 1 m²"]

    def make(self, filepath, version=None):
        return YAMLDataset(filepath, version=version)
