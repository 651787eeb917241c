"""Everything that can be found wrong with a catalog's definitions before any dataset is made."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tidemill.catalog.credentials import check_credentials
from tidemill.catalog.secrets import secret_keys
from tidemill.errors import CredentialsNotFoundError, DatasetError
from tidemill.io.arguments import argument_problem, is_ours, missing_arguments, parameters, wrong_type
from tidemill.io.classes import resolve
from tidemill.io.definition import parse
from tidemill.io.secrets.redaction import mask_url
from tidemill.io.show import listed
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidemill.catalog.spec import Entry, Specs

ERROR, WARNING = "error", "warning"
# Keys of a checkpoint's definition that are no arguments of its dataset.
_CHECKPOINT = {"force_checkpoint", "comparison_func", "ledger"}
_CHECKPOINT_TYPE = "text.TextDataset"
_VERSION, _VERSIONED, _CREDENTIALS = "version", "versioned", "credentials"


class Problem(NamedTuple):
    """What is wrong, and with which dataset.

    Attributes:
        dataset: The name, or the pattern; empty where it is about the whole.
        message: A few lines.
        kind: A word for programs: `type`, `library`, `argument`, `credentials`, `secret`, `version`, `path` ...
        keys: Where in the definition.
        level: `error`, or `warning` for what works and may not be meant.
    """

    dataset: str
    message: str
    kind: str = ""
    keys: tuple[str, ...] = ()
    level: str = ERROR

    def __str__(self) -> str:
        return self.message


def problems(entries: Mapping[str, Entry], specs: Specs) -> list[Problem]:
    """Return what is wrong with definitions: types, libraries, arguments, credentials, paths, versions, secrets."""
    definitions = {name: entry.definition for name, entry in entries.items() if entry.definition is not None}
    found: list[Problem] = []
    for name, definition in [*definitions.items(), *specs.patterns.definitions().items()]:
        checked = _Definition(name, specs)
        found += checked.problems(name, definition, ())
    return [*found, *_shared_paths(definitions)]


class _Definition:
    """The definition of one name, with those inside it."""

    def __init__(self, owner: str, specs: Specs) -> None:
        self._owner, self._specs = owner, specs

    def problems(self, name: str, definition: Mapping[str, Any], at: tuple[str, ...]) -> Iterator[Problem]:
        try:
            check_credentials(name, definition, self._specs.credentials)
        except CredentialsNotFoundError as exc:
            yield self._problem(str(exc), "credentials", (*at, _CREDENTIALS))
        if secret := next(secret_keys({key: each for key, each in definition.items() if key != _CREDENTIALS}), None):
            message = f"'{name}': a secret stands in plain sight. Move it to `credentials`."
            yield self._problem(message, "secret", (*at, *secret))
        yield from self._of_class(name, definition, at)

    def _of_class(self, name: str, definition: Mapping[str, Any], at: tuple[str, ...]) -> Iterator[Problem]:
        if "{" in str(definition["type"]) or "${" in str(definition["type"]):
            return  # a pattern whose type depends on the name
        try:
            resolve(definition["type"], name)
        except DatasetError as exc:
            yield self._problem(str(exc), "library" if "pip install" in str(exc) else "type", (*at, "type"))
            return
        try:
            kind, arguments, versioned = parse(name, definition)
        except DatasetError as exc:
            yield self._problem(str(exc), "version", (*at, _VERSIONED))
            if definition.get(_VERSIONED, False) is not False:  # else it is the class that asks for versions
                yield from self._of_class(name, {**definition, _VERSIONED: False}, at)
            return
        yield from self._versions(name, definition, versioned=versioned, at=at)
        if versioned:
            arguments[_VERSION] = None
        for key, message, missing in _argument_problems(kind, arguments):
            yield self._problem(f"'{name}': {message}", "argument", at if missing else (*at, key))
        yield from self._inner(name, kind, arguments, at)

    def _versions(
        self, name: str, definition: Mapping[str, Any], *, versioned: bool, at: tuple[str, ...]
    ) -> Iterator[Problem]:
        if _VERSION in definition:
            message = f"'{name}': `version` has no effect. Use `versioned: true`, and `load_versions` for an exact one."
            yield self._problem(message, "version", (*at, _VERSION))
        if not versioned and name in self._specs.load_versions:
            message = (
                f"'{name}': version '{self._specs.load_versions[name]}' is to be loaded, but it is not versioned. "
                "Add `versioned: true`."
            )
            yield self._problem(message, "version", at)

    def _inner(self, name: str, kind: type, arguments: Mapping[str, Any], at: tuple[str, ...]) -> Iterator[Problem]:
        """Check the definitions inside: what is wrapped, what the partitions are, and their checkpoint."""
        named = parameters(kind).named
        inner = arguments.get("dataset")
        if isinstance(inner, str):
            inner = {"type": inner}
        if isinstance(inner, Mapping) and "type" in inner and "dataset" in named:
            # Each partition gets its own path from outside.
            path = {str(arguments.get("filepath_arg", "filepath")): "x"} if "filepath_arg" in named else {}
            yield from self.problems(f"{name}.dataset", {**inner, **path}, (*at, "dataset"))
        elif isinstance(inner, Mapping) and "dataset" in named:
            message = f"'{name}.dataset': its definition has no `type`, such as `type: pandas.CSVDataset`."
            yield self._problem(message, "definition", (*at, "dataset"))
        checkpoint = arguments.get("checkpoint")
        if isinstance(checkpoint, Mapping) and "checkpoint" in named:
            given = {key: value for key, value in checkpoint.items() if key not in _CHECKPOINT}
            whole = {"type": _CHECKPOINT_TYPE, "filepath": "x", **given}
            yield from self.problems(f"{name}.checkpoint", whole, (*at, "checkpoint"))

    def _problem(self, message: str, kind: str, keys: tuple[str, ...]) -> Problem:
        return Problem(self._owner, message, kind, keys)


def _argument_problems(kind: type, arguments: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Yield each argument that is wrong, what is wrong with it, and whether it is missing."""
    named, takes_any, _ = parameters(kind)
    known = {key: value for key, value in arguments.items() if takes_any or key in named}
    unknown = [key for key in arguments if key not in known]
    for key in unknown:
        # One at a time: each has its own near names, and its own line in the file.
        yield key, argument_problem(kind, {**known, key: None}) or "", False
    # What is missing is not told where a misspelt name is what should have been it.
    lacking = [each for each in missing_arguments(kind, known) if not any(did_you_mean(key, [each]) for key in unknown)]
    if lacking:
        yield lacking[0], argument_problem(kind, _without(known, named, lacking)) or "", True
    for key, value in known.items():
        by_name = key == _CREDENTIALS and isinstance(value, str)
        problem = wrong_type(kind, {key: value}) if is_ours(kind) and key in named and not by_name else None
        if problem:
            yield key, problem, False


def _without(known: Mapping[str, Any], named: Mapping[str, Any], lacking: list[str]) -> dict[str, Any]:
    """Return arguments of which only these are missing."""
    return {**dict.fromkeys(each for each in named if each not in lacking), **known}


def _shared_paths(definitions: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Find files that are more than one dataset's; transcoded names are one dataset."""
    owners: dict[str, list[str]] = defaultdict(list)
    for name, definition in definitions.items():
        place = definition.get("filepath")
        if isinstance(place, (str, os.PathLike)):
            owners[_normal(os.fspath(place))].append(name)
    for place, names in owners.items():
        if len({name.partition("@")[0] for name in names}) > 1:
            message = f"{listed(names)} share the path {mask_url(place)}: each save replaces the other's."
            yield Problem(names[-1], message, "path", ("filepath",))


def _normal(place: str) -> str:
    return place if "://" in place else os.path.normpath(place)
