"""The libraries that pickle: modules with the functions of Python's `pickle`."""

from __future__ import annotations

import importlib
from typing import Any

from tidemill.errors import DatasetConfigError
from tidemill.io.classes import install_command


def pickle_backend(name: str, *functions: str) -> Any:
    """Return the module of this name.

    Args:
        name: `pickle`, `joblib`, `cloudpickle` ...
        functions: What it must have.

    Raises:
        DatasetConfigError: It is not installed, cannot be imported, or has no such functions.
    """
    try:
        library = importlib.import_module(name)
    except ImportError as exc:
        missing = exc.name or name
        command = install_command(missing)
        lacks = "is" if name.startswith(missing) else f"needs {missing}, which is"
        why = f"{lacks} not installed: {command}" if command else f"cannot be imported: {exc}"
        raise DatasetConfigError(f"PickleDataset: the backend '{name}' {why}") from exc
    if not all(hasattr(library, each) for each in functions):
        wanted = " and ".join(f"`{each}`" for each in functions)
        raise DatasetConfigError(f"PickleDataset: the backend '{name}' has no {wanted} as pickle has.")
    return library
