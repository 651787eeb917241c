"""From a definition to a dataset: the class behind a `type`, and what to say when it does not fit."""

from __future__ import annotations

import functools
import importlib
import inspect
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetConfigError
from tidemill.io.redaction import redact
from tidemill.io.versions import Version
from tidemill.names import did_you_mean, modern

if TYPE_CHECKING:
    from typing_extensions import TypeGuard

    from tidemill.io.dataset import AbstractDataset

#: Where a short `type` is looked up, by name: the table of datasets is a string here, for `io` stands below it.
TABLE = "tidemill.datasets"
_ROOM = "tidemill.io"
#: What may stand before a short name in definitions that were written for other releases.
_OLD_ROOTS = (
    "kedro.extras.datasets.",
    "kedro.contrib.io.",
    "kedro_datasets.",
    "kedro.io.",
    "tidemill.datasets.",
    "tidemill.extras.datasets.",
    "tidemill.io.",
    "partitions.",
)
# Asking for dict first spares most values the slow question to the abstract class.
_MAPPINGS = (dict, Mapping)
_NESTED = (*_MAPPINGS, list)
_ATOMS = frozenset({str, int, float, bool, type(None)})
_VERSIONED, _VERSION, _TYPE = "versioned", "version", "type"


def is_dataset_class(kind: object) -> TypeGuard[type[AbstractDataset[Any, Any]]]:
    """Tell whether this is a subclass of AbstractDataset, which imports this module and so cannot be imported here."""
    return isinstance(kind, type) and getattr(kind, "_is_dataset", False) is True


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
    if versioned:
        if "version" not in _parameters(kind)[0] and not _parameters(kind)[1]:
            raise DatasetConfigError(
                f"'{name}': {kind.__name__} keeps no versions (its constructor takes no `version`). "
                "Drop `versioned: true`."
            )
        arguments["version"] = Version(load_version, save_version)
    elif load_version is not None:
        warnings.warn(
            f"'{name}' is not versioned, so version '{load_version}' has no effect. Add `versioned: true` to it.",
            stacklevel=3,
        )
    try:
        dataset = kind(**arguments)
    except TypeError as exc:
        problem = argument_problem(kind, arguments)
        if problem is None:
            raise DatasetConfigError(f"'{name}': {kind.__name__} could not be made. {exc}") from exc
        raise DatasetConfigError(f"'{name}': {problem}") from exc
    except DatasetConfigError as exc:
        raise type(exc)(str(exc) if f"'{name}'" in str(exc) else f"'{name}': {exc}") from exc
    except Exception as exc:
        from tidemill.io.redaction import mask_text, secrets_in

        why = mask_text(str(exc), secrets_in(arguments))
        raise DatasetConfigError(f"'{name}': {kind.__name__} could not be made. {type(exc).__name__}: {why}") from exc
    dataset._name = name
    return dataset


def parse(name: str, config: Mapping[str, Any]) -> tuple[type[AbstractDataset[Any, Any]], dict[str, Any], bool]:
    """Return the class, a copy of the arguments, and whether it is versioned.

    Raises:
        DatasetConfigError: There is no `type`, or it names no dataset.
    """
    check_definition(name, config)
    kind = resolve(config[_TYPE], name)
    arguments = copy_plain(config)
    del arguments[_TYPE]
    if _VERSION in arguments:
        del arguments[_VERSION]
        warnings.warn(
            f"'{name}': left out `version`, which a definition cannot fix. Use `versioned: true`, and `load_versions` "
            "of the catalog for an exact one.",
            stacklevel=4,
        )
    versioned = arguments.pop(_VERSIONED, False) or getattr(kind, _VERSIONED, False) is True
    wrapped = arguments.get(getattr(kind, "_WRAPS", ""))
    versioned = versioned or (isinstance(wrapped, Mapping) and bool(wrapped.get(_VERSIONED)))
    return kind, arguments, bool(versioned)


def check_definition(name: object, config: object) -> None:
    """Check what can be checked of a definition without looking up its class.

    Raises:
        DatasetConfigError: It is no mapping, or has no `type`.
    """
    if type(config) is not dict and not isinstance(config, Mapping):
        raise DatasetConfigError(
            f"'{name}': a definition must be a mapping with a `type`; it is a {type(config).__name__}. "
            "Names that start with '_' are never datasets: use them for what others share."
        )
    if _TYPE not in config:
        near = did_you_mean(_TYPE, [str(key) for key in config])
        raise DatasetConfigError(
            f"'{name}': its definition has no `type`, such as `type: pandas.CSVDataset`{near or '.'}"
        )


def resolve(kind: Any, name: str = "") -> type[AbstractDataset[Any, Any]]:
    """Return the dataset class that a `type` names: a class, a full path, or a short one such as `pandas.CSVDataset`.

    Raises:
        DatasetConfigError: There is none; or its library is missing, and the message has the pip command.
    """
    if isinstance(kind, str):
        try:
            return _find(kind)
        except DatasetConfigError as exc:
            raise DatasetConfigError(f"'{name}': {exc}" if name else str(exc)) from exc.__cause__
    if is_dataset_class(kind):
        return kind
    shown = kind.__name__ if isinstance(kind, type) else repr(kind)
    raise DatasetConfigError(f"{f'{name!r}: ' if name else ''}{shown} is no dataset: it must inherit AbstractDataset.")


def _find(path: str) -> type[AbstractDataset[Any, Any]]:
    # A class of our own is looked up once; a user's module may be edited and imported again.
    return _from_table(path) or _checked(_import(path), path)


@functools.lru_cache(maxsize=1024)
def _from_table(path: str) -> type[AbstractDataset[Any, Any]] | None:
    if not path.strip() or path.startswith(".") or path.endswith(".") or ".." in path:
        raise DatasetConfigError(
            f"type '{path}' is no path of a class. Relative paths are not looked up: write it in full, such as "
            "`my_project.datasets.MyDataset`."
        )
    from tidemill.io import __all__ as room

    for short in _short_names(path):
        last = short.rpartition(".")[2]
        if short == last and last in room:
            return _checked(getattr(importlib.import_module(_ROOM), last), path)
        found = importlib.import_module(TABLE).find(short)
        if found is not None:
            return _checked(found, path)
    return None


def _short_names(path: str) -> list[str]:
    """Return the names under which a path may stand in our own table: `pandas.CSVDataset`, or a bare class."""
    path = modern(path)
    rest = next((path[len(root) :] for root in _OLD_ROOTS if path.startswith(root)), path)
    parts = rest.split(".")
    if rest == path and len(parts) > 2:
        return []
    names = [rest]
    if len(parts) > 2:  # pandas.csv_dataset.CSVDataset
        names.append(f"{parts[0]}.{parts[-1]}")
    if rest != path:  # kedro.io.partitioned_dataset.PartitionedDataset
        names.append(parts[-1])
    return names


def _import(path: str) -> Any:
    module_name, _, class_name = path.rpartition(".")
    if not module_name:
        raise DatasetConfigError(f"type '{path}' is unknown{_known_near(path) or _HOW}")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as exc:
        if exc.name and (module_name == exc.name or module_name.startswith(f"{exc.name}.")):
            raise DatasetConfigError(f"type '{path}' is unknown{_known_near(path) or _HOW}") from exc
        raise DatasetConfigError(
            f"type '{path}' needs the library '{exc.name}', which is not installed: pip install {exc.name}"
        ) from exc
    except Exception as exc:
        raise DatasetConfigError(
            f"type '{path}': its module could not be imported. {type(exc).__name__}: {exc}"
        ) from exc
    found = getattr(module, class_name, None)
    if found is None:
        near = _known_near(path) or did_you_mean(class_name, [each for each in dir(module) if not each.startswith("_")])
        raise DatasetConfigError(f"type '{path}': module '{module_name}' has no '{class_name}'{near}")
    return found


_HOW = (
    ". It is none of Tidemill's datasets, and no importable class: write it in full, such as "
    "`my_project.datasets.MyDataset`, and see that its package is installed or on the path."
)


def _known_near(path: str) -> str:
    from tidemill.io import __all__ as room

    table = importlib.import_module(TABLE)
    known = [*table.DATASETS, *(each for each in room if each.endswith("Dataset") and "Abstract" not in each)]
    return did_you_mean(modern(path), known)


def _checked(found: object, path: str) -> type[AbstractDataset[Any, Any]]:
    if not isinstance(found, type):
        raise DatasetConfigError(f"type '{path}' is a {type(found).__name__}, not a class.")
    if not is_dataset_class(found):
        raise DatasetConfigError(f"type '{path}' is a class, but no dataset: it must inherit AbstractDataset.")
    return found


@functools.lru_cache(maxsize=1024)
def _parameters(kind: type) -> tuple[dict[str, inspect.Parameter], bool]:
    """Return the constructor's named parameters, and whether it takes any others too."""
    parameters = dict(inspect.signature(kind.__init__).parameters)
    parameters.pop(next(iter(parameters), ""), None)
    takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
    named = {n: each for n, each in parameters.items() if each.kind in {each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY}}
    return named, takes_any


def argument_problem(kind: type, arguments: Mapping[str, Any]) -> str | None:
    """Return what is wrong with these names of arguments, or None."""
    named, takes_any = _parameters(kind)
    unknown = [] if takes_any else [str(each) for each in arguments if each not in named]
    if unknown:
        valid = ", ".join(each for each in named if each != "version")
        near = did_you_mean(unknown[0], list(named)).rstrip("?")
        hint = f"{near}? " if near else ". "
        return f"{kind.__name__} has no argument {' and '.join(map(repr, unknown))}{hint}It takes: {valid or 'none'}."
    missing = [n for n, each in named.items() if each.default is each.empty and n not in arguments]
    if missing:
        return f"{kind.__name__} needs {' and '.join(map(repr, missing))}, which its definition does not give."
    return None


def copy_plain(value: Any) -> Any:
    """Return a copy of nested dicts and lists; what is inside them stays the same object."""
    if isinstance(value, _MAPPINGS):
        return {key: _copied(each) for key, each in value.items()}
    return [_copied(each) for each in value]


def _copied(value: Any) -> Any:
    return value if type(value) in _ATOMS or not isinstance(value, _NESTED) else copy_plain(value)


def definition_of(dataset: AbstractDataset[Any, Any]) -> dict[str, Any]:
    """Return a definition that makes such a dataset again, without its secrets."""
    args, kwargs = vars(dataset).get("_init_call", ((), {}))
    kind = type(dataset)
    named = [*_parameters(kind)[0]]
    arguments = {**dict(zip(named, args, strict=False)), **kwargs}
    version = arguments.pop("version", None)
    arguments.pop("credentials", None)
    definition: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
    if version is not None:
        definition[_VERSIONED] = True
    for key, value in arguments.items():
        if value is not None:
            definition[key] = _plain(value)
    return definition


def _plain(value: Any) -> Any:
    if is_dataset_class(type(value)):
        return value.to_config()
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, Mapping):
        value = {key: each for key, each in value.items() if key != "credentials"}
    elif hasattr(value, "__fspath__"):
        value = str(value)
    return redact(value)
