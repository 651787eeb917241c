"""Where in plain data a secret stands in plain sight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tidemill.io.secrets.redaction import has_secret, redact

if TYPE_CHECKING:
    from collections.abc import Iterator


def secret_keys(value: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the keys that lead to each secret."""
    if has_secret(value):  # most values have none, and one look tells
        yield from _differences(value, redact(value), ())


def _differences(value: Any, masked: Any, at: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, Mapping) and isinstance(masked, Mapping):
        for key, each in value.items():
            yield from _differences(each, masked.get(key), (*at, key))
    elif isinstance(value, (list, tuple)) and isinstance(masked, (list, tuple)) and len(value) == len(masked):
        for index, each in enumerate(value):
            yield from _differences(each, masked[index], (*at, index))
    elif masked is not value and masked != value:
        yield at
