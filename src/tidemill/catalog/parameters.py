"""Parameters as datasets: `parameters` for all of them, `params:a.b` for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALL, _ONE = "parameters", "params:"


def is_parameter(name: str) -> bool:
    """Tell whether a name stands for parameters."""
    return name == _ALL or name.startswith(_ONE)


def named(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return `parameters`, and `params:a`, `params:a.b` ... for each of them, nested ones too."""
    found: dict[str, Any] = {_ALL: dict(parameters)}
    pending = [(f"{_ONE}{key}", value) for key, value in reversed([*parameters.items()])]
    while pending:
        name, value = pending.pop()
        found[name] = value
        if isinstance(value, dict):
            pending += [(f"{name}.{key}", each) for key, each in reversed([*value.items()])]
    return found
