"""What a load fixed for the rest of a run, told from process to process: which version, which partitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tidemill.io.incremental import IncrementalDataset
from tidemill.io.partitioned import PartitionedDataset
from tidemill.io.versioned import AbstractVersionedDataset
from tidemill.runner.work import Known

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tidemill.catalog.catalog import DataCatalog


def learnt(catalog: DataCatalog, names: Iterable[str]) -> dict[str, Known]:
    """Return what is fixed by now about these datasets."""
    found: dict[str, Known] = {}
    for name in names:
        dataset = catalog[name]
        if isinstance(dataset, AbstractVersionedDataset):
            version = vars(dataset).get("_load_version")
            if version is not None:
                found[name] = Known(version=version)
        elif isinstance(dataset, IncrementalDataset):
            if dataset.loaded is not None:
                found[name] = Known(partitions=dataset.loaded)
        elif isinstance(dataset, PartitionedDataset):
            ids = vars(dataset)["_partitions"]
            if ids is not None:
                found[name] = Known(partitions=tuple(ids))
    return found


def keep_to(catalog: DataCatalog, known: Mapping[str, Known]) -> None:
    """Let datasets load what others of the run have loaded, and confirm that; or what is there, once it is new."""
    for name, (version, partitions) in known.items():
        dataset = catalog[name]
        attributes = vars(dataset)
        if isinstance(dataset, AbstractVersionedDataset):
            if version is None:
                attributes.pop("_load_version", None)
            else:
                attributes["_load_version"] = version
        elif isinstance(dataset, IncrementalDataset):
            dataset.keep_to(partitions if isinstance(partitions, Mapping) else None)
        elif isinstance(dataset, PartitionedDataset):
            attributes["_partitions"] = None if partitions is None else list(partitions)
