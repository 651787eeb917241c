"""A catalog's definitions, looked at with nothing taken for granted: every mistake is found, not only the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.catalog.check import ERROR, WARNING, Problem, problems
from tidemill.catalog.patterns import Pattern, Patterns
from tidemill.catalog.spec import Entry, Specs
from tidemill.catalog.usage import undefined
from tidemill.errors import DatasetConfigError
from tidemill.io.definition import check_definition
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemill.catalog.usage import Uses


def diagnose(
    definitions: Mapping[Any, Any],
    credentials: Mapping[str, Any] | None = None,
    load_versions: Mapping[str, str] | None = None,
    uses: Mapping[str, Uses] | None = None,
) -> list[Problem]:
    """Return everything that is wrong with the definitions of a catalog, or may not be meant.

    Args:
        definitions: Name, or pattern, -> definition.
        credentials: Name -> credentials.
        load_versions: Dataset name -> the version to load.
        uses: Pipeline -> the names that it uses; without it nothing is said about what is unused or undefined.
    """
    found: list[Problem] = []
    entries, patterns = _sorted_out(definitions, found)
    specs = Specs(_usable(patterns, found), credentials or {}, load_versions or {}, "")
    found += problems(entries, specs)
    found += _shadowed([*specs.patterns.definitions()])
    for name in load_versions or {}:
        if name not in entries and specs.patterns.match(name) is None:
            near = did_you_mean(name, [*entries]) or "."
            message = f"'{name}': a version of it is to be loaded, and the catalog does not have it{near}"
            found.append(Problem(name, message, "version"))
    if uses is not None:
        found += _of_use(entries, specs.patterns, uses)
    return found


def _sorted_out(
    definitions: Mapping[Any, Any], found: list[Problem]
) -> tuple[dict[str, Entry], dict[str, Mapping[str, Any]]]:
    """Return entries and patterns; what can be neither is a problem."""
    entries: dict[str, Entry] = {}
    patterns: dict[str, Mapping[str, Any]] = {}
    for name, definition in definitions.items():
        if not isinstance(name, str) or not name:
            message = f"The dataset name {name!r} is no text. Quote it in the YAML."
            found.append(Problem(str(name), message, "definition"))
            continue
        if name.startswith("_"):
            continue
        try:
            check_definition(name, definition)
        except DatasetConfigError as exc:
            found.append(Problem(name, str(exc), "definition"))
            continue
        if Patterns.is_pattern(name):
            patterns[name] = definition
        else:
            entries[name] = Entry(dict(definition))
    return entries, patterns


def _usable(patterns: Mapping[str, Mapping[str, Any]], found: list[Problem]) -> Patterns:
    """Return the patterns that can be used together."""
    usable: dict[str, Mapping[str, Any]] = {}
    for text, definition in patterns.items():
        try:
            Patterns({text: definition})
            Patterns({**usable, text: definition} if Pattern.parse(text).is_catch_all else {})
        except DatasetConfigError as exc:
            found.append(Problem(text, str(exc), "pattern"))
        else:
            usable[text] = definition
    return Patterns(usable)


def _shadowed(texts: list[str]) -> list[Problem]:
    """Find patterns that match exactly the names that another matches before them."""
    first: dict[Any, Pattern] = {}
    found = []
    for pattern in sorted(map(Pattern.parse, texts), key=lambda each: each.rank):
        shape = (
            pattern.literals,
            tuple((pattern.placeholders.index(each), pattern.formats[each]) for each in pattern.placeholders),
        )
        winner = first.setdefault(shape, pattern)
        if winner is not pattern:
            message = (
                f"Patterns '{winner.text}' and '{pattern.text}' match the same names, and '{winner.text}' is always "
                "taken. Remove one of them."
            )
            found.append(Problem(pattern.text, message, "pattern"))
    return found


def _of_use(entries: Mapping[str, Entry], patterns: Patterns, uses: Mapping[str, Uses]) -> list[Problem]:
    lacking = undefined(uses, entries, patterns)
    found = [Problem(each.name, each.message, "undefined", level=WARNING if each.made else ERROR) for each in lacking]
    used = {name for each in uses.values() for name in each.names}
    for name in entries:
        if name not in used:
            message = f"'{name}': no pipeline uses it. Remove it, or leave it for notebooks."
            found.append(Problem(name, message, "unused", level=WARNING))
    matched = {patterns.match(name) for name in used if name not in entries}
    for text in patterns.names():
        if text not in matched:
            message = f"Pattern '{text}': no name in any pipeline is made by it. Remove it, or look at the names."
            found.append(Problem(text, message, "unused", level=WARNING))
    return found
