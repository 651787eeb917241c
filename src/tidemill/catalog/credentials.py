"""Credentials by name: `credentials: dev_s3` in a definition stands for a mapping that is given elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tidemill.errors import CredentialsNotFoundError
from tidemill.names import did_you_mean

_KEY = "credentials"
_SCALARS = frozenset({str, int, float, bool, type(None)})
_MAPPINGS = (dict, Mapping)  # asking for dict first spares most values the slow question to the abstract class
_CONTAINERS = (*_MAPPINGS, list, tuple)
# A secret may stand where a name belongs. Names are made of words; keys and tokens are long and have digits.
_NAME = re.compile(r"[\w.\- ]+")
_WORDS = re.compile(r"[\W_]+")
_LONGEST_WORD = 16


def resolve_credentials(
    name: str, definition: Mapping[str, Any], credentials: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    """Return the definition with the name under each `credentials` key, at any depth, replaced by what it stands for.

    What holds no such name is not copied: a definition without one comes back itself. What is put in is fresh, so that
    no dataset can change the credentials of another. Credentials written out in the definition, and None, stay.
    """
    resolved: Mapping[str, Any] = _resolved(name, definition, credentials or {}, "")
    return resolved


def check_credentials(name: str, definition: Mapping[str, Any], credentials: Mapping[str, Any] | None) -> None:
    """Raise for the first name under a `credentials` key that is not given; build nothing."""
    for key, value in definition.items():
        if type(value) in _SCALARS:
            if key == _KEY and type(value) is str and value not in (credentials or ()):
                raise _not_found(name, key, value, credentials or {})
        elif key != _KEY and isinstance(value, _CONTAINERS):
            # Rare enough that the slower of the two ways, which knows the path, may look.
            _resolved(name, value, credentials or {}, str(key))


def _resolved(name: str, value: Any, credentials: Mapping[str, Any], path: str) -> Any:
    """Return the value itself, or a copy where something in it had to be replaced."""
    changed: dict[Any, Any] = {}
    if isinstance(value, _MAPPINGS):
        for key, each in value.items():
            if key == _KEY:
                if isinstance(each, str):
                    changed[key] = _given(name, f"{path}.{key}" if path else key, each, credentials)
            elif type(each) not in _SCALARS:
                new = _resolved(name, each, credentials, f"{path}.{key}" if path else str(key))
                if new is not each:
                    changed[key] = new
        return {**value, **changed} if changed else value
    if isinstance(value, (list, tuple)):
        for index, each in enumerate(value):
            new = each if type(each) in _SCALARS else _resolved(name, each, credentials, f"{path}[{index}]")
            if new is not each:
                changed[index] = new
        items = [changed.get(index, each) for index, each in enumerate(value)] if changed else value
        return tuple(items) if changed and isinstance(value, tuple) else items
    return value


def _given(name: str, path: str, wanted: str, credentials: Mapping[str, Any]) -> Any:
    if wanted not in credentials:
        raise _not_found(name, path, wanted, credentials)
    return _fresh(credentials[wanted])


def _fresh(value: Any) -> Any:
    if type(value) in _SCALARS:
        return value
    if isinstance(value, _MAPPINGS):
        return {key: _fresh(each) for key, each in value.items()}
    return [_fresh(each) for each in value] if isinstance(value, list) else value


def _not_found(name: str, path: str, wanted: str, credentials: Mapping[str, Any]) -> CredentialsNotFoundError:
    if not _looks_like_a_name(wanted):
        return CredentialsNotFoundError(
            f"'{name}': '{path}' holds a text that is no name of credentials (not shown, it may be a secret).\n"
            "Write there a name that is given as credentials={...} or in conf/*/credentials.yml."
        )
    return CredentialsNotFoundError(
        f"'{name}': '{path}' names the credentials '{wanted}', which are not given"
        f"{did_you_mean(wanted, credentials) or '.'}\n"
        f"Give them as credentials={{'{wanted}': {{...}}}} or under '{wanted}:' in conf/*/credentials.yml."
    )


def _looks_like_a_name(text: str) -> bool:
    words = _WORDS.split(text)
    return _NAME.fullmatch(text) is not None and all(len(word) < _LONGEST_WORD or word.isalpha() for word in words)
