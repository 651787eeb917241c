"""Paths that are written straight to: where what appears appears whole, or where nothing can be staged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.io.paths import join

if TYPE_CHECKING:
    from tidemill.io.manifest import Manifest


class DirectPath:
    """An unversioned path: an object that appears whole when its upload ends, a device, a pipe."""

    def __init__(self, path: str) -> None:
        """Begin.

        Args:
            path: Where the dataset writes.
        """
        self.path = path

    def publish(self) -> None:
        """Do nothing more: the data is there."""

    def abort(self) -> None:
        """Do nothing more: an upload that failed left nothing."""


class UnknownVersion:
    """A version on a filesystem that only the dataset's own functions know: written straight to its path."""

    def __init__(self, root: str, name: str, version: str) -> None:
        """Begin.

        Args:
            root: The folder of the versions.
            name: What the version's data is called.
            version: The version's name, known to be free.
        """
        self.version, self.path = version, join(root, version, name)

    def publish(self, manifest: Manifest) -> str:  # noqa: ARG002 - there is nowhere to put it
        """Return the version's name."""
        return self.version

    def is_written(self) -> bool:
        """Take it that the dataset has written."""
        return True

    def abort(self) -> None:
        """Leave what was written: nothing here can remove it."""
