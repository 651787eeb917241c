"""Who is saving: facts about the run and the node, set by runners and written into manifests."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FACTS: ContextVar[Mapping[str, Any]] = ContextVar("tidemill_provenance")
_NOTHING: Mapping[str, Any] = {}
_ORIGIN: ContextVar[Mapping[str, Any]] = ContextVar("tidemill_origin", default=_NOTHING)


@contextmanager
def saving(
    *,
    run: Mapping[str, Any] | None = None,
    inputs: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Iterator[None]:
    """Name what is behind every save in this block.

    Args:
        run: `id`, `node`, and what else describes the run.
        inputs: Dataset name -> version that was loaded, or None where it has no versions.
        parameters: Parameter name -> value. Secrets among them are masked when a manifest is written.
    """
    facts = {"run": run, "inputs": inputs, "parameters": parameters}
    token = _FACTS.set({key: value for key, value in facts.items() if value})
    try:
        yield
    finally:
        _FACTS.reset(token)


def facts() -> Mapping[str, Any]:
    """Return what is known about the save that is going on."""
    return _FACTS.get(_NOTHING)


@contextmanager
def running(origin: Mapping[str, Any]) -> Iterator[None]:
    """Name what is behind every run in this block, such as `git`: the state of the code; workers know it too."""
    token = _ORIGIN.set(origin)
    try:
        yield
    finally:
        _ORIGIN.reset(token)


def origin() -> Mapping[str, Any]:
    """Return what is known about the runs that start here."""
    return _ORIGIN.get()
