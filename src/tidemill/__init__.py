"""Tidemill: name your data in a catalog, then load and save it by name."""

from __future__ import annotations

from tidemill.names import front_door

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tidemill.catalog.catalog import DataCatalog as DataCatalog
    from tidemill.errors import DatasetError as DatasetError
    from tidemill.hooks import hook_impl as hook_impl
    from tidemill.io.cached import CachedDataset as CachedDataset
    from tidemill.io.dataset import AbstractDataset as AbstractDataset
    from tidemill.io.file import FileDataset as FileDataset
    from tidemill.io.functions import LambdaDataset as LambdaDataset
    from tidemill.io.incremental import IncrementalDataset as IncrementalDataset
    from tidemill.io.memory import MemoryDataset as MemoryDataset
    from tidemill.io.partitioned import PartitionedDataset as PartitionedDataset
    from tidemill.io.paths import get_filepath_str as get_filepath_str
    from tidemill.io.paths import get_protocol_and_path as get_protocol_and_path
    from tidemill.io.versioned import AbstractVersionedDataset as AbstractVersionedDataset
    from tidemill.io.versions import Version as Version
    from tidemill.io.versions import generate_timestamp as generate_timestamp
    from tidemill.pipeline.node import Node as Node
    from tidemill.pipeline.node import node as node
    from tidemill.pipeline.pipeline import Pipeline as Pipeline
    from tidemill.pipeline.pipeline import pipeline as pipeline
    from tidemill.project.open import open_catalog as open_catalog
    from tidemill.runner.dask import DaskRunner as DaskRunner
    from tidemill.runner.process import ParallelRunner as ParallelRunner
    from tidemill.runner.sequential import SequentialRunner as SequentialRunner
    from tidemill.runner.thread import ThreadRunner as ThreadRunner

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "AbstractDataset": "tidemill.io.dataset",
        "AbstractVersionedDataset": "tidemill.io.versioned",
        "CachedDataset": "tidemill.io.cached",
        "DataCatalog": "tidemill.catalog.catalog",
        "DaskRunner": "tidemill.runner.dask",
        "DatasetError": "tidemill.errors",
        "FileDataset": "tidemill.io.file",
        "IncrementalDataset": "tidemill.io.incremental",
        "LambdaDataset": "tidemill.io.functions",
        "MemoryDataset": "tidemill.io.memory",
        "Node": "tidemill.pipeline.node",
        "ParallelRunner": "tidemill.runner.process",
        "PartitionedDataset": "tidemill.io.partitioned",
        "Pipeline": "tidemill.pipeline.pipeline",
        "SequentialRunner": "tidemill.runner.sequential",
        "ThreadRunner": "tidemill.runner.thread",
        "Version": "tidemill.io.versions",
        "hook_impl": "tidemill.hooks",
        "generate_timestamp": "tidemill.io.versions",
        "get_filepath_str": "tidemill.io.paths",
        "get_protocol_and_path": "tidemill.io.paths",
        "node": "tidemill.pipeline.node",
        "open_catalog": "tidemill.project.open",
        "pipeline": "tidemill.pipeline.pipeline",
    },
)
