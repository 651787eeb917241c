"""The libraries that pickle: modules with the functions of Python's `pickle`."""

from __future__ import annotations

import importlib
from typing import Any

from tidemill.errors import DatasetConfigError


def pickle_backend(name: str, *functions: str) -> Any:
    """Return the module of this name.

    Args:
        name: `pickle`, `joblib`, `cloudpickle` ...
        functions: What it must have.

    Raises:
        DatasetConfigError: It is not installed, or has no such functions.
    """
    try:
        library = importlib.import_module(name)
    except ImportError as exc:
        package = name.partition(".")[0].replace("_", "-")
        raise DatasetConfigError(
            f"PickleDataset: the backend '{name}' is not installed: pip install {package}"
        ) from exc
    if not all(hasattr(library, each) for each in functions):
        wanted = " and ".join(f"`{each}`" for each in functions)
        raise DatasetConfigError(f"PickleDataset: the backend '{name}' has no {wanted} as pickle has.")
    return library
