"""The text of a query: written in the catalog, or in a file on any filesystem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.datasets.text import TextDataset
from tidemill.errors import DatasetConfigError

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping


class QueryText:
    """A query, read when it is asked for."""

    def __init__(
        self,
        owner: str,
        sql: str | None,
        filepath: str | os.PathLike[str] | None,
        fs_args: Mapping[str, Any] | None = None,
        encoding: str | None = None,
    ) -> None:
        """Set where it stands.

        Args:
            owner: Whose query it is, for messages.
            sql: The query, or nothing.
            filepath: The file it is in, or nothing.
            fs_args: Options for the filesystem, its credentials among them; `open_args_load` in it goes to `open`.
            encoding: Of the file; UTF-8 if left out.

        Raises:
            DatasetConfigError: There is none, or two.
        """
        if bool(sql) == bool(filepath):
            both = "cannot have both" if sql else "needs"
            raise DatasetConfigError(
                f"{owner} {both} `sql`, a query, {'and' if sql else 'or'} `filepath`, a file with one."
            )
        self._sql = sql
        self._file: TextDataset | None = None
        if filepath:
            options = dict(fs_args or {})
            if encoding:
                options["open_args_load"] = {**(options.get("open_args_load") or {}), "encoding": encoding}
            self._file = TextDataset(filepath, fs_args=options)

    def text(self) -> str:
        """Return the query."""
        return self._file.load() if self._file is not None else str(self._sql)

    def exists(self) -> bool:
        """Tell whether it can be read."""
        return self._file is None or self._file.exists()

    def described(self) -> dict[str, Any]:
        """Return what a dataset shows of it."""
        return {"sql": self._sql} if self._file is None else {"filepath": self._file._describe()["filepath"]}
