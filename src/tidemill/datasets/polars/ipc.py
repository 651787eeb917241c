"""polars.IPCDataset."""

from __future__ import annotations

from tidemill.datasets.polars.eager_polars import PolarsDataset


class IPCDataset(PolarsDataset):
    """An Arrow IPC file (Feather) as a polars DataFrame.

    `load_args` and the arguments of a load go to `polars.read_ipc`, `save_args` to `DataFrame.write_ipc`.
    """

    _file_format = "ipc"
