"""What data is and where it lives: datasets, versions, partitions and increments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.errors import DatasetAlreadyExistsError as DatasetAlreadyExistsError
    from tidemill.errors import DatasetError as DatasetError
    from tidemill.errors import DatasetNotFoundError as DatasetNotFoundError
    from tidemill.errors import VersionAlreadyExistsError as VersionAlreadyExistsError
    from tidemill.errors import VersionNotFoundError as VersionNotFoundError
    from tidemill.io.cached import CachedDataset as CachedDataset
    from tidemill.io.dataset import AbstractDataset as AbstractDataset
    from tidemill.io.file import FileDataset as FileDataset
    from tidemill.io.functions import LambdaDataset as LambdaDataset
    from tidemill.io.incremental import IncrementalDataset as IncrementalDataset
    from tidemill.io.manifest import Manifest as Manifest
    from tidemill.io.memory import MemoryDataset as MemoryDataset
    from tidemill.io.partitioned import PartitionedDataset as PartitionedDataset
    from tidemill.io.paths import get_filepath_str as get_filepath_str
    from tidemill.io.paths import get_protocol_and_path as get_protocol_and_path
    from tidemill.io.versioned import AbstractVersionedDataset as AbstractVersionedDataset
    from tidemill.io.versions import Version as Version
    from tidemill.io.versions import generate_timestamp as generate_timestamp

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "AbstractDataset": "tidemill.io.dataset",
        "AbstractVersionedDataset": "tidemill.io.versioned",
        "CachedDataset": "tidemill.io.cached",
        "DatasetAlreadyExistsError": "tidemill.errors",
        "DatasetError": "tidemill.errors",
        "DatasetNotFoundError": "tidemill.errors",
        "FileDataset": "tidemill.io.file",
        "IncrementalDataset": "tidemill.io.incremental",
        "LambdaDataset": "tidemill.io.functions",
        "Manifest": "tidemill.io.manifest",
        "MemoryDataset": "tidemill.io.memory",
        "PartitionedDataset": "tidemill.io.partitioned",
        "Version": "tidemill.io.versions",
        "VersionAlreadyExistsError": "tidemill.errors",
        "VersionNotFoundError": "tidemill.errors",
        "generate_timestamp": "tidemill.io.versions",
        "get_filepath_str": "tidemill.io.paths",
        "get_protocol_and_path": "tidemill.io.paths",
        # Users of this system import it from here; the room above is named, not imported.
        "DataCatalog": "tidemill.catalog.catalog",
    },
)
