"""What a catalog's definitions say, read once: which are datasets, which are patterns, and what is wrong at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tidemill.catalog.credentials import check_credentials, resolve_credentials
from tidemill.catalog.patterns import Patterns
from tidemill.errors import DatasetConfigError, DatasetNotFoundError
from tidemill.io.definition import build, check_definition, copy_plain
from tidemill.io.show import listed
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from tidemill.io.dataset import AbstractDataset


class Entry:
    """One name of a catalog: a definition until it is first used, from then on its dataset."""

    __slots__ = ("dataset", "definition")

    def __init__(
        self, definition: Mapping[str, Any] | None = None, dataset: AbstractDataset[Any, Any] | None = None
    ) -> None:
        """Hold either.

        Args:
            definition: `type` and arguments, credentials still by name.
            dataset: The dataset itself, where one was given.
        """
        self.definition, self.dataset = definition, dataset


class Specs:
    """All that a catalog was made from besides its entries: patterns, credentials, versions."""

    def __init__(
        self,
        patterns: Patterns,
        credentials: Mapping[str, Any],
        load_versions: Mapping[str, str],
        save_version: str | None,
    ) -> None:
        """Keep them.

        Args:
            patterns: The dataset factories.
            credentials: Name -> credentials.
            load_versions: Dataset name -> the version to load.
            save_version: The version that every versioned dataset of the catalog saves; None for a new one each time.
        """
        self.patterns, self.credentials = patterns, credentials
        self.load_versions, self.save_version = load_versions, save_version

    def build(self, name: str, definition: Mapping[str, Any]) -> AbstractDataset[Any, Any]:
        """Return the dataset of a definition.

        Raises:
            DatasetConfigError: It cannot become one.
        """
        resolved = resolve_credentials(name, definition, self.credentials)
        return build(name, resolved, self.load_versions.get(name), self.save_version)


def parse(
    catalog: Mapping[str, Any] | None, credentials: Mapping[str, Any] | None
) -> tuple[dict[str, Entry], Patterns]:
    """Return the entries and the patterns of a catalog's definitions, without importing any dataset's class.

    Names that start with `_` are left out: they hold what others share.

    Raises:
        DatasetConfigError: A name that is no string, or a definition that is no mapping or has no `type`.
        CredentialsNotFoundError: Credentials that are named and not given.
    """
    if not isinstance(catalog, Mapping):
        if catalog is None:
            return {}, Patterns({})
        raise DatasetConfigError(f"A catalog must be a mapping of name -> definition, not {type(catalog).__name__}.")
    entries: dict[str, Entry] = {}
    patterns: dict[str, Mapping[str, Any]] = {}
    for name, definition in catalog.items():
        if type(name) is not str or not name:
            kind = "empty" if name == "" else f"of type {type(name).__name__}"
            raise DatasetConfigError(f"The dataset name {name!r} is {kind}; names must be text. Quote it in the YAML.")
        if name[0] == "_":
            continue
        if type(definition) is not dict or "type" not in definition:
            check_definition(name, definition)
        try:
            check_credentials(name, definition, credentials)
            copy = copy_plain(definition)
        except RecursionError:
            raise DatasetConfigError(f"'{name}': its definition contains itself, or is nested too deep.") from None
        if "{" in name or "}" in name:
            patterns[name] = copy
        else:
            entries[name] = Entry(copy)
    return entries, Patterns(patterns)


def check_given(**given: object) -> None:
    """Check what is given beside the definitions.

    Raises:
        DatasetConfigError: Something is no mapping.
    """
    for name, value in given.items():
        if value is not None and not isinstance(value, Mapping):
            raise DatasetConfigError(f"`{name}` must be a mapping of name -> value, not {type(value).__name__}.")


def check_load_versions(load_versions: Mapping[str, str], entries: Mapping[str, Any], patterns: Patterns) -> None:
    """Raise for a version of a dataset that the catalog does not know.

    Raises:
        DatasetNotFoundError: It names the datasets.
    """
    unknown = [name for name in load_versions if name not in entries and patterns.match(name) is None]
    if unknown:
        near = did_you_mean(unknown[0], [*entries])
        raise DatasetNotFoundError(
            f"`load_versions` names {listed(unknown)}, which the catalog does not have{near or '.'}"
        )
