"""Small names that datasets and plugins import from `kedro.io` and `kedro.utils`: constants, and a few functions."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from tidemill.errors import DatasetError
from tidemill.io.definition import parse
from tidemill.io.memory import MemoryDataset
from tidemill.io.paths import get_filepath_str, get_protocol_and_path
from tidemill.io.versions import Version, generate_timestamp
from tidemill.pipeline.wiring import is_parameter  # noqa: F401 - asked for here, as in Kedro
from tidemill.project.discovery import find_project
from tidemill.project.metadata import read_pyproject

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from pathlib import Path

PROTOCOL_DELIMITER = "://"
HTTP_PROTOCOLS = ("http", "https")
CLOUD_PROTOCOLS = ("abfs", "abfss", "adl", "gcs", "gdrive", "gs", "oci", "oss", "s3", "s3a", "s3n")
S3_PROTOCOLS = ("s3", "s3a", "s3n")
VERSION_FORMAT = "%Y-%m-%dT%H.%M.%S.%fZ"
VERSIONED_FLAG_KEY, VERSION_KEY, TYPE_KEY, VALIDATOR_KEY = "versioned", "version", "type", "validator"
CREDENTIALS_KEY, CATALOG_KEY = "credentials", "catalog"
DATASET_CREDENTIALS_KEY, CHECKPOINT_CREDENTIALS_KEY = "dataset_credentials", "checkpoint_credentials"
KEY_PROPAGATION_WARNING = (
    "Top-level %(keys)s will not propagate into the %(target)s: '%(keys)s' was explicitly set there."
)
DEFAULT_RUNTIME_PATTERN = {"{default}": {"type": "MemoryDataset"}}
TRANSCODING_SEPARATOR = "@"
TCopyMode = Literal["assign", "copy", "deepcopy"]
Anything = TypeVar("Anything", bound="Callable[..., Any]")


def parse_dataset_definition(
    config: dict[str, Any], load_version: str | None = None, save_version: str | None = None
) -> tuple[type[Any], dict[str, Any]]:
    """Return the class of a definition, and the arguments that make a dataset of it.

    Raises:
        DatasetConfigError: It is no definition.
    """
    kind, arguments, versioned = parse("dataset", config)
    if versioned:
        arguments[VERSION_KEY] = Version(load_version, save_version or generate_timestamp())
    return kind, arguments


def validate_on_forbidden_chars(**kwargs: str) -> None:
    """Refuse arguments with white space or a semicolon.

    Raises:
        DatasetError: There is one.
    """
    for name, value in kwargs.items():
        if ";" in value or any(each.isspace() for each in value):
            raise DatasetError(f"'{name}' is {value!r}: it can hold neither white space nor a semicolon.")


def load_obj(obj_path: str, default_obj_path: str = "") -> Any:
    """Return what a path such as `package.module.name` names.

    Args:
        obj_path: The path.
        default_obj_path: Where a name without a module is looked up.

    Raises:
        AttributeError: The module has no such name.
    """
    module, _, name = obj_path.rpartition(".")
    return getattr(importlib.import_module(module or default_obj_path), name)


def find_kedro_project(current_dir: Path) -> Path | None:
    """Return the folder of the project that a folder is in."""
    found = find_project(current_dir)
    return None if found is None else found.project_path


def is_kedro_project(project_path: str | os.PathLike[str]) -> bool:
    """Tell whether a folder has a `pyproject.toml` with `[tool.kedro]` or `[tool.tidemill]`."""
    from pathlib import Path

    return read_pyproject(Path(project_path)) is not None


def _parse_filepath(filepath: str) -> dict[str, str]:
    protocol, path = get_protocol_and_path(filepath)
    return {"protocol": protocol, "path": get_filepath_str(path, protocol)}


def _is_memory_dataset(dataset: object) -> bool:
    return isinstance(dataset, MemoryDataset)


def _transcode_split(element: str) -> tuple[str, str]:
    name, _, way = element.partition(TRANSCODING_SEPARATOR)
    return name, way


class KedroDeprecationWarning(DeprecationWarning):
    """Of Kedro; never issued here."""


class KedroPythonVersionWarning(UserWarning):
    """Of Kedro; never issued here."""


class KedroExperimentalWarning(UserWarning):
    """Of Kedro; never issued here."""


def experimental(function: Anything) -> Anything:
    """Return what a plugin marks as something that may change, as it is."""
    return function
