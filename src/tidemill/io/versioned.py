"""AbstractVersionedDataset: a dataset whose saves are versions, committed whole or not at all."""

from __future__ import annotations

import abc
import os
import threading
from itertools import islice
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any, Generic

from tidemill.errors import DatasetConfigError, DatasetError, VersionAlreadyExistsError, VersionNotFoundError
from tidemill.io import facts, provenance
from tidemill.io import store as stores
from tidemill.io.dataset import AbstractDataset, In, Out, known_as
from tidemill.io.manifest import Manifest, writer
from tidemill.io.paths import as_pure, check_inside, full_path, get_protocol_and_path, protocols_of
from tidemill.io.secrets.redaction import mask_url
from tidemill.io.versions import Version, Wanted, generate_timestamp, timestamp_after
from tidemill.io.warning import warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from typing_extensions import Self

_SAVES: dict[tuple[int, int], _Save] = {}


class AbstractVersionedDataset(AbstractDataset[In, Out], abc.ABC, Generic[In, Out]):
    """A dataset at a path, with versions when it is given a `Version`.

    Authors read from `_get_load_path()` and write to `_get_save_path()`, which during a save is a place that nobody
    reads. When the save returns, what is there becomes the new version (or the new content) in one step; when it
    fails or dies, there is no trace of it.
    """

    def __init__(
        self,
        filepath: PurePath,
        version: Version | None,
        exists_function: Callable[[str], bool] | None = None,
        glob_function: Callable[[str], Iterable[str]] | None = None,
    ) -> None:
        """Set where the data is.

        Args:
            filepath: The path on its filesystem; versions are `<filepath>/<version>/<last part of filepath>`.
            version: Which version to load and to save; None if the dataset is not versioned.
            exists_function: Tells whether a path exists; local disk if left out. A method of an fsspec filesystem
                says which filesystem it is.
            glob_function: Lists the paths that match a pattern, in the same way.
        """
        self._filepath = filepath
        self._version = version
        self._exists_function = stores.as_method(exists_function)
        self._glob_function = stores.as_method(glob_function)
        if version is not None:
            _check_version(version, filepath, self._glob_function or self._exists_function)

    # What users call.

    def resolve_load_version(self) -> str | None:
        """Return the version that loads read: the fixed one, or the newest when first asked; None if not versioned.

        Raises:
            VersionNotFoundError: There is none, or the fixed one is not committed.
        """
        if not self._version:
            return None
        resolved: str | None = vars(self).get("_load_version")
        if resolved is None:
            resolved = vars(self).setdefault("_load_version", self._find_load_version(self._version.load))
        return resolved

    def resolve_save_version(self) -> str | None:
        """Return the version that the next save makes, or the last one made; None if not versioned."""
        if not self._version:
            return None
        save = _current(self)
        if save is not None and save.version is not None:
            return save.version
        known = self._version.save or vars(self).get("_save_version") or vars(self).get("_saved_version")
        return known or vars(self).setdefault("_save_version", generate_timestamp())

    def at(self, version: str | Version) -> Self:
        """Return a copy of this dataset that loads exactly this version; a `Version` says what it saves too.

        Raises:
            DatasetError: It is not versioned.
        """
        if not self._version:
            raise DatasetError(
                f"'{known_as(self)}' is not versioned, so version '{version}' cannot be loaded. "
                "Add `versioned: true` to it."
            )
        both = version if isinstance(version, Version) else Version(version, self._version.save)
        _check_version(both, self._filepath, None)
        other = self._copy(_version=both)
        AbstractVersionedDataset._release(other)
        return other

    def list_versions(self, full_path: bool = False) -> list[str]:
        """Return every committed version, newest first: what `load(version=...)` takes, or full paths to them."""
        if not self._version:
            return []
        versions = [*stores.committed(self._store, *self._root_and_name())]
        return [str(self._get_versioned_path(each)) for each in versions] if full_path else versions

    def manifest(self, version: str | None = None) -> Manifest | None:
        """Return the manifest of a version, by default of the one that loads read; None if it came from elsewhere."""
        version = version or self.resolve_load_version()
        return self._store.manifest(self._root_and_name()[0], version) if version else None

    def fingerprint(self) -> str | None:
        """Return the version that loads read, or the size and time of an unversioned file; None where it is missing."""
        try:
            version = self.resolve_load_version()
        except VersionNotFoundError:
            return None
        return version or self._store.fingerprint(self._root_and_name()[0])

    def exists(self) -> bool:
        """Tell whether there is something to load; False where there is no version yet."""
        try:
            return super().exists()
        except VersionNotFoundError:
            return False

    # What authors call.

    def _get_load_path(self) -> PurePath:
        version = self.resolve_load_version()
        if version is None:
            self._store.settle(str(self._filepath))
            return self._filepath
        return self._get_versioned_path(version)

    def _get_save_path(self) -> PurePath:
        save = _current(self)
        if save is not None:
            return self._like_filepath(save.begin().path)
        version = self.resolve_save_version()
        if version is None:
            return self._filepath
        path = self._get_versioned_path(version)
        if self._store.exists(str(path)):
            raise VersionAlreadyExistsError(
                f"'{known_as(self)}': {mask_url(str(path))} exists, and a version never changes."
            )
        return path

    def _get_versioned_path(self, version: str) -> PurePath:
        path = as_pure(self._filepath)
        return self._like_filepath(str(path / version / path.name))

    def _exists(self) -> bool:
        return self._is_there(str(self._filepath))

    def _is_there(self, path: str) -> bool:
        """Tell whether there is something to load at the filepath, which its filesystem knows as this path."""
        if not self._version:
            return self._store.exists(path)
        known = vars(self).get("_load_version")
        if known is None:
            return self.resolve_load_version() is not None  # looked for at this moment
        root, name = self._root_and_name()
        return self._store.is_committed(root, known, name)

    def _release(self) -> None:
        for each in ("_load_version", "_save_version", "_saved_version"):
            vars(self).pop(each, None)

    # How a save goes.

    @property
    def _store(self) -> stores.Store:
        return stores.store_of(self._exists_function, self._glob_function)

    def _new_content(self) -> stores.NewContent:
        """Begin to replace the content of an unversioned path."""
        return self._store.overwrite(str(self._filepath))

    def _around_save(self, write: Callable[[], None], data: Any) -> None:
        key = (id(self), threading.get_ident())
        save = _SAVES[key] = _Save(self)
        try:
            try:
                if self._version:
                    save.begin()
                write()
                save.publish(data)
            except BaseException:  # Ctrl-C too leaves everything as it was
                save.abort()
                raise
        except VersionAlreadyExistsError as exc:
            raise VersionAlreadyExistsError(f"Saving '{known_as(self)}' failed. {exc}") from exc
        except (FileNotFoundError, NotADirectoryError, FileExistsError) as exc:
            in_the_way = None if isinstance(exc, DatasetError) else self._what_is_in_the_way()
            if in_the_way is None:
                raise
            raise DatasetError(in_the_way) from exc
        finally:
            del _SAVES[key]
        if self._version:
            self._note_saved(save.version, save.last)

    def _note_saved(self, saved: str | None, last: str | None) -> None:
        """Warn where the next load will not read what was just saved, beside a version that sorted last before."""
        version = self._version or Version()
        vars(self).pop("_load_version", None)
        vars(self).pop("_save_version", None)
        vars(self)["_saved_version"] = saved
        if version.load is None and version.save is None:
            vars(self)["_load_version"] = saved  # what this object loads; others load what sorts last
        reads = version.load or saved
        if version.load is None and saved is not None and last is not None and last > saved:
            reads = stores.newest(self._store, *self._root_and_name())
        if reads != saved:
            warn(
                f"'{known_as(self)}' was saved as version '{saved}', and loads read version "
                f"'{reads}': the save and load versions do not match."
            )

    def _find_load_version(self, fixed: str | None) -> str:
        root, name = self._root_and_name()
        if fixed is None:
            found = stores.newest(self._store, root, name)
        else:
            found = fixed if self._store.is_committed(root, fixed, name) else None
        if found is None:
            raise VersionNotFoundError(self._no_version(fixed))
        return found

    def _root_and_name(self) -> tuple[str, str]:
        path = as_pure(self._filepath)
        return str(path), path.name

    def _like_filepath(self, path: str) -> PurePath:
        return type(self._filepath)(path) if isinstance(self._filepath, PurePath) else PurePosixPath(path)

    # What to say when it does not.

    def _no_version(self, fixed: str | None) -> str:
        root, name = self._root_and_name()
        who = f"'{self._name}'" if self._name else type(self).__name__
        shown = self._shown()
        if self._store is stores.LOCAL and os.path.isfile(root):
            return (
                f"{who}: {shown} is a file, and a versioned dataset needs a folder of that name. "
                f"Make it the first version: move it to {shown}/{generate_timestamp()}/{name}"
            )
        if fixed is None:
            return f"{who}: no versions under {shown}. Save it once, or drop `versioned: true`."
        some = [*islice(stores.committed(self._store, root, name), 3)]
        known = f"The newest are {', '.join(some)}." if some else "There are none at all."
        return f"{who}: no version '{fixed}' under {shown}. {known}"

    def _what_is_in_the_way(self) -> str | None:
        """Return what to say where a file is in the place of a folder of versions; None where none is."""
        if not self._version or self._store is not stores.LOCAL:
            return None
        place = blocking = os.path.abspath(str(self._filepath))
        while not os.path.lexists(blocking):
            blocking = os.path.dirname(blocking)
        if os.path.isdir(blocking):
            return None
        root, name = self._shown(), as_pure(self._filepath).name
        first = f"make it the first version: {root}/{generate_timestamp()}/{name}"
        return (
            f"Saving '{known_as(self)}' failed: "
            f"a version needs the folder {root}, and {mask_url(blocking)} is a file.\n"
            f"  Move that file away, or {first if blocking == place else 'correct the filepath.'}"
        )

    def _shown(self) -> str:
        """Return the filepath as a message has it: with its protocol, without secrets."""
        path = str(self._filepath)
        return mask_url(path if "://" in path else full_path(path, vars(self).get("_protocol") or "file"))

    def _why_missing(self) -> str | None:
        if self._store is not stores.LOCAL:
            return f"Nothing is there. Save it once, or correct the filepath {self._shown()}."
        path = os.path.abspath(str(self._filepath))
        if os.path.isdir(path) and not self._version:
            return "It is a folder. If it holds versions, add `versioned: true`; if files, use a PartitionedDataset."
        if not os.path.exists(path):
            from tidemill.names import did_you_mean

            folder, name = os.path.split(path)
            near = did_you_mean(name, sorted(os.listdir(folder))) if os.path.isdir(folder) else ""
            return f"Nothing is there: save it once, or correct the filepath{near or '.'}"
        return None


def _check_version(version: Any, filepath: PurePath, function: Callable[..., Any] | None) -> None:
    """Refuse what is no version, and versions where the filesystem behind this function cannot keep any."""
    if not isinstance(version, Version):
        raise DatasetConfigError(
            f"`version` must be a Version(load, save), or None; it is a {type(version).__name__}: {version!r}"
        )
    for each in version:
        if each is not None:
            check_inside("version", each, folder=str(filepath), nested=False)
    for protocol in protocols_of(function.fs) if isinstance(function, stores.Method) else ():
        get_protocol_and_path(full_path(filepath, protocol), version)


class _Save:
    """One save of one dataset, from before the author's code to after it."""

    def __init__(self, dataset: AbstractVersionedDataset[Any, Any]) -> None:
        self._dataset = dataset
        self._target: Any = None
        self.version: str | None = None
        self.last: str | None = None

    def begin(self) -> Any:
        """Begin where the data goes, the first time that is asked."""
        if self._target is None:
            dataset = self._dataset
            if dataset._version:
                self._target = self._begin_version(dataset._version)
                self.version = self._target.version
            else:
                self._target = dataset._new_content()
        return self._target

    def publish(self, data: Any) -> None:
        """Make it current."""
        if self._target is None:
            return  # the author's code never asked where to write: it knows better
        if self.version is None:
            self._target.publish()
        elif not self._target.is_written():
            raise DatasetError(
                f"Saving '{known_as(self._dataset)}' wrote nothing: a versioned dataset "
                "must write to the path that `_get_save_path()` returns."
            )
        else:
            self.version = self._target.publish(self._manifest(data))

    def abort(self) -> None:
        """Leave everything as it was."""
        if self._target is not None:
            self._target.abort()

    def _begin_version(self, version: Version) -> stores.NewVersion:
        dataset = self._dataset
        root, name = dataset._root_and_name()
        names = stores.names(dataset._store, root, name)
        self.last = max(names, default=None)
        wanted = version.save or vars(dataset).get("_save_version") or timestamp_after(names)
        exactly = Wanted(wanted, fixed=version.save is not None, seen=wanted in names)
        return dataset._store.begin(root, name, exactly, claim=lambda: self._manifest(None, wanted))

    def _manifest(self, data: Any, version: str | None = None) -> Manifest:
        dataset, known = self._dataset, provenance.facts()
        return Manifest(
            version=version or self.version or "",
            type=f"{type(dataset).__module__}.{type(dataset).__qualname__}",
            dataset=dataset._name,
            data=facts.describe(data),
            writer=writer(),
            run=known.get("run") or {},
            inputs=known.get("inputs") or {},
            parameters=known.get("parameters") or {},
        )


def _current(dataset: AbstractVersionedDataset[Any, Any]) -> _Save | None:
    """Return the save of this dataset that is going on here, also where the author's code uses threads."""
    if not _SAVES:
        return None
    found = _SAVES.get((id(dataset), threading.get_ident()))
    if found is None:
        others = [save for (owner, _), save in list(_SAVES.items()) if owner == id(dataset)]
        found = others[0] if len(others) == 1 else None
    return found
