"""Where a session keeps what it notes of itself: nowhere, in a JSON file, or in a shelf."""

from __future__ import annotations

import json
import os
from collections import UserDict
from pathlib import Path
from typing import Any

from tidemill.io.paths import check_inside


class BaseSessionStore(UserDict[str, Any]):
    """Keeps what a session notes as long as the session lives. Others inherit, and write `read` and `save`."""

    def __init__(self, path: str, session_id: str) -> None:
        """Read what is there already.

        Args:
            path: The folder for the files of all sessions.
            session_id: Which session it is for.
        """
        self._path, self._session_id = str(path), session_id
        super().__init__(self.read())

    def read(self) -> dict[str, Any]:
        """Return what was saved of this session before."""
        return {}

    def save(self) -> None:
        """Save what is noted; here, nothing is."""

    def _file(self, name: str) -> Path:
        """Return a file of this session, in its folder."""
        return Path(self._path, check_inside("session id", self._session_id, folder=self._path, nested=False), name)


class JSONStore(BaseSessionStore):
    """Keeps what a session notes in `<path>/<session_id>/session.json`; what JSON cannot hold, as its text."""

    def read(self) -> dict[str, Any]:
        """Return what was saved of this session before."""
        try:
            text = self._file("session.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        found = json.loads(text)
        return found if isinstance(found, dict) else {}

    def save(self) -> None:
        """Save what is noted, whole or not at all."""
        file = self._file("session.json")
        file.parent.mkdir(parents=True, exist_ok=True)
        written = file.with_name(f".{file.name}.{os.getpid()}.tmp")
        written.write_text(json.dumps(self.data, default=str, indent=1), encoding="utf-8")
        os.replace(written, file)


class ShelveStore(BaseSessionStore):
    """Keeps what a session notes in `<path>/<session_id>/store`, a shelf of Python's. Reading it unpickles."""

    def read(self) -> dict[str, Any]:
        """Return what was saved of this session before."""
        import dbm
        import shelve

        try:
            with shelve.open(str(self._file("store")), flag="r") as shelf:  # noqa: S301 - what a session of ours wrote
                return dict(shelf)
        except dbm.error:
            return {}

    def save(self) -> None:
        """Save what is noted."""
        import shelve

        file = self._file("store")
        file.parent.mkdir(parents=True, exist_ok=True)
        with shelve.open(str(file)) as shelf:  # noqa: S301 - as above
            for key in shelf.keys() - self.data.keys():
                del shelf[key]
            shelf.update(self.data)
