"""Saves that change some files of a folder on local disk, all of them at once."""

from __future__ import annotations

import fnmatch
import os

from tidemill.io.commit import journal


class AddedFiles:
    """New files for a folder, invisible until they are moved into it; what is there is not copied.

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
        folders = {os.path.dirname(each) for each in journal.files_below(self.path)} - {""}
        return [
            os.path.join(self._name, each)
            for each in journal.files_below(self._target)
            if os.path.dirname(each) in folders
        ]


class MatchingFiles:
    """The files of a folder that match a pattern, replaced by others that do."""

    def __init__(self, pattern: str) -> None:
        """Begin.

        Args:
            pattern: Where a library writes them: `<folder>/tides-*.csv`. Only its last part is a pattern.
        """
        self._folder, self._pattern = os.path.split(os.path.abspath(pattern))
        self._new = journal.Replacement(self._folder)
        self.path = self._new.path(self._pattern)

    def publish(self) -> None:
        """Make those that were written current, and the others go; a crash in the middle is rolled forward."""
        if os.listdir(os.path.dirname(self.path)):
            self._new.commit(self._old)
        self.abort()

    def abort(self) -> None:
        """Leave the files as they were."""
        self._new.abort()

    def _old(self) -> list[str]:
        return fnmatch.filter(os.listdir(self._folder), self._pattern)
