"""The resolvers that every configuration has: `oc.*` as OmegaConf means them, `globals:` and `runtime_params:`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tidemill.config.grammar import GrammarError, parse_element
from tidemill.config.interpolate import InterpolationError, KeyMissingError, Layer, Path, Resolver, dotted, split_key
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NO_DEFAULT: Any = object()


def common() -> dict[str, Resolver]:
    """Return those of OmegaConf that every file may use."""
    return {
        "oc.create": _create,
        "oc.decode": _decode,
        "oc.deprecated": _deprecated,
        "oc.dict.keys": _keys,
        "oc.dict.values": _values,
        "oc.select": _select,
    }


def environment(_layer: Layer, path: Path, arguments: list[Any]) -> Any:
    """Return an environment variable's text: `${oc.env:NAME}`, `${oc.env:NAME,default}`."""
    name, default = _taken("oc.env", path, arguments)
    if str(name) in os.environ:
        return os.environ[str(name)]
    if default is _NO_DEFAULT:
        near = did_you_mean(str(name), [*os.environ], most=1)
        raise InterpolationError(
            path,
            f"the environment variable '{name}' is not set{near}",
            f"Set it, or write ${{oc.env:{name},<default>}}.",
        )
    return None if default is None else str(default)


def no_environment(_layer: Layer, path: Path, _arguments: list[Any]) -> Any:
    """Refuse `oc.env` outside credentials: what it says would end up in logs and records."""
    remedy = 'Use it in credentials, or allow it: custom_resolvers={"oc.env": omegaconf.resolvers.oc.env}.'
    raise InterpolationError(path, "'oc.env' is there for credentials only", remedy)


def lookup(
    name: str,
    what: str,
    source: Callable[[], Mapping[str, Any]],
    *,
    private: bool = True,
    asked: set[str] | None = None,
) -> Resolver:
    """Return a resolver of dotted keys in a mapping, with a default: `globals`, `runtime_params`.

    Args:
        name: What the resolver is called.
        what: What one of its values is called.
        source: Returns the mapping; called when it is needed.
        private: Whether keys that begin with '_' may be asked for.
        asked: Takes the keys that are asked for, and the layer's `tainted` the places that ask.
    """

    def resolver(layer: Layer, path: Path, arguments: list[Any]) -> Any:
        key, default = _taken(name, path, arguments)
        keys = split_key(str(key))
        if not private and keys and keys[0].startswith("_"):
            raise InterpolationError(path, f"'{key}' begins with '_', which keeps it inside its file", "Rename it.")
        if asked is not None:
            layer.tainted.add(path)
            asked.add(str(key))
        values = source()
        value: Any = values
        for each in keys:
            inside = value if isinstance(value, dict) else {}
            if each not in inside:
                if default is not _NO_DEFAULT:
                    return default
                near = did_you_mean(str(key), _dotted_keys(values))
                remedy = f"Define it, or write ${{{name}:{key},<default>}}."
                raise InterpolationError(path, f"there is no {what} '{key}'{near}", remedy)
            value = inside[each]
        return value

    return resolver


def _dotted_keys(values: Mapping[str, Any], before: tuple[str, ...] = ()) -> list[str]:
    found: list[str] = []
    for key, value in values.items():
        found.append(dotted((*before, key)))
        if isinstance(value, dict):
            found += _dotted_keys(value, (*before, key))
    return found


def _taken(name: str, path: Path, arguments: list[Any]) -> tuple[Any, Any]:
    if len(arguments) not in (1, 2):
        raise InterpolationError(
            path, f"'{name}' takes a name and maybe a default", f"Write ${{{name}:<name>,<default>}}."
        )
    return arguments[0], arguments[1] if len(arguments) > 1 else _NO_DEFAULT


def _select(layer: Layer, path: Path, arguments: list[Any]) -> Any:
    key, default = _taken("oc.select", path, arguments)
    try:
        return layer.select(_absolute(str(key), path), path)
    except KeyMissingError:
        return None if default is _NO_DEFAULT else default


def _absolute(key: str, path: Path) -> list[Any]:
    dots = len(key) - len(key.lstrip("."))
    return [*path[: max(len(path) - dots, 0)], *split_key(key)] if dots else split_key(key)


def _decode(layer: Layer, path: Path, arguments: list[Any]) -> Any:
    (text,) = _exactly(1, "oc.decode", path, arguments)
    if text is None:
        return None
    try:
        return layer.decode(parse_element(str(text)), path)
    except GrammarError as exc:
        raise InterpolationError(
            path, f"'oc.decode' cannot read its text: {exc}", "Quote what is no plain word."
        ) from None


def _create(layer: Layer, path: Path, arguments: list[Any]) -> Any:
    (value,) = _exactly(1, "oc.create", path, arguments)
    return layer.create(value, path)


def _deprecated(layer: Layer, path: Path, arguments: list[Any]) -> Any:
    import warnings

    if len(arguments) not in (1, 2):
        problem = "'oc.deprecated' takes a key and maybe a message"
        raise InterpolationError(path, problem, "Write ${oc.deprecated:<key>}.")
    key = str(arguments[0])
    message = str(arguments[1]) if len(arguments) > 1 else "'$OLD_KEY' is deprecated: use '$NEW_KEY'"
    message = message.replace("$OLD_KEY", dotted(path)).replace("$NEW_KEY", key)
    warnings.warn(message, DeprecationWarning, stacklevel=2)
    return layer.select(_absolute(key, path), path)


def _keys(layer: Layer, path: Path, arguments: list[Any]) -> Any:
    (key,) = _exactly(1, "oc.dict.keys", path, arguments)
    found = layer.keys_at(_absolute(key, path), path) if isinstance(key, str) else None
    if found is None:
        raise _no_mapping("oc.dict.keys", path)
    return found


def _values(layer: Layer, path: Path, arguments: list[Any]) -> Any:
    (key,) = _exactly(1, "oc.dict.values", path, arguments)
    value = layer.select(_absolute(key, path), path) if isinstance(key, str) else None
    if not isinstance(value, dict):
        raise _no_mapping("oc.dict.values", path)
    return list(value.values())


def _no_mapping(name: str, path: Path) -> InterpolationError:
    return InterpolationError(path, f"'{name}' takes the key of a mapping", f"Write ${{{name}:<key>}}.")


def _exactly(count: int, name: str, path: Path, arguments: list[Any]) -> list[Any]:
    if len(arguments) != count:
        raise InterpolationError(path, f"'{name}' takes {count} argument, not {len(arguments)}", "Look at its commas.")
    return arguments
