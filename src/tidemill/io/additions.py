"""AddedFiles: the files of one save that join those of a folder, all at once."""

from __future__ import annotations

import os

from tidemill.io import journal


class AddedFiles:
    """New files for a folder on local disk, invisible until they are moved into it; what is there is not copied.

    For writers whose files have names of their own: those that append, or that overwrite some partitions.
    """

    def __init__(self, target: str, *, replaces_partitions: bool) -> None:
        """Begin.

        Args:
            target: The folder.
            replaces_partitions: Whether the files that were beside a new one, in the folder of its partition, go.
        """
        base, self._name = os.path.split(os.path.realpath(target))
        self._target, self._replaces = os.path.join(base, self._name), replaces_partitions
        self._new = journal.Replacement(base)
        self.path = self._new.path(self._name)

    def publish(self) -> None:
        """Move them; a crash in the middle is rolled forward by who comes next."""
        if os.path.isdir(self.path):
            self._new.commit(self._old)
        self.abort()

    def abort(self) -> None:
        """Leave the folder as it was."""
        self._new.abort()

    def _old(self) -> list[str]:
        if not self._replaces:
            return []
        folders = {os.path.dirname(each) for each in self._files} - {""}
        return [
            os.path.join(self._name, each)
            for each in journal.files_below(self._target)
            if os.path.dirname(each) in folders
        ]

    @property
    def _files(self) -> list[str]:
        return journal.files_below(self.path)
