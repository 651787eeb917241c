"""CachedDataset: another dataset, loaded once and kept in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from tidemill.errors import DatasetConfigError
from tidemill.io.dataset import AbstractDataset
from tidemill.io.memory import MemoryDataset

if TYPE_CHECKING:
    from tidemill.io.versions import Version


class CachedDataset(AbstractDataset[Any, Any]):
    """A dataset that keeps what was last loaded or saved in memory until `release`."""

    _SINGLE_PROCESS: ClassVar[bool] = True
    #: The argument whose definition says whether this dataset is versioned too.
    _WRAPS: ClassVar[str] = "dataset"

    def __init__(
        self,
        dataset: AbstractDataset[Any, Any] | Mapping[str, Any],
        version: Version | None = None,
        copy_mode: str | None = None,
        metadata: Any = None,
    ) -> None:
        """Wrap a dataset.

        Args:
            dataset: The dataset, or its definition, which says whether it is versioned.
            version: Which version of the wrapped dataset to load and save.
            copy_mode: As of MemoryDataset.
            metadata: Anything; Tidemill does not look at it.

        Raises:
            DatasetConfigError: It is neither a dataset nor a definition.
        """
        if isinstance(dataset, Mapping):
            definition = {**dataset, "versioned": True} if version else dataset
            self._dataset = self.from_config("dataset", definition, *(version or ()))
            self._dataset._name = None
        elif isinstance(dataset, AbstractDataset):
            self._dataset = dataset
        else:
            raise DatasetConfigError(
                f"CachedDataset: `dataset` must be a dataset or its definition, not {type(dataset).__name__}."
            )
        self._cache = MemoryDataset(copy_mode=copy_mode)
        self.metadata = metadata

    def _load(self) -> Any:
        if self._cache.exists():
            return self._cache.load()
        data = self._named().load()
        if data is not None:
            self._cache.save(data)
        return data

    def _save(self, data: Any) -> None:
        self._named().save(data)
        self._cache.save(data)

    def _exists(self) -> bool:
        return self._cache.exists() or self._named().exists()

    def _release(self) -> None:
        self._cache.release()
        self._named().release()

    def fingerprint(self) -> str | None:
        """Return what identifies the data of the wrapped dataset."""
        return self._named().fingerprint()

    def _named(self) -> AbstractDataset[Any, Any]:
        """Return the wrapped dataset, which goes by the name of this one where it has none."""
        if self._dataset._name is None:
            self._dataset._name = self._name
        return self._dataset

    def _describe(self) -> dict[str, Any]:
        return {"dataset": self._dataset, "cache": self._cache}

    def __repr__(self) -> str:
        kept = ", kept" if self._cache.exists() else ""
        return f"CachedDataset({self._dataset!r}{kept})"

    def __getstate__(self) -> dict[str, Any]:
        """Leave the data here: another process loads it itself."""
        return {**vars(self), "_cache": MemoryDataset(copy_mode=self._cache._copy_mode)}


def uncached(dataset: Any) -> Any:
    """Return the dataset that a CachedDataset keeps in memory, which has the files and versions; others themselves."""
    while isinstance(dataset, CachedDataset):
        dataset = dataset._dataset
    return dataset
