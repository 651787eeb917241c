"""IncrementalDataset: a folder of files of which each run sees only those that the checkpoint has not passed."""

from __future__ import annotations

import datetime as dt
import importlib
import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io.classes import resolve
from tidemill.io.definition import build, copy_plain
from tidemill.io.partitioned import PartitionedDataset, check_unversioned
from tidemill.io.paths import full_path, get_protocol_and_path, join
from tidemill.io.secrets.redaction import mask_url

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from tidemill.io.dataset import AbstractDataset

_THREADS = 32
_FORCE, _COMPARE = "force_checkpoint", "comparison_func"


class IncrementalDataset(PartitionedDataset):
    """A folder of partitions, loaded eagerly, those that are past the checkpoint only.

    `confirm()` moves the checkpoint to the last partition that was loaded. Until `release`, loads return the same
    partitions, confirmed or not. No new partition is no error: the load returns an empty dictionary.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        dataset: str | type[AbstractDataset[Any, Any]] | Mapping[str, Any],
        checkpoint: str | Mapping[str, Any] | None = None,
        filepath_arg: str = "filepath",
        filename_suffix: str = "",
        credentials: Mapping[str, Any] | None = None,
        load_args: Mapping[str, Any] | None = None,
        fs_args: Mapping[str, Any] | None = None,
        overwrite: bool = False,
        save_lazily: bool = True,
        metadata: Any = None,
    ) -> None:
        """Set where the partitions are, what they are, and where the checkpoint is.

        Args:
            path: The folder.
            dataset: What each file is, as of PartitionedDataset.
            checkpoint: The definition of the dataset that holds the checkpoint, in part or in full (by default a text
                file `CHECKPOINT` in the folder), with two keys more: `force_checkpoint`, a value to use instead of
                the file's, and `comparison_func`, the path of a function of partition id and checkpoint that tells
                whether the partition is past it (by default `operator.gt`). A string is a forced checkpoint; the
                empty string loads everything.
            filepath_arg: As of PartitionedDataset.
            filename_suffix: As of PartitionedDataset.
            credentials: As of PartitionedDataset; the checkpoint gets them too where it is on the same filesystem.
            load_args: As of PartitionedDataset.
            fs_args: As of PartitionedDataset.
            overwrite: As of PartitionedDataset.
            save_lazily: As of PartitionedDataset.
            metadata: Anything.

        Raises:
            DatasetConfigError: The checkpoint's definition asks for versions, or its function cannot be found.
        """
        super().__init__(
            path,
            dataset,
            filepath_arg,
            filename_suffix,
            credentials,
            load_args,
            fs_args,
            overwrite,
            save_lazily,
            metadata,
        )
        config = _checkpoint_definition(checkpoint)
        self._force_checkpoint = _as_text(config.pop(_FORCE, None))
        self._comparison_func = _function(config.pop(_COMPARE, operator.gt))
        default = {"type": "text.TextDataset", "filepath": join(self._source.folder, "CHECKPOINT")}
        self._checkpoint_config: dict[str, Any] = {**default, **config}
        resolve(self._checkpoint_config["type"], "checkpoint")
        place = get_protocol_and_path(str(self._checkpoint_config["filepath"]))
        if credentials and place[0] == self._protocol:
            options = {key: each for key, each in credentials.items() if key != "dataset_credentials"}
            self._checkpoint_config.setdefault("credentials", options)
        self._checkpoint_path = place
        self._loaded: tuple[str, ...] | None = None

    @property
    def loaded(self) -> tuple[str, ...] | None:
        """The ids that the last load returned, which `confirm` confirms; None if nothing was loaded."""
        return self._loaded

    def confirm(self, loaded: Sequence[str] | None = None) -> None:
        """Move the checkpoint past what was loaded.

        Args:
            loaded: The ids that another process loaded in the same run; by default what this object loaded.

        Raises:
            DatasetError: Nothing was loaded, so nobody knows what to confirm; or the checkpoint cannot be saved.
        """
        ids = self._loaded if loaded is None else tuple(loaded)
        who = self._name or type(self).__name__
        if ids is None:
            raise DatasetError(
                f"Confirming '{who}' failed: it was not loaded, so there is nothing to confirm. Load it first, "
                "in the same run; partitions that nobody read stay unread."
            )
        if ids:
            self._checkpoint().save(ids[-1])

    def _load(self) -> dict[str, Any]:
        ids = self._list_partitions()
        self._source.name = self._name or self._source.name
        loads = [self._source.dataset(each).load for each in ids]
        waits = self._protocol != "file" and len(ids) > 1
        data = _together(loads) if waits else [load() for load in loads]
        self._loaded = tuple(ids)
        return dict(zip(ids, data, strict=True))

    def _list(self) -> list[str]:
        """Return the ids of all partitions, sorted; the checkpoint is none, wherever it lies."""
        return [each for each in sorted(super()._list()) if not self._is_checkpoint(each + self._filename_suffix)]

    def _select(self, ids: list[str]) -> list[str]:
        passed = self._checkpoint_value()
        return ids if passed is None else [each for each in ids if self._comparison_func(each, passed)]

    def _is_checkpoint(self, relative: str) -> bool:
        protocol, path = self._checkpoint_path
        return protocol == self._protocol and path == join(self._path, relative)

    def _exists(self) -> bool:
        return bool(self._find())

    def _release(self) -> None:
        super()._release()
        self._loaded = None

    def _checkpoint(self) -> AbstractDataset[Any, Any]:
        return build(f"{self._name or type(self).__name__}.checkpoint", self._checkpoint_config)

    def _checkpoint_value(self) -> Any:
        """Return the value that partitions are compared with, or None where all are new."""
        if self._force_checkpoint is not None:
            return self._force_checkpoint
        checkpoint = self._checkpoint()
        if not checkpoint.exists():
            return None
        try:
            value = checkpoint.load()
        except DatasetError as exc:
            raise DatasetError(f"{exc}\n  {self._checkpoint_remedy()}") from exc
        if isinstance(value, str):
            value = value.strip("\r\n")
            if not value:
                raise DatasetError(
                    f"The checkpoint of '{self._name or type(self).__name__}' at "
                    f"{mask_url(str(self._checkpoint_config['filepath']))} is empty: nobody knows what was processed.\n"
                    f"  {self._checkpoint_remedy()}"
                )
        return value

    def _checkpoint_remedy(self) -> str:
        return (
            "Write the id of the last partition that was processed into it; or delete it, or set `checkpoint: ''`, "
            "to process all of them again."
        )

    def _describe(self) -> dict[str, Any]:
        forced = {} if self._force_checkpoint is None else {_FORCE: self._force_checkpoint}
        place = {"filepath": mask_url(full_path(self._checkpoint_path[1], self._checkpoint_path[0]))}
        return {**super()._describe(), "checkpoint": {**place, **forced}}


def _together(loads: list[Callable[[], Any]]) -> list[Any]:
    """Call functions that wait for a network, many at a time."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(_THREADS, len(loads)), thread_name_prefix="tidemill-load") as pool:
        return list(pool.map(lambda load: load(), loads))


def _checkpoint_definition(checkpoint: Any) -> dict[str, Any]:
    if checkpoint is None:
        return {}
    if not isinstance(checkpoint, Mapping):
        return {_FORCE: checkpoint}
    definition: dict[str, Any] = copy_plain(checkpoint)
    check_unversioned("checkpoint", definition, "a checkpoint keeps no versions")
    return definition


def _as_text(value: Any) -> str | None:
    """Return a forced checkpoint as text: YAML reads an unquoted 2020-01-01 as a date."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise DatasetConfigError(f"`{_FORCE}` must be text, not {type(value).__name__}. Quote it.")


def _function(path: Any) -> Callable[[str, str], bool]:
    if callable(path):
        function: Callable[[str, str], bool] = path
        return function
    module, _, name = str(path).rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name, None) if module else None
    except ImportError as exc:
        raise DatasetConfigError(f"`{_COMPARE}`: '{path}' cannot be imported. {exc}") from exc
    if not callable(found):
        raise DatasetConfigError(
            f"`{_COMPARE}`: '{path}' is no function. Give its full path, such as `my_project.checks.is_recent`."
        )
    return _function(found)
