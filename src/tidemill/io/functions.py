"""LambdaDataset: a dataset from functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.dataset import AbstractDataset

if TYPE_CHECKING:
    from collections.abc import Callable


class LambdaDataset(AbstractDataset[Any, Any]):
    """A dataset whose loading and saving are two functions."""

    def __init__(
        self,
        load: Callable[[], Any] | None,
        save: Callable[[Any], None] | None = None,
        exists: Callable[[], bool] | None = None,
        release: Callable[[], None] | None = None,
        metadata: Any = None,
    ) -> None:
        """Hold the functions.

        Args:
            load: Returns the data; None if it cannot be loaded.
            save: Takes the data; None if it cannot be saved.
            exists: Tells whether there is something to load.
            release: Forgets what is cached.
            metadata: Anything; Tidemill does not look at it.

        Raises:
            DatasetConfigError: One of them cannot be called.
        """
        for name, function in (("load", load), ("save", save), ("exists", exists), ("release", release)):
            if function is not None and not callable(function):
                raise DatasetConfigError(
                    f"LambdaDataset: `{name}` must be a function, or left out, not {type(function).__name__}."
                )
        self._functions = {"load": load, "save": save, "exists": exists, "release": release}
        self.metadata = metadata

    def _load(self) -> Any:
        return self._function("load")()

    def _save(self, data: Any) -> None:
        self._function("save")(data)

    def _exists(self) -> bool:
        return super()._exists() if self._functions["exists"] is None else bool(self._function("exists")())

    def _release(self) -> None:
        if self._functions["release"] is not None:
            self._function("release")()

    def _describe(self) -> dict[str, Any]:
        return {name: function for name, function in self._functions.items() if function is not None}

    def _function(self, name: str) -> Callable[..., Any]:
        function = self._functions[name]
        if function is None:
            raise DatasetError(f"'{self._name or 'LambdaDataset'}' has no `{name}` function. Give it one.")
        return function
