"""From a definition to a dataset, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.arguments import argument_problem, arguments_of, is_ours, missing_arguments, parameters, wrong_type
from tidemill.io.classes import is_dataset_class, resolve
from tidemill.io.secrets.hiding import hide
from tidemill.io.secrets.redaction import mask_text, redact, secrets_in
from tidemill.io.show import first_lines, listed
from tidemill.io.versions import Version
from tidemill.io.warning import warn
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from tidemill.io.dataset import AbstractDataset

# Asking for dict first spares most values the slow question to the abstract class.
_MAPPINGS = (dict, Mapping)
_NESTED = (*_MAPPINGS, list)
_ATOMS = frozenset({str, int, float, bool, type(None)})
_VERSIONED, _VERSION, _TYPE, _CREDENTIALS = "versioned", "version", "type", "credentials"


class Parsed(NamedTuple):
    """What a definition says: the class, a copy of its arguments, and whether it keeps versions."""

    kind: type[AbstractDataset[Any, Any]]
    arguments: dict[str, Any]
    versioned: bool


def build(
    name: str, config: Mapping[str, Any], load_version: str | None = None, save_version: str | None = None
) -> AbstractDataset[Any, Any]:
    """Return the dataset of a definition.

    Args:
        name: The dataset's name, for messages.
        config: `type`, the arguments of its constructor, and `versioned: true` to keep versions.
        load_version: The version to load; None for the latest.
        save_version: The version to save; None for a new one at each save.

    Raises:
        DatasetConfigError: It cannot become a dataset.
    """
    kind, arguments, versioned = parse(name, config)
    if _VERSION in config:
        warn(
            f"'{name}': left out `version`, which a definition cannot fix. Use `versioned: true`, and `load_versions` "
            "of the catalog for an exact one."
        )
    if versioned:
        arguments[_VERSION] = Version(load_version, save_version)
    elif load_version is not None:
        warn(f"'{name}' is not versioned, so version '{load_version}' has no effect. Add `versioned: true` to it.")
    problem = wrong_type(kind, arguments) if is_ours(kind) else None
    if problem:
        raise DatasetConfigError(f"'{name}': {problem}")
    try:
        dataset = kind(**arguments)
    except Exception as exc:  # noqa: BLE001 - whatever the constructor raises, told with the dataset's name
        raise _not_made(name, kind, arguments, exc) from (exc.__cause__ if isinstance(exc, DatasetError) else exc)
    dataset._name = name
    return dataset


def parse(name: str, config: Mapping[str, Any]) -> Parsed:
    """Return what a definition says.

    Raises:
        DatasetConfigError: There is no `type`, it names no dataset, or one that cannot be versioned as it should.
    """
    check_definition(name, config)
    kind = resolve(config[_TYPE], name)
    arguments = copy_plain(config)
    del arguments[_TYPE]
    arguments.pop(_VERSION, None)
    asked = arguments.pop(_VERSIONED, False)
    if type(asked) is not bool:
        raise DatasetConfigError(f"'{name}': `versioned` must be true or false, not {type(asked).__name__}.")
    wrapped = arguments.get(getattr(kind, "_WRAPS", ""))
    versioned = (
        asked
        or getattr(kind, _VERSIONED, False) is True
        or (wrapped is not None and isinstance(wrapped, Mapping) and wrapped.get(_VERSIONED) is True)
    )
    if versioned and _VERSION not in parameters(kind).named and not parameters(kind).takes_any:
        raise DatasetConfigError(
            f"'{name}': {kind.__name__} keeps no versions (its constructor takes no `version`). Drop `versioned: true`."
        )
    return Parsed(kind, arguments, versioned)


def check_definition(name: object, config: object) -> None:
    """Check what can be checked of a definition without looking up its class.

    Raises:
        DatasetConfigError: It is no mapping, or has no `type`.
    """
    if type(config) is not dict and not isinstance(config, Mapping):
        raise DatasetConfigError(
            f"'{name}': a definition must be a mapping with a `type`, not {type(config).__name__}.\n"
            "Names that start with '_' are never datasets: use them for what others share."
        )
    if _TYPE not in config:
        near = next((key for key in config if did_you_mean(_TYPE, [str(key)])), None)
        raise DatasetConfigError(
            f"'{name}': its definition has no `type`, such as `type: pandas.CSVDataset`."
            f"{f' It has {near!r}: write `type`.' if near else ''}"
        )


def _not_made(name: str, kind: type, arguments: Mapping[str, Any], cause: Exception) -> DatasetError:
    """Return the error for a constructor that failed."""
    secrets = secrets_in(arguments)
    hide(cause, secrets)
    if isinstance(cause, DatasetError):
        known = cause if isinstance(cause, DatasetConfigError) else DatasetConfigError()
        return type(known)(str(cause) if f"'{name}'" in str(cause) else f"'{name}': {cause}")
    problem = argument_problem(kind, arguments) if isinstance(cause, TypeError) else None
    if problem:
        return DatasetConfigError(f"'{name}': {problem}")
    why = f"{type(cause).__name__}: {mask_text(first_lines(cause), secrets)}"
    hint = wrong_type(kind, arguments)
    return DatasetConfigError(
        f"'{name}': {kind.__name__} could not be made. {why}{f'{chr(10)}  By its annotation, {hint}' if hint else ''}"
    )


def copy_plain(value: Any) -> Any:
    """Return a copy of nested dicts and lists; what is inside them stays the same object."""
    if isinstance(value, _MAPPINGS):
        # Copied whole, then looked at: most values are atoms, and a catalog has very many definitions.
        copy = dict(value)
        for key, each in copy.items():
            if type(each) not in _ATOMS and isinstance(each, _NESTED):
                copy[key] = copy_plain(each)
        return copy
    return [copy_plain(each) if isinstance(each, _NESTED) else each for each in value]


def definition_of(dataset: AbstractDataset[Any, Any]) -> dict[str, Any]:
    """Return a definition that makes such a dataset again, without its secrets.

    Raises:
        DatasetError: Nobody knows how it was made.
    """
    without: dict[str, Any] = redact(_without_credentials(full_definition(dataset)))
    return without


def full_definition(dataset: AbstractDataset[Any, Any]) -> dict[str, Any]:
    """Return the same with its secrets."""
    kind, arguments = type(dataset), arguments_of(dataset)
    missing = missing_arguments(kind, arguments)
    if missing:
        raise DatasetError(
            f"'{dataset._name or kind.__name__}' does not know how it was made: {listed(missing)} "
            f"did not reach AbstractDataset. Let the `__new__` of {kind.__name__} pass on its arguments, or write "
            "`to_config`."
        )
    versioned = {} if arguments.pop(_VERSION, None) is None else {_VERSIONED: True}
    given = {key: _plain(each) for key, each in arguments.items() if each is not None}
    return {_TYPE: _path_of(kind), **given, **versioned}


def _plain(value: Any) -> Any:
    if is_dataset_class(type(value)):
        return full_definition(value)
    if isinstance(value, type):
        return _path_of(value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if hasattr(value, "__fspath__") else value


def _path_of(kind: type) -> Any:
    """Return the path from which a class is imported; itself where there is none."""
    return kind if "<locals>" in kind.__qualname__ else f"{kind.__module__}.{kind.__qualname__}"


def _without_credentials(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_credentials(each) for key, each in value.items() if key != _CREDENTIALS}
    return [_without_credentials(each) for each in value] if isinstance(value, list) else value
