"""The datasets of a catalog as attributes, `catalog.datasets.cars`: an older way to name them, kept for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetNotFoundError
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from tidemill.catalog.catalog import DataCatalog
    from tidemill.io.dataset import AbstractDataset


class Attributes:
    """Attribute -> dataset. What cannot stand in an attribute's name is written as `__`: `params__a`."""

    def __init__(self, catalog: DataCatalog) -> None:
        """Show a catalog."""
        self._catalog = catalog

    def __getattr__(self, name: str) -> AbstractDataset[Any, Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        found = (
            name if name in self._catalog else next((each for each in self._catalog if _written(each) == name), None)
        )
        if found is None:
            near = did_you_mean(name, [_written(each) for each in self._catalog])
            raise AttributeError(str(DatasetNotFoundError(f"The catalog has no dataset {name!r}{near or '.'}")))
        return self._catalog[found]

    def __dir__(self) -> list[str]:
        return sorted(map(_written, self._catalog))


def _written(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter == "_" else "__" for letter in name)
