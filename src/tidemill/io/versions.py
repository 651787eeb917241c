"""Versions: their names, made so that the order of the names is the order of the saves."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

from tidemill.io.threadlock import ThreadLock

if TYPE_CHECKING:
    from collections.abc import Collection

_FORMAT = "%Y-%m-%dT%H.%M.%S"
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d\.\d{3}Z")
_LOCK = ThreadLock()
_LATEST = [""]


class Version(NamedTuple):
    """Which version to load and which to save; None means the latest, and a new one."""

    load: str | None = None
    save: str | None = None


class Wanted(NamedTuple):
    """The version that a save is to make: its name, whether no other will do, and whether something has that name."""

    version: str
    fixed: bool
    seen: bool = True


def generate_timestamp() -> str:
    """Return the name of a version made now: `YYYY-MM-DDThh.mm.ss.sssZ`, in UTC.

    A process never gets the same name twice, nor one that sorts before another it got: a name that was given away is
    followed by that of the next millisecond.
    """
    with _LOCK:
        now = _name(datetime.now(timezone.utc))
        _LATEST[0] = now if now > _LATEST[0] else next_timestamp(_LATEST[0])
        return _LATEST[0]


def timestamp_after(names: Collection[str]) -> str:
    """Return the name of a version made now, or one that sorts after all timestamps among these if a clock is behind.

    Names that are no timestamps may still sort after it.
    """
    last = max(names, default="")
    if not _TIMESTAMP.fullmatch(last):  # most often it is, and the others need no look
        last = max(filter(_TIMESTAMP.fullmatch, names), default="")
    now = generate_timestamp()
    return now if now > last else max(now, next_timestamp(last))


def next_timestamp(version: str) -> str:
    """Return the name one millisecond later, or now's where the version is no timestamp."""
    if not _TIMESTAMP.fullmatch(version):
        return generate_timestamp()
    moment = datetime.strptime(version[:-5], _FORMAT).replace(tzinfo=timezone.utc)
    try:
        return _name(moment + timedelta(milliseconds=int(version[-4:-1]) + 1))
    except OverflowError:  # somebody named a version after the end of time
        return generate_timestamp()


def _name(moment: datetime) -> str:
    return f"{moment.strftime(_FORMAT)}.{moment.microsecond // 1000:03d}Z"
