"""Manifest: the small JSON that commits a version and says where it came from."""

from __future__ import annotations

import functools
import json
import sys
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from tidemill.io.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = 1
WRITING, COMMITTED = "writing", "committed"


@dataclass(frozen=True)
class File:
    """One file of a version: its path inside the version's folder, its size, and `algorithm:digest`."""

    path: str
    bytes: int
    checksum: str | None = None


@dataclass(frozen=True)
class Manifest:
    """What is known of one version. Keys that this release does not know are kept in `more`."""

    version: str
    type: str
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
        """Return the manifest as indented JSON; secrets among the parameters are masked."""
        content = {key: value for key, value in asdict(self).items() if key != "more" and value not in (None, {}, "")}
        content["parameters"] = redact(content.get("parameters", {}))
        content["run"] = redact(content.get("run", {}))
        data = content.pop("data", {})
        ordered = {"format": content.pop("format"), **content, **data, **self.more}
        return json.dumps({k: v for k, v in ordered.items() if v not in ({}, None)}, indent=1, default=str) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Manifest:
        """Return the manifest that a text holds.

        Raises:
            ValueError: The text is no manifest.
        """
        content = json.loads(text)
        if not isinstance(content, dict) or not {"format", "version", "state"} <= content.keys():
            raise ValueError("not a manifest: 'format', 'version' and 'state' are missing")
        known = {each.name for each in fields(cls)} - {"more", "data"}
        values = {key: content.pop(key) for key in known & content.keys()}
        values["files"] = tuple(
            File(str(each["path"]), int(each["bytes"]), each.get("checksum")) for each in values.get("files", ())
        )
        values.setdefault("type", "")
        data = {key: content.pop(key) for key in ("rows", "columns", "schema") if key in content}
        return cls(**values, data=data, more=content)


def writer() -> dict[str, Any]:
    """Return who writes: releases of Tidemill and Python."""
    return {"tidemill": _release(), "python": ".".join(map(str, sys.version_info[:3]))}


@functools.cache
def _release() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - slow to import, needed once

    try:
        return version("tidemill")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "unknown"


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
