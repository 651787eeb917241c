"""Everything that can be found wrong with a catalog's definitions before any dataset is made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tidemill.catalog.credentials import check_credentials
from tidemill.errors import DatasetError
from tidemill.io.classes import argument_problem, parse
from tidemill.io.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidemill.catalog.spec import Entry, Specs


class Problem(NamedTuple):
    """What is wrong, and with which dataset."""

    dataset: str
    message: str

    def __str__(self) -> str:
        return self.message


def problems(entries: Mapping[str, Entry], specs: Specs) -> list[Problem]:
    """Return what is wrong with definitions: types, libraries, arguments, credentials, paths, versions, secrets."""
    found: list[Problem] = []
    paths: dict[str, list[str]] = defaultdict(list)
    for name, entry in entries.items():
        if entry.definition is None:
            continue
        found += (Problem(name, message) for message in _of_definition(name, entry.definition, specs))
        place = entry.definition.get("filepath") or entry.definition.get("path")
        if isinstance(place, str):
            paths[place].append(name)
    for place, names in paths.items():
        if len({each.partition("@")[0] for each in names}) > 1:
            shown = " and ".join(repr(each) for each in names)
            found.append(Problem(names[-1], f"{shown} share the path {redact(place)}: each save replaces the other's."))
    return found


def _of_definition(name: str, definition: Mapping[str, Any], specs: Specs) -> Iterator[str]:
    try:
        check_credentials(name, definition, specs.credentials)
        kind, arguments, versioned = parse(name, definition)
    except DatasetError as exc:
        yield str(exc)
        return
    if versioned:
        arguments["version"] = None
    elif name in specs.load_versions:
        yield f"'{name}': version '{specs.load_versions[name]}' is to be loaded, but it is not versioned."
    problem = argument_problem(kind, arguments)
    if problem:
        yield f"'{name}': {problem}"
    plain = {key: value for key, value in definition.items() if key != "credentials"}
    if redact(plain) != plain:
        yield f"'{name}': a secret stands in plain sight. Move it to `credentials`."
    for key in ("dataset", "checkpoint"):
        inner = definition.get(key)
        if isinstance(inner, Mapping) and "type" in inner:
            path_argument = str(definition.get("filepath_arg", "filepath"))
            yield from _of_inner(f"{name}.{key}", inner, path_argument, specs)


def _of_inner(name: str, definition: Mapping[str, Any], path_argument: str, specs: Specs) -> Iterator[str]:
    """Check a definition inside another, which gets its path from the outer one."""
    yield from _of_definition(name, {path_argument: "", **definition}, specs)
