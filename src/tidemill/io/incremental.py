"""IncrementalDataset: a folder of files of which each run sees only those that the checkpoint has not passed."""

from __future__ import annotations

import datetime as dt
import importlib
import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetConfigError, DatasetError
from tidemill.io import ledger
from tidemill.io.classes import resolve
from tidemill.io.dataset import known_as
from tidemill.io.definition import build, copy_plain
from tidemill.io.partitioned import PartitionedDataset, check_unversioned
from tidemill.io.paths import full_path, get_protocol_and_path, join
from tidemill.io.secrets.redaction import mask_url

if TYPE_CHECKING:
    import os

    from tidemill.io.dataset import AbstractDataset

_THREADS = 32
_FORCE, _COMPARE, _LEDGER = "force_checkpoint", "comparison_func", "ledger"


class IncrementalDataset(PartitionedDataset):
    """A folder of partitions, loaded eagerly, those that are past the checkpoint only.

    `confirm()` moves the checkpoint to the last partition that was loaded. Until `release`, loads return the same
    partitions, confirmed or not. No new partition is no error: the load returns an empty dictionary.

    With a ledger the checkpoint holds each partition that was confirmed and what marked its content then: one that
    arrives under an earlier name, or changes, is new.
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
                file `CHECKPOINT` in the folder), with three keys more: `force_checkpoint`, a value to use instead of
                the file's; `comparison_func`, the path of a function of partition id and checkpoint that tells
                whether the partition is past it (by default `operator.gt`); and `ledger: true`, to keep a ledger. One
                that begins where there was a checkpoint takes what that had passed for confirmed. A string is a
                forced checkpoint; the empty string loads everything.
            filepath_arg: As of PartitionedDataset.
            filename_suffix: As of PartitionedDataset.
            credentials: As of PartitionedDataset; the checkpoint gets them too where it is on the same filesystem.
            load_args: As of PartitionedDataset.
            fs_args: As of PartitionedDataset.
            overwrite: As of PartitionedDataset.
            save_lazily: As of PartitionedDataset.
            metadata: Anything.

        Raises:
            DatasetConfigError: The checkpoint's definition asks for versions, its function cannot be found, or
                `ledger` is neither true nor false.
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
        self._keeps_ledger = _flag(config.pop(_LEDGER, False))
        default = {"type": "text.TextDataset", "filepath": join(self._source.folder, "CHECKPOINT")}
        self._checkpoint_config: dict[str, Any] = {**default, **config}
        resolve(self._checkpoint_config["type"], "checkpoint")
        place = get_protocol_and_path(str(self._checkpoint_config["filepath"]))
        if credentials and place[0] == self._protocol:
            options = {key: each for key, each in credentials.items() if key != "dataset_credentials"}
            self._checkpoint_config.setdefault("credentials", options)
        self._checkpoint_path = place
        self._marks: Mapping[str, str] = {}
        self._loaded: Mapping[str, str] | None = None

    @property
    def loaded(self) -> Mapping[str, str] | None:
        """What the last load returned and `confirm` confirms: id -> mark, empty without a ledger; None before."""
        return self._loaded

    def confirm(self) -> None:
        """Move the checkpoint past what was loaded.

        Raises:
            DatasetError: Nothing was loaded, so nobody knows what to confirm; or the checkpoint cannot be saved.
        """
        who = known_as(self)
        if self._loaded is None:
            raise DatasetError(
                f"Confirming '{who}' failed: it was not loaded, so there is nothing to confirm. Load it first, "
                "in the same run; partitions that nobody read stay unread."
            )
        if self._keeps_ledger:
            self._confirm_in_ledger(self._loaded)
        elif self._loaded:
            self._checkpoint().save([*self._loaded][-1])

    def _confirm_in_ledger(self, loaded: Mapping[str, str]) -> None:
        before = self._checkpoint_value()
        confirmed = self._confirmed(before, lambda: self._marks_of(self._find()))
        if loaded or not (before is None or ledger.is_ledger(before)):  # a ledger begins with the first confirmation
            self._checkpoint().save(ledger.write({**confirmed, **loaded}))

    def keep_to(self, loaded: Mapping[str, str] | None) -> None:
        """Load, and confirm, what another process of the same run has loaded; or, with None, what is there."""
        self._partitions = None if loaded is None else [*loaded]
        self._marks, self._loaded = loaded or {}, loaded

    def _load(self) -> dict[str, Any]:
        ids = self._list_partitions()
        self._source.name = self._name or self._source.name
        loads = [self._source.dataset(each).load for each in ids]
        waits = self._protocol != "file" and len(ids) > 1
        data = _together(loads) if waits else [load() for load in loads]
        self._loaded = {each: self._marks.get(each, "") for each in ids}
        return dict(zip(ids, data, strict=True))

    def _save(self, data: Mapping[str, Any]) -> None:
        for each in data if isinstance(data, Mapping) else ():
            if self._is_checkpoint(f"{each}{self._filename_suffix}"):
                raise DatasetError(
                    f"The partition '{each}' of '{known_as(self)}' would be written over its "
                    "checkpoint. Name it otherwise, or move the checkpoint: `checkpoint: {filepath: ...}`."
                )
        super()._save(data)

    def _list(self) -> list[str]:
        """Return the ids of all partitions, sorted; the checkpoint is none, wherever it lies."""
        return [each for each in sorted(super()._list()) if not self._is_checkpoint(each + self._filename_suffix)]

    def _select(self, ids: list[str]) -> list[str]:
        # Marked before it is loaded: what changes in between is seen again, not missed.
        self._marks = self._marks_of(ids) if self._keeps_ledger else {}
        passed = self._checkpoint_value() if self._force_checkpoint is None else self._force_checkpoint
        if not self._keeps_ledger or self._force_checkpoint is not None:
            return self._past(ids, passed)
        return ledger.new(self._marks, self._confirmed(passed, lambda: self._marks))

    def _past(self, ids: list[str], passed: Any) -> list[str]:
        return ids if passed is None else [each for each in ids if self._comparison_func(each, passed)]

    def _confirmed(self, value: Any, marks: Callable[[], Mapping[str, str]]) -> Mapping[str, str]:
        """Return the ledger that a checkpoint is; or, if it is the id of a partition, what it has passed."""
        if value is None:
            return {}
        if ledger.is_ledger(value):
            try:
                return ledger.read(value)
            except DatasetError as exc:
                raise DatasetError(f"{self._whose_checkpoint()}: {exc}.\n  {self._checkpoint_remedy()}") from exc
        now = marks()
        return {each: now[each] for each in now.keys() - set(self._past([*now], value))}

    def _marks_of(self, ids: list[str]) -> dict[str, str]:
        if self._protocol == "file":
            return ledger.local_marks({each: join(self._path, each) + self._filename_suffix for each in ids})
        facts = self._fs.find(self._root, **{**self._load_args, "detail": True})
        paths = {each: join(self._root, each) + self._filename_suffix for each in ids}
        return ledger.remote_marks({each: facts[path] for each, path in paths.items() if path in facts})

    def _is_checkpoint(self, relative: str) -> bool:
        protocol, path = self._checkpoint_path
        return protocol == self._protocol and path == join(self._path, relative)

    def _exists(self) -> bool:
        return bool(self._find())

    def _release(self) -> None:
        super()._release()
        self._loaded = None

    def _checkpoint(self) -> AbstractDataset[Any, Any]:
        return build(f"{known_as(self)}.checkpoint", self._checkpoint_config)

    def _checkpoint_value(self) -> Any:
        """Return what the checkpoint holds, or None where there is none."""
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
                    f"{self._whose_checkpoint()} is empty: nobody knows what was processed.\n"
                    f"  {self._checkpoint_remedy()}"
                )
        if not self._keeps_ledger and ledger.is_whole(value):
            raise DatasetError(
                f"{self._whose_checkpoint()} is a ledger of all that was confirmed.\n"
                "  Write `ledger: true` into `checkpoint`, to go on with it. " + self._checkpoint_remedy()
            )
        return value

    def _whose_checkpoint(self) -> str:
        place = mask_url(str(self._checkpoint_config["filepath"]))
        return f"The checkpoint of '{known_as(self)}' at {place}"

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


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise DatasetConfigError(f"`{_LEDGER}` of `checkpoint` must be true or false, not {value!r}.")


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
