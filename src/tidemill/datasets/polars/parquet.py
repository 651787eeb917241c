"""polars.ParquetDataset."""

from __future__ import annotations

from tidemill.datasets.polars.eager_polars import PolarsDataset


class ParquetDataset(PolarsDataset):
    """A Parquet file as a polars DataFrame.

    `load_args` and the arguments of a load go to `polars.read_parquet`, `save_args` to `DataFrame.write_parquet`.
    """

    _file_format = "parquet"
