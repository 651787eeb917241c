"""How mappings of configuration are put on top of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.errors import ConfigError
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

DESTRUCTIVE, SOFT = "destructive", "soft"


def soft(lower: Mapping[Any, Any], upper: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return both, mappings inside merged in their turn; of anything else the upper wins. Neither is changed."""
    merged = dict(lower)
    for key, value in upper.items():
        below = merged.get(key)
        merged[key] = soft(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def destructive(lower: Mapping[Any, Any], upper: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return both; a key at the top that both have is the upper's, whole."""
    return {**lower, **upper}


_STRATEGIES = {DESTRUCTIVE: destructive, SOFT: soft}


def merge(strategy: str, kind: str, lower: Mapping[Any, Any], upper: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return what an environment makes of the base.

    Raises:
        ConfigError: The strategy is neither `soft` nor `destructive`.
    """
    if strategy not in _STRATEGIES:
        problem = f"merge_strategy: '{strategy}' for '{kind}' is no way to merge"
        raise ConfigError(f"{problem}{did_you_mean(str(strategy), [*_STRATEGIES]) or '.'}\nUse soft or destructive.")
    return _STRATEGIES[strategy](lower, upper)


def nested(params: Mapping[str, Any], below: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return parameters with dotted keys as the mappings they mean: `{"a.b": 1}` is `{"a": {"b": 1}}`.

    Args:
        params: What was given at run time.
        below: The parameters they go over: a key that is there with its dots is taken as it is.
    """
    found: dict[str, Any] = {}
    for key, value in params.items():
        whole = not isinstance(key, str) or "." not in key or key in (below or {}) or "" in key.split(".")
        if whole:
            found = soft(found, {key: value})
            continue
        tree: Any = value
        for part in reversed(key.split(".")):
            tree = {part: tree}
        found = soft(found, tree)
    return found
