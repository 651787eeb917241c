"""LiveCatalog: a catalog to work with interactively, that always sees the latest and saves as often as one likes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.catalog.catalog import DataCatalog
from tidemill.io.cached import uncached
from tidemill.io.versioned import AbstractVersionedDataset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self

    from tidemill.io.dataset import AbstractDataset


class LiveCatalog(DataCatalog):
    """A catalog whose versioned datasets load what is newest at that moment, and save a new version each time.

    A version that was pinned with `load_versions` stays the one that is loaded.
    """

    @classmethod
    def from_config(
        cls,
        catalog: Mapping[str, Any] | None,
        credentials: Mapping[str, Any] | None = None,
        load_versions: Mapping[str, str] | None = None,
        save_version: str | None = None,
    ) -> Self:
        """Make a catalog from definitions, as `DataCatalog.from_config` does; by default each save has its version."""
        made = super().from_config(catalog, credentials, load_versions, save_version)
        made._specs.save_version = save_version  # noqa: SLF001 - of this very class
        return made

    def load(self, name: str, version: str | None = None, **load_args: Any) -> Any:
        """Return the data of a dataset: its latest version."""
        self._dataset(name)
        return super().load(name, version, **load_args)

    def save(self, name: str, data: Any) -> None:
        """Save data to a dataset: a new version."""
        self._dataset(name)
        super().save(name, data)

    def _dataset(self, name: str) -> AbstractDataset[Any, Any]:
        """Return the dataset of this name, which looks for its newest version again."""
        found = super()._dataset(name)
        _forget(found)
        return found


def _forget(dataset: AbstractDataset[Any, Any]) -> None:
    """Let a dataset look for its newest version again; one that has no versions keeps what it has."""
    versioned = uncached(dataset)
    if isinstance(versioned, AbstractVersionedDataset) and versioned._version:  # noqa: SLF001 - authors know it
        dataset.release()
