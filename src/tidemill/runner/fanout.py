"""Nodes that run once for each partition: which partitions, which are left after a failure, and the end."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetError, PipelineError
from tidemill.io.dataset import AbstractDataset
from tidemill.io.memory import copied
from tidemill.io.partitioned import PartitionedDataset
from tidemill.pipeline.wiring import is_parameter
from tidemill.runner import unfinished

if TYPE_CHECKING:
    from collections.abc import Collection

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.pipeline.node import Node
    from tidemill.runner.transfer import Transfer


class Fan:
    """The partitions of the nodes that are running, loaded once in each process."""

    def __init__(self) -> None:
        self._partitions: dict[str, Mapping[str, Any]] = {}
        self._lock = threading.Lock()

    def partitions(self, node: Node, transfer: Transfer) -> Mapping[str, Any]:
        """Return partition id -> data, or a function that loads it.

        Raises:
            PipelineError: What was loaded is no such mapping.
        """
        name = str(node.each)
        with self._lock:
            found = self._partitions.get(node.name)
            if found is None:
                loaded = transfer.load(node, [name])[name]
                if not isinstance(loaded, Mapping):
                    raise PipelineError(
                        f"Node '{node.name}' runs for each partition of '{name}', which is a {type(loaded).__name__} "
                        "and no dictionary of partitions. Use a PartitionedDataset, or drop `each`."
                    )
                wrong = next((each for each in loaded if not isinstance(each, str)), None)
                if wrong is not None:
                    raise PipelineError(
                        f"Node '{node.name}' runs for each partition of '{name}', which has {wrong!r} among its "
                        "partitions: their names are strings."
                    )
                found = self._partitions[node.name] = loaded
        return found

    def forget(self, node: Node) -> None:
        """Let go of a node's partitions."""
        with self._lock:
            self._partitions.pop(node.name, None)


def value(partitions: Mapping[str, Any], part: str, *, own: bool = False) -> Any:
    """Return the data of one partition; of what is in memory a copy, if `own`: it may be asked for again."""
    found = partitions[part]
    if callable(found):
        return found()
    return copied(found, None) if own else found


def todo(
    node: Node, partitions: Mapping[str, Any], catalog: DataCatalog, in_memory: Collection[str], *, only_missing: bool
) -> tuple[str, ...]:
    """Return the partitions for which a node is to run, and note that it has begun.

    Those are all of them; but after a run that failed in the middle, those whose outputs it did not save, or whose
    input has changed since. With other parameters, or other shared inputs, they are all of them again. Whether the
    function has changed is not asked: it was probably mended.

    Args:
        node: The node.
        partitions: Partition id -> data.
        catalog: The run's.
        in_memory: The datasets that only this run has.
        only_missing: Whether to run for those only whose outputs are not there, whoever saved them.
    """
    outputs = [catalog[name] for name in node.outputs]
    kept = [each for each in outputs if isinstance(each, PartitionedDataset)]
    if not kept or len(kept) < len(outputs) or any(name in in_memory for name in node.outputs):
        return tuple(partitions)  # nothing of it outlives a run, or nobody can tell
    if only_missing:
        there = [set(unfinished.found(each)) for each in kept]
        return tuple(part for part in partitions if not all(part in ids for ids in there))
    source = catalog[str(node.each)]
    given = unfinished.found(source) if isinstance(source, PartitionedDataset) else {}
    now = [unfinished.found(each) for each in kept]
    before = unfinished.read(kept[0], node.name)
    shared = _checksum(node, catalog)
    left = tuple(partitions)
    if before is not None and before.shared == shared and len(before.outputs) == len(kept):
        left = tuple(
            part
            for part in partitions
            if before.inputs.get(part) != given.get(part)
            or any(part not in ids or ids[part] == old.get(part) for ids, old in zip(now, before.outputs, strict=True))
        )
        redone = set(left)
        # What is done stays noted as done: its token differs from the old one, which was none where nothing was there.
        now = [
            {part: token for part, token in ids.items() if part in redone} | _only(old, partitions, redone)
            for ids, old in zip(now, before.outputs, strict=True)
        ]
    unfinished.write(kept[0], unfinished.Unfinished(node.name, shared, given, tuple(now)))
    return left


def finish(node: Node, catalog: DataCatalog) -> None:
    """Note that a node has run for all partitions."""
    for name in node.outputs:
        dataset = catalog[name]
        if isinstance(dataset, PartitionedDataset):
            unfinished.remove(dataset, node.name)
            return


def _only(old: Mapping[str, str], partitions: Mapping[str, Any], redone: set[str]) -> dict[str, str]:
    return {part: token for part, token in old.items() if part in partitions and part not in redone}


def _checksum(node: Node, catalog: DataCatalog) -> str:
    """Return what changes when the parameters of a node do, or an input that all partitions share."""
    given: dict[str, Any] = {}
    for name in node.inputs:
        if is_parameter(name):
            given[name] = catalog.load(name)
        elif name != node.each:
            given[name] = catalog[name].fingerprint()
    import hashlib  # it loads OpenSSL, which no import should cost

    return hashlib.sha256(json.dumps(given, sort_keys=True, default=repr).encode()).hexdigest()[:16]


class Gathered(AbstractDataset[Any, Any]):
    """Partitions in memory, saved some at a time by several threads, and loaded together."""

    _EPHEMERAL = True

    def __init__(self) -> None:
        """Hold none yet."""
        self._pieces: dict[str, Any] | None = None

    def _load(self) -> dict[str, Any]:
        if self._pieces is None:
            raise DatasetError(f"Nothing has been saved to '{self._name or 'Gathered'}' yet.")
        return {part: copied(data, None) for part, data in sorted(self._pieces.items())}

    def _save(self, data: Mapping[str, Any]) -> None:
        pieces = {part: copied(each, None) for part, each in data.items()}
        self._pieces = pieces if self._pieces is None else self._pieces
        self._pieces.update(pieces)

    def _exists(self) -> bool:
        return self._pieces is not None

    def _release(self) -> None:
        self._pieces = None

    def _describe(self) -> dict[str, Any]:
        return {"partitions": None if self._pieces is None else len(self._pieces)}
