"""PartitionedDataset: a folder of uniform files, each loaded when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.arguments import argument_problem
from tidemill.io.classes import resolve
from tidemill.io.commit import journal
from tidemill.io.commit.checksum import checksum_text
from tidemill.io.commit.staging import StagedPath
from tidemill.io.dataset import AbstractDataset, known_as
from tidemill.io.definition import copy_plain
from tidemill.io.listing import files_on, local_files
from tidemill.io.partitions import Partitions, PartitionSource
from tidemill.io.paths import check_inside, full_path, get_protocol_and_path, join
from tidemill.io.secrets.redaction import mask_url, redact
from tidemill.io.versioned import AbstractVersionedDataset
from tidemill.io.warning import warn

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_CREDENTIALS, _OLD_CREDENTIALS = "credentials", "dataset_credentials"


class PartitionedDataset(AbstractDataset[Mapping[str, Any], dict[str, Any]]):
    """A folder of files of one kind: loading gives partition id -> function that loads it, saving takes id -> data.

    The id is the path below the folder without the suffix. What a load found stays the same until `release`.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        dataset: str | type[AbstractDataset[Any, Any]] | Mapping[str, Any],
        filepath_arg: str = "filepath",
        filename_suffix: str = "",
        credentials: Mapping[str, Any] | None = None,
        load_args: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        overwrite: bool = False,
        save_lazily: bool = True,
        metadata: Any = None,
    ) -> None:
        """Set where the partitions are and what they are.

        Args:
            path: The folder.
            dataset: What each file is: a type, a class, or a definition with arguments.
            filepath_arg: The argument of that dataset that takes the path of a partition.
            filename_suffix: Files that end otherwise are left out; it is no part of the ids.
            credentials: Options for the filesystem that nobody may see. The partitions get them too, unless their
                definition has `credentials` of its own.
            load_args: Options for the filesystem's `find`, such as `maxdepth`.
            fs_args: Other options for the filesystem.
            overwrite: Whether a save removes the partitions that were there before, once all new ones are whole.
            save_lazily: Whether functions are called when their partition is saved, so that one is in memory at a time.
            metadata: Anything; Tidemill does not look at it.

        Raises:
            DatasetConfigError: The definition asks for versions, or is none.
        """
        protocol, folder = get_protocol_and_path(path)
        self._protocol = protocol
        self._path = folder.rstrip("/") or folder
        self._url = os.fspath(path)
        self._filepath_arg, self._filename_suffix = filepath_arg, filename_suffix
        self._overwrite, self._save_lazily = overwrite, save_lazily
        self._load_args = _mapping("load_args", load_args)
        self.metadata = metadata
        options = _mapping(_CREDENTIALS, credentials)
        definition = _definition(dataset, filepath_arg)
        _set_credentials(definition, options)
        self._fs_options = {**_mapping("fs_args", fs_args), **options}
        self._type = resolve(definition["type"])
        arguments = {key: each for key, each in definition.items() if key != "type"}
        problem = argument_problem(self._type, {**arguments, filepath_arg: "each partition's"})
        if problem:
            raise DatasetConfigError(f"`dataset`: {problem}")
        self._source = PartitionSource(definition, filepath_arg, full_path(self._path, protocol), filename_suffix)
        self._partitions: list[str] | None = None

    # Loading.

    def _load(self) -> dict[str, Any]:
        ids = self._list_partitions()
        if not ids:
            raise DatasetError(self._none_found())
        self._source.name = self._name or self._source.name
        return Partitions(self._source, ids)

    def _list_partitions(self) -> list[str]:
        """Return the ids that are there, in no order; the same ones until `release`."""
        if self._partitions is None:
            self._partitions = self._select(self._find())
        return self._partitions

    def _select(self, ids: list[str]) -> list[str]:
        """Return those that a load returns."""
        return ids

    def _find(self) -> list[str]:
        if self._protocol != "file":
            return self._list()
        with journal.stable(self._path):
            return self._list()

    def _list(self) -> list[str]:
        """Return the ids of all partitions, in no order."""
        if self._protocol == "file":
            try:
                os.stat(self._path)  # a folder that may not be looked into is an error, not a missing one
            except (FileNotFoundError, NotADirectoryError):
                return []
            if not self._load_args:
                return local_files(self._path, self._filename_suffix)
            root = os.path.abspath(self._path)
        else:
            root = self._root
        try:
            return files_on(self._fs, root, self._filename_suffix, self._load_args)
        except FileNotFoundError:
            return []

    def _none_found(self) -> str:
        who, where = known_as(self), self._source.name
        suffix = f" that end with '{self._filename_suffix}'" if self._filename_suffix else ""
        if self._protocol == "file" and not os.path.isdir(self._path):
            return f"'{who}': no partitions found: there is no folder {mask_url(self._path)}. Correct its `path`."
        return f"'{who}': no partitions found in {where}{suffix}. Correct its `path` or `filename_suffix`."

    def _exists(self) -> bool:
        return bool(self._list_partitions())

    def _release(self) -> None:
        self._partitions = None
        if "_filesystem" in vars(self):
            self._fs.invalidate_cache(self._root)

    def fingerprint(self) -> str | None:
        """Return the number and a checksum of the ids that the last load found; None if nothing was loaded."""
        if self._partitions is None:
            return None
        return f"partitions:{len(self._partitions)},{checksum_text(chr(10).join(sorted(self._partitions)))}"

    # Saving.

    def _save(self, data: Mapping[str, Any]) -> None:
        if not isinstance(data, Mapping):
            raise DatasetError(
                f"'{known_as(self)}' saves a dictionary of partition id -> data; it was given a {type(data).__name__}."
            )
        for each in data:
            check_inside("partition id", each, folder=self._source.name)
        self._source.name = self._name or self._source.name
        if self._protocol != "file":
            self._save_remote(data)
        elif self._overwrite:
            self._replace_all(data)
        else:
            self._save_each(data)
        self._partitions = None

    def _save_each(self, data: Mapping[str, Any]) -> None:
        """Save partition by partition, each current as soon as it is whole."""
        journal.settle(self._path)
        stages_itself = issubclass(self._type, AbstractVersionedDataset)
        for partition, value in data.items():
            if stages_itself:
                self._source.dataset(partition).save(self._value(value))
                continue
            staged = StagedPath(self._source.path(partition))
            try:
                self._source.dataset(partition, staged.path).save(self._value(value))
            except BaseException:  # Ctrl-C too must leave nothing behind
                staged.abort()
                raise
            staged.publish()

    def _replace_all(self, data: Mapping[str, Any]) -> None:
        """Save all partitions aside, then make them current together and drop the old ones."""
        replacement = journal.Replacement(self._path)
        try:
            for partition, value in data.items():
                path = replacement.path(partition + self._filename_suffix)
                self._source.dataset(partition, path).save(self._value(value))
        except BaseException:  # Ctrl-C too must leave nothing behind
            replacement.abort()
            raise
        replacement.commit(lambda: [each + self._filename_suffix for each in self._list()])

    def _save_remote(self, data: Mapping[str, Any]) -> None:
        old = self._find() if self._overwrite else []
        for partition, value in data.items():
            self._source.dataset(partition).save(self._value(value))
        for partition in old:
            if partition not in data:
                self._fs.rm_file(join(self._root, partition) + self._filename_suffix)
        self._fs.invalidate_cache(self._root)

    def _value(self, value: Any) -> Any:
        return value() if self._save_lazily and callable(value) else value

    # What it is.

    @property
    def _fs(self) -> AbstractFileSystem:
        """The filesystem, made when first asked for."""
        fs = vars(self).get("_filesystem")
        if fs is None:
            import fsspec

            fs, _ = fsspec.core.url_to_fs(self._url, **self._fs_options)
            vars(self)["_filesystem"] = fs
        return fs

    @property
    def _root(self) -> str:
        return str(self._fs._strip_protocol(full_path(self._path, self._protocol)))

    def _describe(self) -> dict[str, Any]:
        arguments = {k: v for k, v in self._source.definition.items() if k not in {"type", _CREDENTIALS}}
        return {
            "path": mask_url(full_path(self._path, self._protocol)),
            "dataset": self._type,
            "dataset_args": redact(arguments),
            "filename_suffix": self._filename_suffix,
            "overwrite": self._overwrite or None,
        }


def _mapping(argument: str, value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise DatasetConfigError(f"`{argument}` must be a mapping; it is a {type(value).__name__}.")
    return dict(value)


def check_unversioned(argument: str, definition: Mapping[str, Any], why: str) -> None:
    """Refuse the definition of a dataset that asks for versions where there are none.

    Raises:
        DatasetConfigError: The key, and why there are none.
    """
    for key in ("versioned", "version"):
        if key in definition:
            raise DatasetConfigError(f"`{argument}` has the key '{key}': {why}. Drop it.")


def _definition(dataset: Any, filepath_arg: str) -> dict[str, Any]:
    """Return the definition of the underlying dataset in full notation: of a type, a class, or a definition.

    Raises:
        DatasetConfigError: It asks for versions, or is none.
    """
    if not isinstance(dataset, Mapping):
        if not isinstance(dataset, (str, type)):
            raise DatasetConfigError(
                f"`dataset` must be a type, a class or a definition, not {type(dataset).__name__}."
            )
        dataset = {"type": dataset}
    definition: dict[str, Any] = copy_plain(dataset)
    if "type" not in definition:
        raise DatasetConfigError("`dataset` has no `type`, such as `type: pandas.CSVDataset`.")
    check_unversioned("dataset", definition, "partitions are not versioned one by one")
    if filepath_arg in definition:
        warn(f"`{filepath_arg}` of the underlying dataset is overridden by the path of each partition.")
    return definition


def _set_credentials(definition: dict[str, Any], credentials: dict[str, Any]) -> None:
    """Give a definition without credentials those of the folder; the old key for its own is taken out of these."""
    own = credentials.pop(_OLD_CREDENTIALS, None)
    if own is not None:
        warn(
            f"`{_OLD_CREDENTIALS}` is deprecated: write `{_CREDENTIALS}` in the definition of the underlying dataset.",
            DeprecationWarning,
        )
        definition.setdefault(_CREDENTIALS, own)
    elif credentials:
        definition.setdefault(_CREDENTIALS, dict(credentials))
    if definition.get(_CREDENTIALS) is None:
        definition.pop(_CREDENTIALS, None)
