"""Dataset factories: patterns of names, each with the definition of every dataset whose name it matches."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tidemill.errors import DatasetConfigError
from tidemill.names import did_you_mean

_FORMATS = {"": ".+?", "d": "[0-9]+?", "w": r"\w+?"}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# What a definition may hold: `{{name}}`, kept as `{name}`, or a brace that begins with an identifier.
_FIELD = re.compile(r"\{\{(?P<kept>\w+)\}\}|\{(?P<space>\s*)(?P<name>[^\W\d]\w*)(?P<rest>[^{}]*)\}")
# With its ends marked, a prefix and a suffix are found as any other part of a name is.
_START, _END = "\x02", "\x03"
_GRAM_SIZES = (8, 4, 2, 1)


@dataclass(frozen=True)
class Pattern:
    """A parsed name such as `{namespace}.{name}@csv`: n placeholders between n + 1 literal texts.

    A placeholder takes one or more characters, as few as possible, the leftmost first; `{year:d}` takes digits only,
    `{word:w}` letters, digits and underscores. Upper and lower case differ, as in all names of datasets.
    """

    text: str
    literals: tuple[str, ...]
    placeholders: tuple[str, ...]
    formats: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """Return the pattern that a name with braces means."""
        parts = _PLACEHOLDER.split(text)
        literals, fields = parts[::2], parts[1::2]
        if any("{" in literal or "}" in literal for literal in literals):
            raise _malformed(text, "its braces do not pair up")
        if not fields:
            raise _malformed(text, "it has no placeholder")
        names: list[str] = []
        formats: dict[str, str] = {}
        for field in fields:
            name, colon, letter = field.partition(":")
            if not name.isidentifier():
                raise _malformed(text, f"'{{{field}}}' is no placeholder")
            if letter not in _FORMATS or (colon and not letter):
                raise _malformed(text, f"'{{{field}}}' may end in ':d' (digits) or ':w' (word characters) only")
            if formats.setdefault(name, letter) != letter:
                raise _malformed(text, f"'{{{name}}}' stands there in two formats")
            names.append(name)
        return cls(text, tuple(literals), tuple(names), formats)

    @property
    def is_catch_all(self) -> bool:
        """Tell whether every name matches: one placeholder of any characters, and nothing else."""
        return len(self.placeholders) == 1 and not any(self.literals) and not any(self.formats.values())

    @property
    def rank(self) -> tuple[bool, int, int, str]:
        """Return what patterns are sorted by: the more a pattern fixes, the earlier it is tried."""
        return (self.is_catch_all, -sum(map(len, self.literals)), -len(self.placeholders), self.text)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Return the expression for whole names, compiled when a name comes near the pattern for the first time."""
        expression, seen = re.escape(self.literals[0]), set()
        for name, literal in zip(self.placeholders, self.literals[1:], strict=True):
            again = name in seen
            expression += f"(?P={name})" if again else f"(?P<{name}>{_FORMATS[self.formats[name]]})"
            expression += re.escape(literal)
            seen.add(name)
        return re.compile(expression, re.DOTALL)

    def fill(self, definition: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
        """Return a fresh definition in which the placeholders have these values."""
        return dict(self._items(definition, values, ""))

    def _filled(self, value: Any, values: Mapping[str, str], path: str) -> Any:
        if isinstance(value, str):
            return self._text(value, values, path) if "{" in value else value
        if isinstance(value, Mapping):
            return dict(self._items(value, values, path))
        if isinstance(value, (list, tuple)):
            items = [self._filled(each, values, f"{path}[{index}]") for index, each in enumerate(value)]
            return items if isinstance(value, list) else tuple(items)
        return value

    def _items(self, mapping: Mapping[Any, Any], values: Mapping[str, str], path: str) -> list[tuple[Any, Any]]:
        items = []
        for key, value in mapping.items():
            below = f"{path}.{key}" if path else str(key)
            items.append((self._filled(key, values, below), self._filled(value, values, below)))
        if len(items) != len({key for key, _ in items}):
            raise DatasetConfigError(
                f"Pattern '{self.text}': filling in {dict(values)} makes two keys of '{path or 'it'}' the same."
            )
        return items

    def _text(self, text: str, values: Mapping[str, str], path: str) -> str:
        def value_of(field: re.Match[str]) -> str:
            if kept := field["kept"]:
                return f"{{{kept}}}"
            name, plain = field["name"], not field["space"] and field["rest"] in {"", ":d", ":w"}
            if plain and name in values:
                return values[name]
            if plain or name in values:
                raise self._unknown(field[0], name, path)
            return field[0]

        return _FIELD.sub(value_of, text)

    def _unknown(self, field: str, name: str, path: str) -> DatasetConfigError:
        known = ", ".join(f"{{{each}}}" for each in self.formats)
        if name in self.formats:
            hint = f" Write it as {{{name}}}."
        else:
            hint = f"{did_you_mean(name, self.formats) or '.'} To keep its braces, double them: {{{{{name}}}}}."
        return DatasetConfigError(
            f"Pattern '{self.text}': '{path}' asks for '{field}', and the pattern has only {known}{hint}"
        )


class Patterns:
    """The factories of a catalog, ranked: a name gets the definition of the first pattern that matches it.

    First come the patterns with the most literal characters, of those the ones with the most placeholders, then
    alphabetical order decides. The catch-all is last.
    """

    def __init__(self, patterns: Mapping[str, Mapping[str, Any]]) -> None:
        self._ranked = sorted(map(Pattern.parse, patterns), key=lambda pattern: pattern.rank)
        self._definitions = dict(patterns)
        catch_alls = [pattern.text for pattern in self._ranked if pattern.is_catch_all]
        if len(catch_alls) > 1:
            raise DatasetConfigError(
                f"Patterns '{catch_alls[0]}' and '{catch_alls[1]}' both match every name. Remove one of them."
            )
        for pattern in self._ranked:  # a misspelt placeholder is found here, not at the first name that matches
            _check(pattern, patterns[pattern.text])
        self._grams, self._always = _index(self._ranked)

    @staticmethod
    def is_pattern(name: str) -> bool:
        """Tell whether a catalog's key is a pattern, not a name."""
        return "{" in name or "}" in name

    def __len__(self) -> int:
        return len(self._ranked)

    def names(self) -> list[str]:
        """Return the patterns in the order they are tried."""
        return [pattern.text for pattern in self._ranked]

    def definitions(self) -> dict[str, Mapping[str, Any]]:
        """Return pattern -> definition, as they were given."""
        return dict(self._definitions)

    def match(self, name: str) -> str | None:
        """Return the pattern that gives this name its definition, or None."""
        found = self._find(name)
        return found[0].text if found else None

    def resolve(self, name: str) -> dict[str, Any] | None:
        """Return the definition that the winning pattern makes for this name, or None."""
        found = self._find(name)
        return found[0].fill(self._definitions[found[0].text], found[1].groupdict()) if found else None

    def _find(self, name: str) -> tuple[Pattern, re.Match[str]] | None:
        marked = f"{_START}{name}{_END}"
        near = list(self._always)
        for size, patterns in self._grams.items():
            for gram in patterns.keys() & {marked[at : at + size] for at in range(len(marked) - size + 1)}:
                near += patterns[gram]
        for place in sorted(near):
            if match := self._ranked[place].regex.fullmatch(name):
                return self._ranked[place], match
        return None


def _index(ranked: list[Pattern]) -> tuple[dict[int, dict[str, list[int]]], list[int]]:
    """File each pattern under the piece of its literals that the fewest patterns share.

    A name can match only the patterns whose pieces it contains, so nothing else is tried. Returns the places of the
    patterns by size and piece, and the places of those without a literal character.
    """
    pieces = [_grams(pattern) for pattern in ranked]
    sharing = Counter(gram for grams in pieces for gram in grams)
    filed: dict[int, dict[str, list[int]]] = {}
    always = []
    for place, grams in enumerate(pieces):
        if grams:
            rarest = min(grams, key=lambda gram: (sharing[gram], -len(gram), gram))
            filed.setdefault(len(rarest), {}).setdefault(rarest, []).append(place)
        else:
            always.append(place)
    return filed, always


def _grams(pattern: Pattern) -> set[str]:
    first, *middle, last = pattern.literals
    marked = (first and _START + first, *middle, last and last + _END)
    grams = set()
    for literal in filter(None, marked):
        size = next(size for size in _GRAM_SIZES if size <= len(literal))
        grams |= {literal[at : at + size] for at in range(len(literal) - size + 1)}
    return grams


def _check(pattern: Pattern, definition: object) -> None:
    if not isinstance(definition, Mapping):
        raise DatasetConfigError(
            f"Pattern '{pattern.text}': its definition is a {type(definition).__name__}. Write a mapping with a 'type'."
        )
    pattern.fill(definition, {name: f"{{{name}}}" for name in pattern.formats})


def _malformed(text: str, problem: str) -> DatasetConfigError:
    return DatasetConfigError(
        f"Pattern '{text}': {problem}. Write placeholders as '{{name}}': letters, digits and underscores in braces."
    )
