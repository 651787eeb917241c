"""Manifest: the small JSON that commits a version and says where it came from."""

from __future__ import annotations

import functools
import json
import math
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timezone
from enum import Enum
from typing import Any

from tidemill.io.secrets.redaction import mask_url, redact
from tidemill.io.show import short_value

FORMAT = 1
WRITING, COMMITTED = "writing", "committed"
_REQUIRED = ("format", "version", "state")
_DATA = ("rows", "columns", "schema")
#: Python refuses to write out numbers of more than 4300 digits.
_MOST_BITS = 1 << 12
_MAPPINGS = ("writer", "run", "inputs", "parameters")


@dataclass(frozen=True)
class File:
    """One file of a version: its path inside the version's folder, its size, and `algorithm:digest`."""

    path: str
    bytes: int
    checksum: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """What is known of one version. Keys that this release does not know are kept in `more`."""

    version: str
    type: str = ""
    dataset: str | None = None
    state: str = COMMITTED
    saved_at: str = ""
    files: tuple[File, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    writer: Mapping[str, Any] = field(default_factory=dict)
    run: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    format: int = FORMAT
    more: Mapping[str, Any] = field(default_factory=dict)

    def committed(self, files: tuple[File, ...]) -> Manifest:
        """Return the manifest that commits these files, now."""
        return replace(self, state=COMMITTED, files=files, saved_at=_now())

    def to_json(self) -> str:
        """Return the manifest as indented JSON. Secrets are masked, and what JSON cannot hold is described."""
        required = {"format": self.format, "version": self.version, "state": self.state}
        optional = {
            "type": self.type,
            "dataset": self.dataset,
            "saved_at": self.saved_at,
            "files": [{"path": f.path, "bytes": f.bytes, "checksum": f.checksum, **f.more} for f in self.files],
            "writer": _plain(self.writer),
            "run": _plain(redact(self.run)),
            "inputs": _plain({name: mask_url(v) if isinstance(v, str) else v for name, v in self.inputs.items()}),
            "parameters": _plain(redact(self.parameters)),
            **_plain(self.data),
        }
        known = {key: each for key, each in optional.items() if each not in (None, "", [], {})}
        return json.dumps({**required, **known, **self.more}, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Manifest:
        """Return the manifest that a text holds.

        Raises:
            ValueError: The text is no manifest.
        """
        try:
            content = json.loads(text)
        except RecursionError:
            raise ValueError("nested too deep") from None
        if not isinstance(content, dict) or not content.keys() >= {*_REQUIRED}:
            raise ValueError(f"not a manifest: it has not all of {', '.join(_REQUIRED)}")
        known = {each.name for each in fields(cls)} - {"more", "data"}
        values = {key: content.pop(key) for key in known & content.keys()}
        kinds = {**dict.fromkeys(("version", "state"), str), **dict.fromkeys(_MAPPINGS, dict)}
        wrong = [key for key, kind in kinds.items() if key in values and not isinstance(values[key], kind)]
        if wrong:
            raise ValueError(f"not a manifest: {' and '.join(wrong)} should be something else")
        values["files"] = _files(values.get("files", []))
        return cls(**values, data={key: content.pop(key) for key in _DATA if key in content}, more=content)


def _files(listed: Any) -> tuple[File, ...]:
    try:
        return tuple(
            File(
                str(each["path"]),
                int(each["bytes"]),
                each.get("checksum"),
                {key: value for key, value in each.items() if key not in {"path", "bytes", "checksum"}},
            )
            for each in listed
        )
    except (KeyError, TypeError, AttributeError) as exc:
        raise ValueError("not a manifest: `files` is no list of paths and sizes") from exc


def _plain(value: Any) -> Any:
    """Return what JSON holds in the place of a value; a save must not fail because of a parameter."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(each) for each in value]
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, int):
        return value if value.bit_length() <= _MOST_BITS else short_value(value)
    if value is None or isinstance(value, str) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, (float, date, os.PathLike)) or type(value).__module__ in {"decimal", "uuid"}:
        return str(value)
    if getattr(value, "ndim", None) == 0 and hasattr(value, "item"):  # numpy's numbers
        return _plain(value.item())
    return short_value(value)


def writer() -> dict[str, Any]:
    """Return who writes: releases of Tidemill and Python."""
    return {"tidemill": _release(), "python": ".".join(map(str, sys.version_info[:3]))}


@functools.cache
def _release() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("tidemill")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "unknown"


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
