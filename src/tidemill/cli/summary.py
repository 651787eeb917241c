"""What a run did, in a dozen lines: what was written, what was skipped, what stayed in memory only."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from tidemill.cli.columns import readable_size
from tidemill.errors import DatasetError
from tidemill.io.cached import uncached
from tidemill.io.versioned import AbstractVersionedDataset
from tidemill.runner.resume import is_kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.history.records import NodeRecord
    from tidemill.pipeline.pipeline import Pipeline

_SHOWN, _NAMES, _WIDEST = 7, 4, 40


class Written(NamedTuple):
    """A dataset that was written."""

    name: str
    version: str
    size: str
    seconds: float


def summary(
    pipeline: Pipeline,
    catalog: DataCatalog,
    records: Mapping[str, NodeRecord],
    seconds: float,
    partitions: Mapping[str, int] | None = None,
) -> list[str]:
    """Return the lines.

    Args:
        pipeline: What was asked for.
        catalog: The user's.
        records: Node -> how it ended; of nodes that had not to run, none.
        seconds: How long it took.
        partitions: Node -> for how many partitions it was called, of those that are called for each.
    """
    parts = partitions or {}
    done = [node for node in pipeline.graph.nodes if node.name in records and records[node.name].outcome == "done"]
    saved = [(name, records[node.name].seconds, parts.get(node.name)) for node in done for name in node.outputs]
    outlives = is_kept(catalog)
    kept = [each for each in saved if outlives(each[0])]
    memory = [name for name, *_ in saved if not outlives(name)]
    skipped = [node.name for node in pipeline.graph.nodes if node.name not in records]
    lines = [f"Done: {len(done)} node{'s' * (len(done) != 1)} in {seconds:.1f} s"]
    if kept:
        lines.append("Written:")
        lines += _table([written(catalog, *each) for each in kept[:_SHOWN]])
        lines += [f"  and {len(kept) - _SHOWN} more"] if len(kept) > _SHOWN else []
    if memory:
        lines.append(f"In memory only, gone now: {_some(memory)}")
    if skipped:
        lines.append(f"Skipped, nothing of theirs is missing: {_some(skipped)}")
    return lines


def written(catalog: DataCatalog, name: str, seconds: float, partitions: int | None = None) -> Written:
    """Return what there is to say of a dataset that was written."""
    dataset = uncached(catalog[name])
    version = size = ""
    if isinstance(dataset, AbstractVersionedDataset):
        try:
            version = dataset.resolve_save_version() or ""
            found = _size(dataset, version)
            size = "" if found is None else readable_size(found)
        except (DatasetError, OSError, NotImplementedError):
            pass  # saved, and cannot be looked at: by rights that only write, or a store of its own kind
    elif partitions is not None:
        size = f"{partitions:,} partition{'s' * (partitions != 1)}"
    return Written(name, version, size, seconds)


def _size(dataset: AbstractVersionedDataset[Any, Any], version: str) -> int | None:
    if version:
        manifest = dataset.manifest(version)
        return None if manifest is None else sum(each.bytes for each in manifest.files)
    path = str(vars(dataset)["_filepath"])
    if vars(dataset).get("_protocol", "file") != "file":
        fs: Any = getattr(dataset, "_fs", None)
        return None if fs is None else fs.info(path).get("size")
    if not os.path.isdir(path):
        return os.stat(path).st_size
    return sum(os.stat(os.path.join(folder, each)).st_size for folder, _, files in os.walk(path) for each in files)


def _table(rows: list[Written]) -> list[str]:
    widths = [max(len(_cut(row.name)) for row in rows), max(len(row.version) for row in rows)]
    widths.append(max(len(row.size) for row in rows))
    return [
        "  "
        + "  ".join(
            part
            for part, width in (
                (f"{_cut(row.name):<{widths[0]}}", 1),
                (f"{row.version:<{widths[1]}}", widths[1]),
                (f"{row.size:>{widths[2]}}", widths[2]),
                (f"{row.seconds:.1f} s", 1),
            )
            if width
        )
        for row in rows
    ]


def _cut(name: str) -> str:
    return name if len(name) <= _WIDEST else f"{name[: _WIDEST - 3]}..."


def _some(names: list[str]) -> str:
    shown = ", ".join(_cut(name) for name in names[:_NAMES])
    return shown + (f" and {len(names) - _NAMES} more" if len(names) > _NAMES else "")
