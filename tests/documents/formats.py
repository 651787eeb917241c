"""The formats of the table that a test can make of a path alone."""

from __future__ import annotations

import inspect

from tidemill.datasets import DATASETS, find
from tidemill.io.classes import is_installed
from tidemill.io.versioned import AbstractVersionedDataset


def of_a_path() -> list[str]:
    """Those whose library is here, which keep versions and need to be told nothing but where."""
    return [name for name, row in DATASETS.items() if all(map(is_installed, row.needs)) and _needs_a_path(find(name))]


def _needs_a_path(kind: type) -> bool:
    parameters = inspect.signature(kind).parameters.values()
    required = {each.name for each in parameters if each.default is each.empty and each.kind is not each.VAR_KEYWORD}
    return issubclass(kind, AbstractVersionedDataset) and required == {"filepath"}
