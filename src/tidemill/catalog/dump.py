"""A catalog as definitions again, its secrets set apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.io.redaction import Secrets, redact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemill.catalog.spec import Entry, Specs

_CREDENTIALS = "credentials"


def to_config(
    entries: Mapping[str, Entry], specs: Specs
) -> tuple[dict[str, Any], dict[str, Any], dict[str, str | None], str]:
    """Return definitions, credentials, load versions and the save version."""
    credentials = Secrets(
        {name: Secrets(each) if isinstance(each, dict) else each for name, each in specs.credentials.items()}
    )
    definitions: dict[str, Any] = {}
    for name, entry in entries.items():
        if entry.definition is not None:
            definitions[name] = _apart(entry.definition, name, credentials)
        elif entry.dataset is not None and not entry.dataset._EPHEMERAL:
            definitions[name] = entry.dataset.to_config()
    for pattern, definition in specs.patterns.definitions().items():
        definitions[pattern] = _apart(definition, pattern, credentials)
    versions = {name: specs.load_versions.get(name) for name in definitions if name in specs.load_versions}
    return definitions, credentials, versions, specs.save_version


def _apart(definition: Mapping[str, Any], name: str, credentials: dict[str, Any]) -> dict[str, Any]:
    """Return a definition in which written-out credentials are named instead, and other secrets are masked."""
    result: dict[str, Any] = {}
    for key, value in definition.items():
        if key == _CREDENTIALS and isinstance(value, dict):
            credentials[f"{name}_{_CREDENTIALS}"] = Secrets(value)
            result[key] = f"{name}_{_CREDENTIALS}"
        elif key == _CREDENTIALS:
            result[key] = value
        elif isinstance(value, dict):
            result[key] = _apart(value, f"{name}.{key}", credentials)
        else:
            result[key] = redact({key: value})[key]
    return result
