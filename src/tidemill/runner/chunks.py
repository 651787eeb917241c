"""Generator nodes: each chunk is saved as it comes, so that one is in memory at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from tidemill.io.file import FileDataset
from tidemill.io.memory import MemoryDataset
from tidemill.io.partitioned import PartitionedDataset

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.io.dataset import AbstractDataset
    from tidemill.pipeline.node import Node


class Save(Protocol):
    """Saves some outputs of a node."""

    def __call__(self, node: Node, made: Mapping[str, Any]) -> None: ...


def save(node: Node, made: Iterator[dict[str, Any]], keep: Save, in_memory: Collection[str]) -> None:
    """Save what a node makes, chunk by chunk.

    What stays in memory is saved at the end: all the dictionaries as one, or else the list of all chunks.

    Args:
        node: The node.
        made: Dataset name -> chunk, again and again.
        keep: Saves one of these.
        in_memory: The datasets that only this run has.
    """
    collected: dict[str, list[Any]] = {name: [] for name in node.outputs if name in in_memory}
    for chunk in made:
        for name, chunks in collected.items():
            chunks.append(chunk.pop(name))
        if chunk:
            keep(node, chunk)
    if collected:
        keep(node, {name: _joined(chunks) for name, chunks in collected.items()})


def _joined(chunks: list[Any]) -> Any:
    if chunks and all(isinstance(chunk, dict) for chunk in chunks):
        return {key: value for chunk in chunks for key, value in chunk.items()}
    return chunks


def unfit(nodes: Collection[Node], catalog: DataCatalog) -> list[str]:
    """Return what is wrong with the outputs that are made piece by piece: each piece would replace the one before."""
    problems = []
    for node in nodes:
        if not (node.yields or node.each):
            continue
        how = "in chunks" if node.yields else "partition by partition"
        for name in node.outputs:
            reason = _why_not(catalog[name], per_partition=not node.yields) if name in catalog else None
            if reason:
                problems.append(f"'{name}', made {how} by '{node.name}', {reason}")
    return problems


def _why_not(dataset: AbstractDataset[Any, Any], *, per_partition: bool) -> str | None:
    kind = type(dataset).__name__
    partitions = "Use a PartitionedDataset" if per_partition else "Use a PartitionedDataset and yield dictionaries"
    if getattr(dataset, "_version", None):
        return f"is versioned: each piece would be a version. {partitions}, or return the whole."
    if isinstance(dataset, PartitionedDataset):
        if vars(dataset)["_overwrite"]:
            return "has `overwrite: true`: each piece would remove the ones before. Drop `overwrite`."
        return None
    if type(dataset) is MemoryDataset:
        return "is a MemoryDataset: each piece would replace the one before. Leave it out of the catalog."
    if isinstance(dataset, FileDataset) and type(dataset)._save is FileDataset._save:
        mode = vars(dataset)["_open_save"]["mode"]
        if per_partition or "a" not in mode:
            append = mode.translate({ord(each): "a" for each in "wx"})  # a text file is opened as one
            or_append = "" if per_partition else f", or append: `fs_args: {{open_args_save: {{mode: {append}}}}}`"
            return f"is a {kind}: each piece would replace the one before. {partitions}{or_append}."
    return None
