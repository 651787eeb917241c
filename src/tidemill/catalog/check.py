"""Everything that can be found wrong with a catalog's definitions before any dataset is made."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tidemill.catalog.credentials import check_credentials
from tidemill.errors import DatasetError
from tidemill.io.arguments import argument_problem, parameters
from tidemill.io.definition import parse
from tidemill.io.redaction import has_secret, mask_url
from tidemill.io.show import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidemill.catalog.spec import Entry, Specs

# Keys of a checkpoint's definition that are no arguments of its dataset.
_CHECKPOINT = {"force_checkpoint", "comparison_func"}
_CHECKPOINT_TYPE = "text.TextDataset"


class Problem(NamedTuple):
    """What is wrong, and with which dataset."""

    dataset: str
    message: str

    def __str__(self) -> str:
        return self.message


def problems(entries: Mapping[str, Entry], specs: Specs) -> list[Problem]:
    """Return what is wrong with definitions: types, libraries, arguments, credentials, paths, versions, secrets."""
    definitions = {name: entry.definition for name, entry in entries.items() if entry.definition is not None}
    found: list[Problem] = []
    for name, definition in [*definitions.items(), *specs.patterns.definitions().items()]:
        found += (Problem(name, message) for message in _of_definition(name, definition, specs))
    return [*found, *_shared_paths(definitions)]


def _of_definition(name: str, definition: Mapping[str, Any], specs: Specs) -> Iterator[str]:
    try:
        check_credentials(name, definition, specs.credentials)
        if "{" in str(definition["type"]):
            return  # a pattern whose type depends on the name
        kind, arguments, versioned = parse(name, definition)
    except DatasetError as exc:
        yield str(exc)
        return
    if "version" in definition:
        yield f"'{name}': `version` has no effect. Use `versioned: true`, and `load_versions` for an exact one."
    if versioned:
        arguments["version"] = None
    elif name in specs.load_versions:
        yield (
            f"'{name}': version '{specs.load_versions[name]}' is to be loaded, but it is not versioned. "
            "Add `versioned: true`."
        )
    problem = argument_problem(kind, arguments)
    if problem:
        yield f"'{name}': {problem}"
    if has_secret({key: value for key, value in definition.items() if key != "credentials"}):
        yield f"'{name}': a secret stands in plain sight. Move it to `credentials`."
    yield from _of_inner(name, kind, arguments, specs)


def _of_inner(name: str, kind: type, arguments: Mapping[str, Any], specs: Specs) -> Iterator[str]:
    """Check the definitions inside: what is wrapped, what the partitions are, and their checkpoint."""
    named = parameters(kind).named
    inner = arguments.get("dataset")
    if isinstance(inner, str):
        inner = {"type": inner}
    if isinstance(inner, Mapping) and "dataset" in named:
        # Each partition gets its own path from outside.
        path = {str(arguments.get("filepath_arg", "filepath")): "x"} if "filepath_arg" in named else {}
        yield from _of_definition(f"{name}.dataset", {**inner, **path}, specs)
    checkpoint = arguments.get("checkpoint")
    if isinstance(checkpoint, Mapping) and "checkpoint" in named:
        given = {key: value for key, value in checkpoint.items() if key not in _CHECKPOINT}
        yield from _of_definition(f"{name}.checkpoint", {"type": _CHECKPOINT_TYPE, "filepath": "x", **given}, specs)


def _shared_paths(definitions: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Find files that are more than one dataset's; transcoded names are one dataset."""
    owners: dict[str, list[str]] = defaultdict(list)
    for name, definition in definitions.items():
        place = definition.get("filepath")
        if isinstance(place, (str, os.PathLike)):
            owners[_normal(os.fspath(place))].append(name)
    for place, names in owners.items():
        if len({name.partition("@")[0] for name in names}) > 1:
            yield Problem(
                names[-1], f"{listed(names)} share the path {mask_url(place)}: each save replaces the other's."
            )


def _normal(place: str) -> str:
    return place if "://" in place else os.path.normpath(place)
