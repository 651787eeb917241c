"""Resolvers that users bring: functions given to a loader, or registered with OmegaConf."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any

from tidemill.config.interpolate import InterpolationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tidemill.config.interpolate import Layer, Path, Resolver


def custom(name: str, function: Callable[..., Any], *, quote: bool = True) -> Resolver:
    """Return a resolver that calls a user's function.

    Args:
        name: What it is called, for errors.
        function: Gets the arguments, and those of `_root_` and `_parent_` that it asks for, as OmegaConf passes them.
        quote: Whether an error may say what the function said; not where that may be a secret.
    """
    try:
        asked = [each for each in ("_root_", "_parent_") if each in inspect.signature(function).parameters]
    except (TypeError, ValueError):  # a builtin that does not tell
        asked = []

    def resolver(layer: Layer, path: Path, arguments: list[Any]) -> Any:
        given = _containers(layer, path, asked) if asked else {}
        try:
            return function(*arguments, **given)
        except Exception as exc:  # noqa: BLE001 - whatever a user's function raises
            raise _failed(name, path, exc, quote=quote) from (exc if quote else None)

    return resolver


def registered(name: str, *, quote: bool = True) -> Resolver | None:
    """Return a resolver that somebody has registered with OmegaConf in this process; we register none.

    Args:
        name: What it is called.
        quote: As of `custom`.
    """
    omegaconf = sys.modules.get("omegaconf")
    if omegaconf is None or name.startswith("oc.") or not omegaconf.OmegaConf.has_resolver(name):
        return None

    def resolver(_layer: Layer, path: Path, arguments: list[Any]) -> Any:
        own = omegaconf.OmegaConf.create({"value": None}, flags={"allow_objects": True})
        call = omegaconf.OmegaConf._get_resolver(name)  # noqa: SLF001 - there is no other way to what is registered
        try:
            return call(own, own, own._get_node("value"), tuple(arguments), tuple(map(str, arguments)))  # noqa: SLF001
        except Exception as exc:  # noqa: BLE001 - as above
            raise _failed(name, path, exc, quote=quote) from (exc if quote else None)

    return resolver


def _failed(name: str, path: Path, exc: Exception, *, quote: bool) -> InterpolationError:
    said = f"{type(exc).__name__}: {exc}" if quote else type(exc).__name__
    remedy = "Look at its arguments here, and at the function behind it."
    return InterpolationError(path, f"the resolver '{name}' failed: {said}", remedy)


def _containers(layer: Layer, path: Path, asked: list[str]) -> dict[str, Any]:
    from omegaconf import OmegaConf

    root = OmegaConf.create(dict(layer.root), flags={"allow_objects": True})
    parent: Any = root
    for key in path[:-1]:
        parent = parent._get_node(key)  # noqa: SLF001 - what `parent[key]` is, without working anything out
    return {name: root if name == "_root_" else parent for name in asked}
