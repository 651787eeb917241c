"""Checksums of files: `xxh3-128:<hex>`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import IO

ALGORITHM = "xxh3-128:"
_CHUNK = 1 << 20


def checksum_file(path: str) -> str:
    """Return the checksum of a file's content."""
    with open(path, "rb", buffering=0) as file:
        return checksum_of(file)


def checksum_of(file: IO[bytes]) -> str:
    """Return the checksum of what is left to read of an open file."""
    import xxhash  # a small library, and still 2 ms that no import should cost

    digest = xxhash.xxh3_128()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return f"{ALGORITHM}{digest.hexdigest()}"


def checksum_text(text: str) -> str:
    """Return the checksum of a text."""
    import xxhash

    return f"{ALGORITHM}{xxhash.xxh3_128_hexdigest(text.encode())}"
