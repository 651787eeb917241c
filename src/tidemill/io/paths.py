"""Protocol and path: what a filepath names, joined and kept inside its folder."""

from __future__ import annotations

import os
import re
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetConfigError
from tidemill.io.secrets.redaction import mask_url

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

    from tidemill.io.versions import Version

HTTP_PROTOCOLS = ("http", "https")
LOCAL_PROTOCOLS = ("file", "local")
#: Names of ours beside the data: staging folders, and files that are not whole yet.
STAGING = ".tidemill"
MANIFEST = ".manifest.json"
_UNFINISHED = re.compile(r"^\..+\.[0-9a-f]{12}\.tmp$")
_PROTOCOL = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]*(?:::[A-Za-z][A-Za-z0-9+.\-]*)*)://(.*)$", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# What is left of `s3://...` once pathlib has taken one of its slashes for superfluous.
_COLLAPSED = re.compile(r"^(s3a?|gs|gcs|abfss?|az|adl|https?|s?ftp|hdfs|memory):/(?!/)")


def get_protocol_and_path(filepath: str | os.PathLike[str], version: Version | None = None) -> tuple[str, str]:
    """Split a filepath into the protocol of its filesystem and the path there.

    `s3://bucket/key` is `("s3", "bucket/key")`; a path without a protocol is `("file", path)`. User names and
    passwords of a URL are left out of the path of every protocol but HTTP, where the host needs them.

    Raises:
        DatasetConfigError: A version is given and the protocol is HTTP(S), which cannot keep versions.
    """
    text = os.fspath(filepath)
    if ":/" not in text:
        return "file", text
    found = _PROTOCOL.match(text)
    if found is None:
        if _COLLAPSED.match(text):
            raise DatasetConfigError(
                f"{mask_url(text)} has one slash after its protocol, as paths of pathlib do. Write the URL as text, "
                "with '://'."
            )
        return "file", text
    protocol, path = found[1].lower(), found[2]
    if protocol in LOCAL_PROTOCOLS:
        return "file", path
    if protocol in HTTP_PROTOCOLS:
        if version is not None:
            raise DatasetConfigError(
                f"HTTP(S) cannot keep versions: {mask_url(text)}. Drop `versioned: true`, or copy the data to a store "
                "that can be written."
            )
        return protocol, path
    if protocol in {"abfs", "abfss"} or "::" in protocol:  # container@account, and chains, mean something else
        return protocol, path
    host, slash, rest = path.partition("/")
    return protocol, host.rpartition("@")[2] + slash + rest


def get_filepath_str(raw_path: PurePath | str, protocol: str) -> str:
    """Return the path as the filesystem of this protocol wants it: HTTP needs its protocol, others do not.

    Args:
        raw_path: The path, without a protocol.
        protocol: As `get_protocol_and_path` returns it, such as `s3`.
    """
    path = raw_path.as_posix() if isinstance(raw_path, PurePath) else str(raw_path)
    return f"{protocol}://{path}" if protocol in HTTP_PROTOCOLS else path


def full_path(path: PurePath | str, protocol: str) -> str:
    """Return a filepath that names its protocol, except on local disk."""
    return str(path) if protocol == "file" else f"{protocol}://{path}"


def protocols_of(fs: AbstractFileSystem) -> tuple[str, ...]:
    """Return the protocols of an fsspec filesystem, which says one or several."""
    return (fs.protocol,) if isinstance(fs.protocol, str) else tuple(fs.protocol)


def join(folder: str, *parts: str) -> str:
    """Join with forward slashes, one between each two parts, whatever they begin or end with; empty parts are none."""
    below = "/".join(stripped for part in parts if (stripped := part.strip("/")))
    protocol, mark, path = folder.rpartition("://")
    root = path.rstrip("/")
    return f"{protocol}{mark}{root}{'/' if path else ''}{below}" if below else folder


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
    problem = _problem_of(name, nested=nested)
    if problem:
        shown = repr(name) if isinstance(name, str) else f"{name!r} ({type(name).__name__})"
        raise DatasetConfigError(f"The {kind} {shown} cannot be used in {folder}: {problem}. Choose another.")
    return str(name)


def _problem_of(name: object, *, nested: bool) -> str:
    if not isinstance(name, str):
        return "it is no text"
    if not name:
        return "it is empty"
    parts = name.split("/")
    cases = [
        (not nested and len(parts) > 1, "it has a slash"),
        (not {"..", "."}.isdisjoint(parts) or not parts[0], "it would leave that folder"),
        ("" in parts, "it has a slash too many"),
        ("\\" in name, "it has a backslash"),
        (_CONTROL.search(name), "it has control characters"),
        (is_hidden(name) or (not nested and name[0] == "."), "Tidemill keeps such names for itself"),
    ]
    return next((problem for is_so, problem in cases if is_so), "")


def as_pure(path: Any) -> PurePath:
    """Return a path object, POSIX where only a string was given."""
    return path if isinstance(path, PurePath) else PurePosixPath(os.fspath(path))
