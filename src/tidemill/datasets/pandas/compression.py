"""Which compression a file's name asks for, where pandas is given the open file instead of its name."""

from __future__ import annotations

import os
from typing import Any

_BY_SUFFIX = {".gz": "gzip", ".bz2": "bz2", ".zip": "zip", ".xz": "xz", ".zst": "zstd", ".tar": "tar"}


def with_compression(arguments: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the arguments with the `compression` that pandas would infer from the file's name.

    Args:
        arguments: What is handed to pandas; a `compression` in it other than "infer" is kept.
        name: The name of the file.
    """
    if arguments.get("compression", "infer") != "infer":
        return arguments
    found = _BY_SUFFIX.get(os.path.splitext(name)[1].lower())
    if found is None and "compression" not in arguments:
        return arguments
    return {**arguments, "compression": found}
