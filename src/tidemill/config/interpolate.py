"""What `${...}` means: references and resolvers, worked out for one load, in nothing that outlives it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tidemill.config.grammar import Call, Constant, GrammarError, Joined, Reference, Sequence, Table, parse
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Path = tuple[Any, ...]
#: A resolver of ours: the layer, the place of the text it stands in, its arguments.
Resolver = Any
MISSING = "???"
#: The resolver whose argument is worked out once more.
CREATE = "oc.create"
_MOST_SHOWN = 6
_INTERPOLATED = "${"
_OPENED = re.compile(r"(\\*)\$\{")


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
        others: Finds a resolver that is not among these.
    """

    def __init__(
        self,
        root: Mapping[str, Any],
        resolvers: Mapping[str, Resolver],
        below: Layer | None = None,
        others: Callable[[str], Resolver | None] | None = None,
    ) -> None:
        self.root, self._resolvers, self._below, self._others = root, resolvers, below, others
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

    def keys_at(self, keys: list[str], path: Path) -> list[Any] | None:
        """Return the keys of the mapping at a place, in which nothing else is worked out; None if it is no mapping.

        Raises:
            KeyMissingError: There is nothing there.
        """
        try:
            value, here, plain = self._found(keys, path)
        except KeyMissingError:
            if self._below is None:
                raise
            return self._below.keys_at(keys, path)
        if isinstance(value, str) and not plain:
            value = self.resolve(value, here)
        return list(value) if isinstance(value, dict) else None

    def create(self, value: Any, path: Path) -> Any:
        """Return a value that a resolver has made, worked out as if it had been written at this place."""
        self._created[path] = value
        try:
            return self.resolve(value, path)
        finally:
            del self._created[path]

    def decode(self, expression: Any, path: Path, *, escape: bool = False) -> Any:
        """Return the value of an expression that stands at this place.

        Args:
            expression: What was parsed.
            path: The place.
            escape: Whether it will be worked out again: texts that are referred to then come out of that as they are.
        """
        if isinstance(expression, Constant):
            return expression.value
        if isinstance(expression, Reference):
            value = self._reference(expression, path)
            return _escaped(value) if escape else value
        if isinstance(expression, Call):
            return self._call(expression, path)
        if isinstance(expression, Joined):
            return "".join(each if isinstance(each, str) else str(self.decode(each, path)) for each in expression.parts)
        if isinstance(expression, Sequence):
            return [self.decode(each, path, escape=escape) for each in expression.items]
        table: Table = expression
        return {key: self.decode(each, path, escape=escape) for key, each in table.items}

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
        value, here, plain = self._found(keys, path)
        if value == MISSING:
            problem = f"'{dotted(here)}' is {MISSING}, which stands for a value to be given"
            raise KeyMissingError(path, problem, "Give it.")
        if plain:
            return value
        if here == path[: len(here)] and isinstance(value, (dict, list)):
            raise InterpolationError(path, f"this refers to '{dotted(here)}', in which it stands", "Refer to less.")
        value = self.resolve(value, here)
        if here in self.tainted:
            self.tainted.add(path)
        return value

    def _found(self, keys: list[str], path: Path) -> tuple[Any, Path, bool]:
        """Return what stands at a place, where that is, and whether it came of an interpolation, so is worked out."""
        value: Any = self.root
        here: Path = ()
        plain = False
        for index, wanted in enumerate(keys):
            if isinstance(value, str) and not plain and _INTERPOLATED in value:
                value, plain = self._text(value, here), True
            key = _key_of(value, wanted)
            if key is None:
                raise self._missing(keys[: index + 1], value, path)
            value = value[key]
            here = (*here, key)
            if here in self._created:
                value = self._created[here]
        return value, here, plain

    def _missing(self, keys: list[str], value: Any, path: Path) -> KeyMissingError:
        name = dotted(keys)
        if not isinstance(value, (dict, list)):
            return KeyMissingError(path, f"'{dotted(keys[:-1])}' is no mapping, so there is no '{name}'", "Shorten it.")
        near = did_you_mean(str(keys[-1]), [str(key) for key in value] if isinstance(value, dict) else [])
        return KeyMissingError(path, f"there is no '{name}' to refer to{near}", "Define it, or mend the name.")

    def _call(self, call: Call, path: Path) -> Any:
        names = [key if isinstance(key, str) else self._key(key, path) for key in call.name]
        name = ".".join(names)
        resolver = self._resolvers.get(name) or (self._others(name) if self._others else None)
        if resolver is None:
            known = [*self._resolvers]
            near = did_you_mean(name, known) or f". Known are {', '.join(sorted(known))}"
            raise InterpolationError(path, f"no resolver is called '{name}'{near}", "Give it in `custom_resolvers`.")
        again = name == CREATE
        return resolver(self, path, [self.decode(each, path, escape=again) for each in call.arguments])


def _is_open(value: Any) -> bool:
    """Return whether there may be something to work out in a value; most values have nothing."""
    kind = value.__class__
    return _INTERPOLATED in value if kind is str else kind is dict or kind is list


def _key_of(value: Any, wanted: str) -> Any:
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


def _escaped(value: Any) -> Any:
    """Return a value that is itself again when it has been worked out."""
    if isinstance(value, str):
        return _OPENED.sub(r"\1\1\\${", value)
    if isinstance(value, dict):
        return {key: _escaped(each) for key, each in value.items()}
    return [_escaped(each) for each in value] if isinstance(value, list) else value


def _copy(value: Any) -> Any:
    """Return containers anew: what two places refer to must not change with one of them."""
    if isinstance(value, dict):
        return {key: _copy(each) for key, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value
