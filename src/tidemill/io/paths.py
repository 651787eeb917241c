"""Protocol and path: what a filepath names, joined and kept inside its folder."""

from __future__ import annotations

import os
import re
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.redaction import mask_url

if TYPE_CHECKING:
    from tidemill.io.versions import Version

HTTP_PROTOCOLS = ("http", "https")
LOCAL_PROTOCOLS = ("file", "local")
#: Names of ours beside the data: staging folders, and files that are not whole yet.
STAGING = ".tidemill"
MANIFEST = ".manifest.json"
_UNFINISHED = re.compile(r"^\..+\.[0-9a-f]{12}\.tmp$")
_PROTOCOL = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]*(?:::[A-Za-z][A-Za-z0-9+.\-]*)*)://(.*)$", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def get_protocol_and_path(filepath: str | os.PathLike[str], version: Version | None = None) -> tuple[str, str]:
    """Split a filepath into the protocol of its filesystem and the path there.

    `s3://bucket/key` is `("s3", "bucket/key")`; a path without a protocol is `("file", path)`. User names and
    passwords of a URL are left out of the path of every protocol but HTTP, where the host needs them.

    Raises:
        DatasetError: A version is given and the protocol is HTTP(S), which cannot keep versions.
    """
    text = os.fspath(filepath)
    found = _PROTOCOL.match(text)
    if found is None:
        return "file", text
    protocol, path = found[1].lower(), found[2]
    if protocol in LOCAL_PROTOCOLS:
        return "file", path
    if protocol in HTTP_PROTOCOLS:
        if version is not None:
            raise DatasetError(
                f"HTTP(S) cannot keep versions: {mask_url(text)}. Drop `versioned: true`, or copy the data to a store "
                "that can be written."
            )
        return protocol, path
    if protocol in {"abfs", "abfss"} or "::" in protocol:  # container@account, and chains, mean something else
        return protocol, path
    host, slash, rest = path.partition("/")
    return protocol, host.rpartition("@")[2] + slash + rest


def get_filepath_str(raw_path: PurePath | str, protocol: str) -> str:
    """Return the path as the filesystem of this protocol wants it: HTTP needs its protocol, others do not."""
    path = raw_path.as_posix() if isinstance(raw_path, PurePath) else str(raw_path)
    return f"{protocol}://{path}" if protocol in HTTP_PROTOCOLS else path


def full_path(path: PurePath | str, protocol: str) -> str:
    """Return a filepath that names its protocol, except on local disk."""
    return str(path) if protocol == "file" else f"{protocol}://{path}"


def join(folder: str, *parts: str) -> str:
    """Join with forward slashes, whatever ends with one."""
    return "/".join([folder.rstrip("/") or folder, *(part.strip("/") for part in parts)])


def is_hidden(relative: str) -> bool:
    """Tell whether a path below a folder of data is one of ours: staging, unfinished, or a manifest."""
    if "." not in relative:
        return False
    parts = relative.split("/")
    return STAGING in parts or parts[-1] == MANIFEST or _UNFINISHED.match(parts[-1]) is not None


def check_inside(kind: str, name: object, *, folder: str, nested: bool = True) -> str:
    """Return a version's or partition's name if it stays inside its folder.

    Args:
        kind: What it is, for the message: "version" or "partition id".
        name: What the user gave.
        folder: Where it belongs, for the message.
        nested: Whether the name may contain slashes.

    Raises:
        DatasetConfigError: It is no string, empty, absolute, climbs out, or is a name of Tidemill's own.
    """
    if not isinstance(name, str):
        raise DatasetConfigError(f"The {kind} {name!r} is a {type(name).__name__}; it must be a string, for {folder}.")
    parts = name.split("/")
    if not name or name.startswith("/") or {"..", "."} & {*parts} or "" in parts[:-1] or _CONTROL.search(name):
        raise DatasetConfigError(
            f"The {kind} {name!r} would leave its folder {folder}. Use a relative name without '..', '.' or '//'."
        )
    if (not nested and len(parts) > 1) or "\\" in name:
        raise DatasetConfigError(f"The {kind} {name!r} contains a slash, which cannot be part of it.")
    if STAGING in parts or parts[-1] == MANIFEST or (not nested and name.startswith(".")):
        raise DatasetConfigError(f"The {kind} {name!r} is a name that Tidemill keeps for itself. Choose another.")
    return name


def as_pure(path: Any) -> PurePath:
    """Return a path object, POSIX where only a string was given."""
    return path if isinstance(path, PurePath) else PurePosixPath(os.fspath(path))
