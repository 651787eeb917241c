"""polars.CSVDataset."""

from __future__ import annotations

from tidemill.datasets.polars.eager_polars import PolarsDataset


class CSVDataset(PolarsDataset):
    """A CSV file as a polars DataFrame.

    `load_args` and the arguments of a load go to `polars.read_csv`, `save_args` to `DataFrame.write_csv`.
    """

    _file_format = "csv"
