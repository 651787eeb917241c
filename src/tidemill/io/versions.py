"""Versions: their names, made so that the order of the names is the order of the saves."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

_FORMAT = "%Y-%m-%dT%H.%M.%S"
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d\.\d{3}Z")


class Version(NamedTuple):
    """Which version to load and which to save; None means the latest, and a new one."""

    load: str | None = None
    save: str | None = None


def generate_timestamp() -> str:
    """Return the name of a version made now: `YYYY-MM-DDThh.mm.ss.sssZ`, in UTC."""
    return _name(datetime.now(timezone.utc))


def next_timestamp(version: str) -> str:
    """Return the name one millisecond later, or now's where the version is no timestamp."""
    if not _TIMESTAMP.fullmatch(version):
        return generate_timestamp()
    moment = datetime.strptime(version[:-5], _FORMAT).replace(tzinfo=timezone.utc)
    return _name(moment + timedelta(milliseconds=int(version[-4:-1]) + 1))


def _name(moment: datetime) -> str:
    return f"{moment.strftime(_FORMAT)}.{moment.microsecond // 1000:03d}Z"
