"""DataCatalog: names -> datasets."""

from __future__ import annotations

import logging
import re
import threading
from itertools import islice
from typing import TYPE_CHECKING, Any

from tidemill.catalog.parameters import named
from tidemill.catalog.patterns import Patterns
from tidemill.catalog.spec import Entry, Specs, check_given, check_load_versions, parse
from tidemill.errors import DatasetAlreadyExistsError, DatasetConfigError, DatasetError, DatasetNotFoundError
from tidemill.io.cached import uncached
from tidemill.io.dataset import AbstractDataset
from tidemill.io.memory import MemoryDataset
from tidemill.io.threadlock import ThreadLock
from tidemill.io.versioned import AbstractVersionedDataset
from tidemill.io.versions import Version, generate_timestamp
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from typing_extensions import Self

    from tidemill.catalog.attributes import Attributes
    from tidemill.catalog.check import Problem

    # `list` is a method here.
    Names = list[str]
    Problems = list[Problem]
    Datasets = list[AbstractDataset[Any, Any]]
    Items = list[tuple[str, AbstractDataset[Any, Any]]]

_LOG = logging.getLogger(__name__)
_SHOWN, _LONGEST_NAME = 8, 60


class DataCatalog:
    """Names -> datasets, each made when it is first used.

    A catalog saves all its versioned datasets under one version, fixed when it is made; a second save of the same
    dataset is refused. Use it as a mapping: `in`, `[]`, iteration over names, `len`, `keys`, `values`, `items`.
    """

    def __init__(
        self,
        datasets: Mapping[str, Any] | None = None,
        *,
        load_versions: Mapping[str, str] | None = None,
        save_version: str | None = None,
        data_sets: Mapping[str, Any] | None = None,
    ) -> None:
        """Make a catalog of datasets that exist already.

        Args:
            datasets: Name -> dataset, or data, which is kept in memory.
            load_versions: Dataset name -> the version to load; used by `from_config`.
            save_version: The version that the catalog saves; by default one made now.
            data_sets: The older name of `datasets`.
        """
        self._entries: dict[str, Entry] = {}
        self._specs = Specs(Patterns({}), {}, dict(load_versions or {}), save_version or generate_timestamp())
        self._lock = ThreadLock(threading.RLock)
        for name, dataset in {**(data_sets or {}), **(datasets or {})}.items():
            self[name] = dataset

    @classmethod
    def from_config(
        cls,
        catalog: Mapping[str, Any] | None,
        credentials: Mapping[str, Any] | None = None,
        load_versions: Mapping[str, str] | None = None,
        save_version: str | None = None,
    ) -> Self:
        """Make a catalog from definitions, as a `catalog.yml` holds them. No dataset is made before it is used.

        Args:
            catalog: Name, or pattern such as `"{country}.{name}@csv"`, -> definition.
            credentials: Name -> credentials, for definitions that say `credentials: name`.
            load_versions: Dataset name -> the version to load instead of the latest.
            save_version: The version that every versioned dataset saves; by default one made now.

        Raises:
            DatasetConfigError: A definition that cannot be one.
            CredentialsNotFoundError: Credentials that are named and not given.
            DatasetNotFoundError: A load version of a dataset that is not in the catalog.
        """
        check_given(credentials=credentials, load_versions=load_versions)
        entries, patterns = parse(catalog, credentials)
        made = cls(load_versions=load_versions, save_version=save_version)
        made._entries = entries
        made._specs = Specs(patterns, credentials or {}, made._specs.load_versions, made._specs.save_version)
        check_load_versions(made._specs.load_versions, entries, patterns)
        return made

    # The two calls, and their kin.

    def load(self, name: str, version: str | None = None, **load_args: Any) -> Any:
        """Return the data of a dataset.

        Args:
            name: Its name.
            version: An exact version instead of the catalog's.
            load_args: What this load hands to the library, where the dataset takes it.

        Raises:
            DatasetNotFoundError: The catalog has no such dataset.
            DatasetError: It could not be loaded.
        """
        entry = self._entries.get(name)
        dataset = None if entry is None else entry.dataset
        if dataset is None:
            dataset = self._dataset(name)
        if version is not None:
            dataset = _pinned(dataset, name, version)
        if _LOG.isEnabledFor(logging.INFO):
            _LOG.info("Loading '%s' (%s)", name, type(dataset).__name__)
        return dataset.load(**load_args)

    def save(self, name: str, data: Any) -> None:
        """Save data to a dataset.

        Args:
            name: Its name, one that a pattern of the catalog makes included.
            data: What the dataset takes; None is refused.

        Raises:
            DatasetNotFoundError: The catalog has no such dataset.
            VersionAlreadyExistsError: It is versioned, and this catalog has saved it before.
            DatasetError: It could not be saved.
        """
        entry = self._entries.get(name)
        dataset = None if entry is None else entry.dataset
        if dataset is None:
            dataset = self._dataset(name)
        if _LOG.isEnabledFor(logging.INFO):
            _LOG.info("Saving '%s' (%s)", name, type(dataset).__name__)
        dataset.save(data)

    def exists(self, name: str) -> bool:
        """Tell whether a dataset has something to load; False for a name that the catalog does not have."""
        return name in self and self._dataset(name).exists()

    def release(self, name: str) -> None:
        """Let a dataset forget what it has cached.

        Raises:
            DatasetNotFoundError: The catalog has no such dataset.
        """
        self._dataset(name).release()

    def confirm(self, name: str) -> None:
        """Confirm that what was loaded from an incremental dataset has been processed.

        Raises:
            DatasetNotFoundError: The catalog has no such dataset.
            DatasetError: It has nothing to confirm.
        """
        dataset = self._dataset(name)
        confirm = getattr(dataset, "confirm", None)
        if confirm is None:
            raise DatasetError(
                f"'{name}' ({type(dataset).__name__}) cannot be confirmed: only incremental datasets can. "
                "Drop it from the node's `confirms`."
            )
        confirm()

    # A mapping.

    def __getitem__(self, name: str) -> AbstractDataset[Any, Any]:
        return self._dataset(name)

    def __setitem__(self, name: str, value: Any) -> None:
        """Set a dataset; data that is no dataset is kept in memory."""
        if not isinstance(name, str):
            raise DatasetConfigError(f"The dataset name {name!r} is of type {type(name).__name__}; names must be text.")
        dataset = value if isinstance(value, AbstractDataset) else MemoryDataset(value)
        if dataset._name is None:
            dataset._name = name
        self._entries[name] = Entry(dataset=dataset)

    def __delitem__(self, name: str) -> None:
        if self._entries.pop(name, None) is None:
            raise self._not_found(name)

    def __contains__(self, name: object) -> bool:
        return name in self._entries or (isinstance(name, str) and self._specs.patterns.match(name) is not None)

    def __iter__(self) -> Iterator[str]:
        return iter([*self._entries])

    def __len__(self) -> int:
        return len(self._entries)

    def keys(self) -> Names:
        """Return the names; patterns have none."""
        return [*self._entries]

    def values(self) -> Datasets:
        """Return every dataset, made if need be."""
        return [self._dataset(name) for name in [*self._entries]]

    def items(self) -> Items:
        """Return every name with its dataset, made if need be."""
        return [(name, self._dataset(name)) for name in [*self._entries]]

    def get(
        self,
        name: str,
        fallback_to_runtime_pattern: bool = False,
        version: Version | None = None,
    ) -> AbstractDataset[Any, Any] | None:
        """Return a dataset, or None.

        Args:
            name: Its name, or one that a pattern matches.
            fallback_to_runtime_pattern: Whether an unknown name becomes a new MemoryDataset.
            version: Which version to load and save, instead of the catalog's.
        """
        if name not in self:
            if not fallback_to_runtime_pattern:
                return None
            self[name] = MemoryDataset()
        return self._get_dataset(name, version)

    def list(self, regex_search: str | None = None) -> Names:
        """Return the names, or those in which the regular expression is found, upper and lower case alike.

        Raises:
            DatasetConfigError: It is no regular expression.
        """
        return self.filter(name_regex=regex_search)

    def filter(
        self,
        name_regex: str | re.Pattern[str] | None = None,
        type_regex: str | re.Pattern[str] | None = None,
        by_type: type | tuple[type, ...] | Any = None,
    ) -> Names:
        """Return the names of the datasets that fit all that is given.

        Args:
            name_regex: Found in the name.
            type_regex: Found in the full path of the class.
            by_type: The class, or several.

        Raises:
            DatasetConfigError: It is no regular expression.
        """
        names, kinds = _searcher(name_regex), _searcher(type_regex)
        found = [name for name in [*self._entries] if names(name)]
        if type_regex is not None:
            found = [name for name in found if kinds(self.get_type(name) or "")]
        if by_type is not None:
            wanted = by_type if isinstance(by_type, type) else tuple(by_type)
            found = [name for name in found if isinstance(self._dataset(name), wanted)]
        return found

    def get_type(self, name: str) -> str | None:
        """Return the full path of a dataset's class; None for a name that the catalog does not have."""
        if name not in self:
            return None
        kind = type(self._dataset(name))
        return f"{kind.__module__}.{kind.__qualname__}"

    # Adding.

    def add(self, name: str, dataset: Any, replace: bool = False) -> None:
        """Add a dataset.

        Args:
            name: What it is called from now on.
            dataset: The dataset, or data, which is kept in memory.
            replace: Whether it may take the place of one that has the name.

        Raises:
            DatasetAlreadyExistsError: There is one of that name, and `replace` is False.
        """
        if name in self._entries and not replace:
            raise DatasetAlreadyExistsError(
                f"The catalog has '{name}' already. Choose another name, or pass `replace=True`."
            )
        self[name] = dataset

    def add_all(self, datasets: Mapping[str, Any], replace: bool = False) -> None:
        """Add several datasets, name -> dataset or data; `replace` and what is raised are as of `add`."""
        for name, dataset in datasets.items():
            self.add(name, dataset, replace)

    def add_feed_dict(self, feed_dict: Mapping[str, Any], replace: bool = False) -> None:
        """Do what `add_all` does, under the name that older releases have for data: name -> dataset or data."""
        self.add_all(feed_dict, replace)

    def add_parameters(self, parameters: Mapping[str, Any]) -> None:
        """Add `parameters`, and `params:a`, `params:a.b` ... for each of them, nested ones too."""
        for name, value in named(parameters).items():
            self[name] = MemoryDataset(value)

    def shallow_copy(self) -> DataCatalog:
        """Return a catalog with the same datasets, to which one can add without changing this one."""
        other = DataCatalog.__new__(type(self))
        other.__dict__.update(vars(self), _entries=dict(self._entries))
        return other

    # What it is.

    @property
    def save_version(self) -> str:
        """The version that every versioned dataset of this catalog saves."""
        return self._specs.save_version or generate_timestamp()

    @property
    def _data_sets(self) -> DataCatalog:
        return self

    @property
    def _datasets(self) -> DataCatalog:
        return self

    @property
    def datasets(self) -> Attributes:
        """The datasets as attributes, as older releases have them: `catalog.datasets.cars`."""
        from tidemill.catalog.attributes import Attributes

        return Attributes(self)

    def _get_dataset(
        self,
        data_set_name: str,
        version: Version | None = None,
        suggest: bool = True,  # noqa: ARG002 - as hooks of older projects call it
    ) -> AbstractDataset[Any, Any]:
        dataset = self._dataset(data_set_name)
        if not version:
            return dataset
        versioned = uncached(dataset)  # what is kept in memory may be another version
        return versioned.at(version) if isinstance(versioned, AbstractVersionedDataset) else dataset

    def validate(self) -> Problems:
        """Return everything that is wrong with the definitions, without making any dataset."""
        from tidemill.catalog.check import problems

        return problems(self._entries, self._specs)

    def definitions(self) -> dict[str, Mapping[str, Any] | None]:
        """Return each name and each pattern with its definition, None where a dataset was given; nothing is made."""
        given = {name: entry.definition for name, entry in self._entries.items()}
        return {**given, **self._specs.patterns.definitions()}

    def to_config(self) -> tuple[dict[str, Any], dict[str, Any], dict[str, str | None], str]:
        """Return definitions, credentials, load versions and the save version: the arguments of `from_config`.

        Secrets stand in the credentials only, which do not show them; where a definition holds one elsewhere, it is
        masked.
        """
        from tidemill.catalog.dump import to_config

        return to_config(self._entries, self._specs)

    def __repr__(self) -> str:
        names = [*islice(self._entries, _SHOWN)]
        more = len(self) - len(names)
        shown = ", ".join(name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}..." for name in names) + (
            f", ... {more:,} more" if more else ""
        )
        patterns = len(self._specs.patterns)
        and_patterns = f"; {patterns:,} pattern{'s' if patterns > 1 else ''}" if patterns else ""
        return f"DataCatalog({len(self):,} dataset{'s' if len(self) != 1 else ''}: {shown}{and_patterns})"

    def _repr_html_(self) -> str:
        from tidemill.catalog.show import as_html

        return as_html(self._entries, len(self._specs.patterns))

    def _ipython_key_completions_(self) -> Names:
        return self.keys()

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in vars(self).items() if key != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _lock=ThreadLock(threading.RLock))

    def _dataset(self, name: str) -> AbstractDataset[Any, Any]:
        """Return the dataset of this name, made now if nobody has used it yet."""
        entry = self._entries.get(name)
        dataset = None if entry is None else entry.dataset
        if dataset is None:
            with self._lock:  # another thread may have made it meanwhile
                entry = self._entries.get(name) or self._from_pattern(name)
                dataset = entry.dataset
                if dataset is None:
                    dataset = entry.dataset = self._specs.build(name, entry.definition or {})
                self._entries.setdefault(name, entry)  # whoever has set the name meanwhile meant it
        return dataset

    def _from_pattern(self, name: str) -> Entry:
        definition = self._specs.patterns.resolve(name) if isinstance(name, str) else None
        if definition is None:
            raise self._not_found(name)
        return Entry(definition)

    def _not_found(self, name: object) -> DatasetNotFoundError:
        near = did_you_mean(str(name), [*self._entries])
        return DatasetNotFoundError(f"The catalog has no dataset {name!r}{near or '.'}")


def _pinned(dataset: AbstractDataset[Any, Any], name: str, version: str) -> AbstractDataset[Any, Any]:
    at = getattr(uncached(dataset), "at", None)  # tables may keep versions of their own
    if at is None:
        raise DatasetError(
            f"'{name}' ({type(dataset).__name__}) keeps no versions, so version '{version}' cannot be loaded."
        )
    pinned: AbstractDataset[Any, Any] = at(version)
    return pinned


def _searcher(regex: str | re.Pattern[str] | None) -> Any:
    if regex is None:
        return lambda _: True
    try:
        return re.compile(regex, re.IGNORECASE).search if isinstance(regex, str) else regex.search
    except re.error as exc:
        raise DatasetConfigError(f"{regex!r} is no regular expression: {exc}") from exc
