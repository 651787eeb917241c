"""What a node that runs for each partition had before it, kept beside its output until all partitions are done.

A partition is done when it is there and is not the one that was there before. So one file written at the beginning and
removed at the end is enough, and a crash anywhere in between loses nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from tidemill.io.paths import is_hidden, join

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemill.io.partitioned import PartitionedDataset


class Unfinished(NamedTuple):
    """The state when a node began."""

    node: str
    #: A checksum of what all partitions share: parameters and other inputs.
    shared: str
    #: Partition id -> what tells one content from another.
    inputs: Mapping[str, str]
    outputs: tuple[Mapping[str, str], ...]


def found(dataset: PartitionedDataset) -> dict[str, str]:
    """Return partition id -> what tells its content from another, for all that are there now, by one listing."""
    fs, root, suffix = dataset._fs, dataset._root.rstrip("/"), dataset._filename_suffix  # noqa: SLF001
    fs.invalidate_cache(root)
    try:
        details = fs.find(root, detail=True)
    except FileNotFoundError:
        return {}
    cut = -len(suffix) or None
    ids = {path[len(root) + 1 :][:cut]: facts for path, facts in details.items() if path.endswith(suffix)}
    return {part: _token(facts) for part, facts in ids.items() if not is_hidden(part + suffix)}


def read(dataset: PartitionedDataset, node: str) -> Unfinished | None:
    """Return what a run left that did not come to its end, or None."""
    try:
        content = json.loads(dataset._fs.cat_file(_path(dataset, node)))  # noqa: SLF001
        return Unfinished(content["node"], content["shared"], content["inputs"], tuple(content["outputs"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):  # torn by a crash while it was written: then no partition was done
        return None


def write(dataset: PartitionedDataset, state: Unfinished) -> None:
    """Keep it."""
    fs, path = dataset._fs, _path(dataset, state.node)  # noqa: SLF001
    fs.makedirs(path.rpartition("/")[0], exist_ok=True)
    fs.pipe_file(path, json.dumps(state._asdict(), indent=0).encode())


def remove(dataset: PartitionedDataset, node: str) -> None:
    """Forget it: the node is done."""
    fs, path = dataset._fs, _path(dataset, node)  # noqa: SLF001
    try:
        fs.rm_file(path)
    except FileNotFoundError:
        return
    fs.invalidate_cache(path.rpartition("/")[0])


def _path(dataset: PartitionedDataset, node: str) -> str:
    """Return a name that no listing of partitions shows."""
    import hashlib  # it loads OpenSSL, which no import should cost

    name = hashlib.sha256(node.encode()).hexdigest()[:12]
    return join(dataset._root, f".tidemill-node.{name}.tmp")  # noqa: SLF001


def _token(facts: Mapping[str, Any]) -> str:
    keys: tuple[str, ...] = ("ino", "size", "mtime")
    if "ino" not in facts:
        keys = ("ETag", "etag", "size", "mtime", "LastModified", "last_modified", "updated", "created")
    return ",".join(f"{key}={facts[key]}" for key in keys if facts.get(key) is not None)
