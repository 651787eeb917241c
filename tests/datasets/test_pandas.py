from __future__ import annotations

import pandas as pd

from tidemill.datasets.pandas import CSVDataset, ExcelDataset, JSONDataset, ParquetDataset
from tidemill.testing import VersionedDatasetTests


class PandasTests(VersionedDatasetTests):
    sample = pd.DataFrame({"tide": ["high", "low"], "metres": [4, 1]})
    other = pd.DataFrame({"tide": ["slack"], "metres": [2]})

    def make(self, filepath, version=None):
        return self.kind(filepath, version=version)

    def equal(self, a, b):
        return a.equals(b)


class TestCSVDataset(PandasTests):
    kind, filename = CSVDataset, "tides.csv"


class TestParquetDataset(PandasTests):
    kind, filename = ParquetDataset, "tides.parquet"


class TestJSONDataset(PandasTests):
    kind, filename = JSONDataset, "tides.json"


class TestExcelDataset(PandasTests):
    kind, filename = ExcelDataset, "tides.xlsx"
