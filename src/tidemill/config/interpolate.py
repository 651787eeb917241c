"""What `${...}` means: references and resolvers, worked out for one load, in nothing that outlives it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from tidemill.config.grammar import Call, Constant, GrammarError, Joined, Reference, Sequence, Table, parse
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Path = tuple[Any, ...]
#: A resolver of ours: the layer, the place of the text it stands in, its arguments.
Resolver = Any
MISSING = "???"
_MOST_SHOWN = 6
_INTERPOLATED = "${"


class InterpolationError(Exception):
    """A `${...}` without a value: where it stands, why, and the way out. It quotes keys and names, never values."""

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.path, self.problem, self.remedy = path, problem, remedy


class KeyMissingError(InterpolationError):
    """A reference to a key that is not there, or has no value yet."""


class Layer:
    """The configuration of one environment, with what `${...}` in it may mean.

    Args:
        root: Its values as they were read; they are never changed.
        resolvers: Name -> what `${name:...}` calls, with the layer, the place, and the arguments.
        below: The layer in which a reference is looked up that has no value here.
    """

    def __init__(self, root: Mapping[str, Any], resolvers: Mapping[str, Resolver], below: Layer | None = None) -> None:
        self.root, self._resolvers, self._below = root, resolvers, below
        self.tainted: set[Path] = set()  # places whose value came from a resolver that marks it
        self._done: dict[Path, Any] = {}
        self._going_on: list[Path] = []
        self._created: dict[Path, Any] = {}

    def value(self, key: Any) -> Any:
        """Return the value of a key at the top, with nothing left to work out."""
        return self.resolve(self.root[key], (key,))

    def resolve(self, value: Any, path: Path) -> Any:
        """Return a value that stands at this place with every `${...}` worked out, in new containers where it had any.

        Raises:
            InterpolationError: There is one that has no value.
        """
        if isinstance(value, str):
            return self._text(value, path) if _INTERPOLATED in value else value
        if isinstance(value, dict):
            return {key: self.resolve(each, (*path, key)) if _is_open(each) else each for key, each in value.items()}
        if isinstance(value, list):
            return [self.resolve(each, (*path, index)) if _is_open(each) else each for index, each in enumerate(value)]
        return value

    def select(self, keys: list[str], path: Path) -> Any:
        """Return the value at a place, asked for from another.

        Raises:
            KeyMissingError: There is none.
        """
        try:
            return self._select(keys, path)
        except KeyMissingError:
            if self._below is None:
                raise
            try:
                return self._below.select(keys, path)
            except KeyMissingError:
                pass
            raise

    def create(self, value: Any, path: Path) -> Any:
        """Return a value that a resolver has made, worked out as if it had been written at this place."""
        self._created[path] = value
        try:
            return self.resolve(value, path)
        finally:
            del self._created[path]

    def decode(self, expression: Any, path: Path) -> Any:
        """Return the value of an expression that stands at this place."""
        if isinstance(expression, Constant):
            return expression.value
        if isinstance(expression, Reference):
            return self._reference(expression, path)
        if isinstance(expression, Call):
            return self._call(expression, path)
        if isinstance(expression, Joined):
            return "".join(each if isinstance(each, str) else str(self.decode(each, path)) for each in expression.parts)
        if isinstance(expression, Sequence):
            return [self.decode(each, path) for each in expression.items]
        if isinstance(expression, Table):
            return {key: self.decode(each, path) for key, each in expression.items}
        return expression

    def _text(self, text: str, path: Path) -> Any:
        if path in self._done:
            return _copy(self._done[path])
        if path in self._going_on:
            circle = [*self._going_on[self._going_on.index(path) :], path]
            problem = f"this refers to itself: {' -> '.join(dotted(each) for each in circle[:_MOST_SHOWN])}"
            raise InterpolationError(path, problem, "Write out one of these values.")
        self._going_on.append(path)
        try:
            value = self.decode(parse(text), path)
        except GrammarError as exc:
            remedy = (
                r"Write \${ where '${' is meant as text, and quote arguments with other characters than words have."
            )
            raise InterpolationError(path, f"the interpolation cannot be read: {exc}", remedy) from None
        except RecursionError:
            raise InterpolationError(path, "the interpolation refers too deep", "Make it flatter.") from None
        finally:
            self._going_on.pop()
        self._done[path] = value
        return _copy(value)

    def _reference(self, reference: Reference, path: Path) -> Any:
        keys: list[str] = []
        for key in reference.keys:
            keys += [key] if isinstance(key, str) else split_key(self._key(key, path))
        dots = reference.dots
        if dots > len(path):
            problem = f"'{'.' * dots}{'.'.join(keys)}' leads out of the file"
            raise KeyMissingError(path, problem, "Take dots away: one means beside this key, two one level up.")
        return self.select([*path[: len(path) - dots], *keys] if dots else keys, path)

    def _key(self, expression: Any, path: Path) -> str:
        key = self.decode(expression, path)
        if isinstance(key, bool) or not isinstance(key, (str, int)):
            raise InterpolationError(
                path, "a key in the interpolation is no text", "Refer to a text or a number there."
            )
        return str(key)

    def _select(self, keys: list[str], path: Path) -> Any:
        value: Any = self.root
        here: Path = ()
        plain = False  # what an interpolation gave has no places of its own any more
        for index, wanted in enumerate(keys):
            if isinstance(value, str) and not plain and _INTERPOLATED in value:
                value, plain = self._text(value, here), True
            key = _found(value, wanted)
            if key is None:
                raise self._missing(keys[: index + 1], value, path)
            value = value[key]
            here = (*here, key)
            if here in self._created:
                value = self._created[here]
        if value == MISSING:
            raise KeyMissingError(
                path, f"'{dotted(here)}' is {MISSING}, which stands for a value to be given", "Give it."
            )
        if not plain and here == path[: len(here)] and isinstance(value, (dict, list)):
            raise InterpolationError(path, f"this refers to '{dotted(here)}', in which it stands", "Refer to less.")
        value = value if plain else self.resolve(value, here)
        if here in self.tainted:
            self.tainted.add(path)
        return value

    def _missing(self, keys: list[str], value: Any, path: Path) -> KeyMissingError:
        name = dotted(keys)
        if not isinstance(value, (dict, list)):
            return KeyMissingError(path, f"'{dotted(keys[:-1])}' is no mapping, so there is no '{name}'", "Shorten it.")
        near = did_you_mean(str(keys[-1]), [str(key) for key in value] if isinstance(value, dict) else [])
        return KeyMissingError(path, f"there is no '{name}' to refer to{near}", "Define it, or mend the name.")

    def _call(self, call: Call, path: Path) -> Any:
        names = [key if isinstance(key, str) else self._key(key, path) for key in call.name]
        name = ".".join(names)
        resolver = self._resolvers.get(name) or registered(name)
        if resolver is None:
            known = [*self._resolvers]
            near = did_you_mean(name, known) or f". Known are {', '.join(sorted(known))}"
            raise InterpolationError(path, f"no resolver is called '{name}'{near}", "Give it in `custom_resolvers`.")
        return resolver(self, path, [self.decode(each, path) for each in call.arguments])


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
            said = f"{type(exc).__name__}: {exc}" if quote else type(exc).__name__
            problem = f"the resolver '{name}' failed: {said}"
            remedy = "Look at its arguments here, and at the function behind it."
            raise InterpolationError(path, problem, remedy) from (exc if quote else None)

    return resolver


def registered(name: str) -> Resolver | None:
    """Return a resolver that somebody has registered with OmegaConf in this process; we register none."""
    import sys

    omegaconf = sys.modules.get("omegaconf")
    if omegaconf is None or name.startswith("oc.") or not omegaconf.OmegaConf.has_resolver(name):
        return None

    def resolver(_layer: Layer, path: Path, arguments: list[Any]) -> Any:
        own = omegaconf.OmegaConf.create({"value": None}, flags={"allow_objects": True})
        call = omegaconf.OmegaConf._get_resolver(name)  # noqa: SLF001 - there is no other way to what is registered
        try:
            return call(own, own, own._get_node("value"), tuple(arguments), tuple(map(str, arguments)))  # noqa: SLF001
        except Exception as exc:
            raise InterpolationError(
                path, f"the resolver '{name}' failed: {type(exc).__name__}", "Look at it."
            ) from exc

    return resolver


def _is_open(value: Any) -> bool:
    """Return whether there may be something to work out in a value; most values have nothing."""
    kind = value.__class__
    return _INTERPOLATED in value if kind is str else kind is dict or kind is list


def _containers(layer: Layer, path: Path, asked: list[str]) -> dict[str, Any]:
    from omegaconf import OmegaConf

    root = OmegaConf.create(dict(layer.root), flags={"allow_objects": True})
    parent: Any = root
    for key in path[:-1]:
        parent = parent._get_node(key)  # noqa: SLF001 - what `parent[key]` is, without working anything out
    return {name: root if name == "_root_" else parent for name in asked}


def _found(value: Any, wanted: str) -> Any:
    """Return the key or index that a text means in a container, or None."""
    if isinstance(value, dict):
        if wanted in value:
            return wanted
        return next((key for key in value if not isinstance(key, str) and str(key) == wanted), None)
    if isinstance(value, list):
        try:
            index = int(wanted)
        except ValueError:
            return None
        return index if -len(value) <= index < len(value) else None
    return None


def split_key(text: str) -> list[str]:
    """Return the keys of a dotted one: `a.b[0]` is a, b and 0."""
    return [each for each in text.replace("[", ".").replace("]", "").split(".") if each]


def dotted(path: Any) -> str:
    """Return a place as people write it."""
    return ".".join(map(str, path))


def _copy(value: Any) -> Any:
    """Return containers anew: what two places refer to must not change with one of them."""
    if isinstance(value, dict):
        return {key: _copy(each) for key, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value
