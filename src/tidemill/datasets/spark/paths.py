"""How Spark spells a path."""

from __future__ import annotations

import os

#: The protocol that Hadoop knows for each of fsspec's that mean the same store.
_HADOOP = {"s3": "s3a", "s3n": "s3a", "gcs": "gs"}
_DBFS = "/dbfs/"


def without_dbfs(filepath: str) -> str:
    """Return `dbfs:/...` as the folder under which Databricks mounts it, where it does; otherwise with two slashes."""
    if not filepath.startswith("dbfs:/"):
        return filepath
    below = filepath.removeprefix("dbfs:").lstrip("/")
    return f"{_DBFS}{below}" if os.path.isdir(_DBFS) else f"dbfs:///{below}"


def spark_url(protocol: str, path: str) -> str:
    """Return the URL by which Spark reads and writes a path.

    Args:
        protocol: The filesystem's, as users write it; "file" for local disk.
        path: The path there, with or without its protocol; a local one may be relative.
    """
    if protocol == "file":
        full = os.path.abspath(path)
        return f"dbfs:/{full.removeprefix(_DBFS)}" if full.startswith(_DBFS) else f"file://{full}"
    below = path.removeprefix(f"{protocol}://")
    return f"{_HADOOP.get(protocol, protocol)}://{below}"
