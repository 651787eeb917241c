"""A catalog as definitions again, its secrets set apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.io.definition import full_definition
from tidemill.io.secrets.redaction import Secrets, redact
from tidemill.io.versioned import AbstractVersionedDataset
from tidemill.io.versions import generate_timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemill.catalog.spec import Entry, Specs

_CREDENTIALS = "credentials"


def to_config(
    entries: Mapping[str, Entry], specs: Specs
) -> tuple[dict[str, Any], dict[str, Any], dict[str, str | None], str]:
    """Return definitions, credentials, load versions and the save version."""
    credentials = dict(specs.credentials)
    definitions: dict[str, Any] = {}
    versions: dict[str, str | None] = {}
    for name, entry in entries.items():
        if entry.definition is not None:
            definitions[name] = _apart(entry.definition, name, specs, credentials)
        elif entry.dataset is not None and not entry.dataset._EPHEMERAL:
            definitions[name] = _apart(full_definition(entry.dataset), name, specs, credentials)
            versions.update(_pinned(name, entry.dataset))
    for pattern, definition in specs.patterns.definitions().items():
        definitions[pattern] = _apart(definition, pattern, specs, credentials)
    asked = {
        name: version
        for name, version in specs.load_versions.items()
        if name in definitions or (name not in entries and specs.patterns.match(name))
    }
    return definitions, Secrets(credentials), {**versions, **asked}, specs.save_version or generate_timestamp()


def _pinned(name: str, dataset: Any) -> dict[str, str | None]:
    version = vars(dataset).get("_version") if isinstance(dataset, AbstractVersionedDataset) else None
    return {name: version.load} if version and version.load else {}


def _apart(definition: Mapping[str, Any], name: str, specs: Specs, credentials: dict[str, Any]) -> dict[str, Any]:
    """Return a definition in which credentials that are written out are named instead, and other secrets are masked."""

    def named(value: Any, path: str) -> Any:
        if isinstance(value, list):
            return [named(each, f"{path}[{index}]") for index, each in enumerate(value)]
        if not isinstance(value, dict):
            return value
        return {key: (secret if key == _CREDENTIALS else named)(each, f"{path}.{key}") for key, each in value.items()}

    def secret(value: Any, path: str) -> Any:
        if value is None or (isinstance(value, str) and value in specs.credentials):
            return value
        free = _free(path, credentials)
        credentials[free] = value
        return free

    shown: dict[str, Any] = redact(named(definition, name), keep=_CREDENTIALS)
    return shown


def _free(name: str, credentials: Mapping[str, Any]) -> str:
    """Return a name for credentials that no others have, and no pattern fills in."""
    name = name.translate({ord("{"): None, ord("}"): None})
    number, free = 1, name
    while free in credentials:
        number += 1
        free = f"{name}_{number}"
    return free
