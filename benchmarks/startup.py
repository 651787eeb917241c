"""What importing costs: CPU seconds of whole fresh processes."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

from measure import Limit, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measure import Bench

#: Section 5 of the design; those that do not exist yet are left out of the figure.
NAMES = (
    "DataCatalog Version node Pipeline pipeline SequentialRunner ThreadRunner ParallelRunner DaskRunner "
    "AbstractDataset AbstractVersionedDataset FileDataset MemoryDataset CachedDataset LambdaDataset "
    "PartitionedDataset IncrementalDataset DatasetError get_protocol_and_path get_filepath_str generate_timestamp"
)
_HEAVY = "assert not {'pandas', 'fsspec', 'numpy', 'yaml'} & {*sys.modules}"


def importing(bench: Bench) -> Iterator[Row]:
    """`import tidemill`."""
    floor, ours = _processes("pass", f"import sys, tidemill; {_HEAVY}", bench=bench)
    yield Row(
        "import tidemill", "python -c pass", floor, ours, Limit(times=4, over=0.030), peer=bench.peer("importing")
    )


def names(bench: Bench) -> Iterator[Row]:
    """Every public name, resolved."""
    import tidemill

    existing = [name for name in NAMES.split() if name in tidemill.__all__]
    code = f"import sys; from tidemill import {', '.join(existing)}; {_HEAVY}"
    code += "; from tidemill.datasets.pandas import CSVDataset; " + _HEAVY
    floor, ours = _processes("pass", code, bench=bench)
    line = f"the {len(existing) + 1} names of section 5"
    yield Row(line, "python -c pass", floor, ours, Limit(most=0.100), peer=bench.peer("names"))


def _processes(*codes: str, bench: Bench) -> list[float]:
    best = [float("inf")] * len(codes)
    # What is installed is compiled already; the first turn sees to it.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(bench.times(20, 5)):
        for index, code in enumerate(codes):
            before = _children()
            subprocess.run([sys.executable, "-c", code], check=True, env=environment)
            best[index] = min(best[index], _children() - before)
    return best


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
