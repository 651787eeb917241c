"""Before the first node starts: what would keep a run from its end, found now, all of it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetError, PipelineError, VersionNotFoundError
from tidemill.io import store
from tidemill.io.cached import uncached
from tidemill.io.dataset import AbstractDataset
from tidemill.io.failure import absent
from tidemill.io.functions import LambdaDataset
from tidemill.io.incremental import IncrementalDataset
from tidemill.io.memory import MemoryDataset
from tidemill.io.partitioned import PartitionedDataset
from tidemill.io.versioned import AbstractVersionedDataset
from tidemill.io.warning import warn
from tidemill.project.doubts import doubts
from tidemill.runner.resume import only_missing
from tidemill.runner.supply import first_users, lacking

if TYPE_CHECKING:
    from tidemill.catalog.catalog import DataCatalog
    from tidemill.pipeline.pipeline import Pipeline

    Found = tuple[str, AbstractDataset[Any, Any]]

_SHOWN, _THREADS = 8, 32
#: To ask whether it is there is to send the request.
_NOT_ASKED = frozenset({"APIDataset"})


def check(pipeline: Pipeline, catalog: DataCatalog, *, only_missing_outputs: bool = False) -> None:
    """Check that all datasets of a pipeline can be made, and that what it reads from outside exists.

    Args:
        pipeline: What is to run.
        catalog: The user's.
        only_missing_outputs: Whether nodes whose outputs are there will be left out.

    Raises:
        PipelineError: The run cannot start; the message names everything, with the nodes that need it.
    """
    found = unmade(pipeline, catalog)
    if not found:
        if only_missing_outputs:
            pipeline = only_missing(pipeline, catalog)
        found = [*lacking(pipeline, catalog), *not_there(pipeline, catalog)]
    if found:
        raise PipelineError(told(found))
    for doubt in doubts(pipeline, catalog):
        warn(doubt)


def unmade(pipeline: Pipeline, catalog: DataCatalog) -> list[str]:
    """Return why datasets of a pipeline cannot be made from their definitions."""
    found = []
    for name in sorted(pipeline.datasets()):
        try:
            if name in catalog:
                catalog[name]
        except DatasetError as error:
            found.append(str(error))
    return found


def not_there(pipeline: Pipeline, catalog: DataCatalog) -> list[str]:
    """Return which datasets that a pipeline reads from outside do not exist; those that cannot tell are left alone."""
    asked = [(name, catalog[name]) for name in sorted(pipeline.inputs()) if name in catalog]
    asked = [(name, dataset) for name, dataset in asked if _can_tell(dataset)]
    near = [each for each in asked if _is_local(each[1])]
    far = [each for each in asked if not _is_local(each[1])]
    answers = {name: _looked_for(dataset) for name, dataset in near}
    answers.update(_looked_for_together(far))
    absentees = sorted(name for name, answer in answers.items() if answer)
    if not absentees:
        return []
    needed = first_users(pipeline, lambda node: node.inputs)
    return [f"'{name}', needed by '{needed[name]}', {answers[name]}" for name in absentees]


def told(problems: list[str]) -> str:
    """Return the message about problems, a few of them at length."""
    lines = ["The run cannot start:"]
    for index, problem in enumerate(problems):
        shown = problem.splitlines()
        if len(lines) + len(shown) > _SHOWN:
            lines.append(f"  and {len(problems) - index} more")
            break
        lines += [f"  {line}" for line in shown]
    return "\n".join(lines)


def _looked_for(dataset: AbstractDataset[Any, Any]) -> str | None:
    """Return how to say that it is not there; None if it is, or if that cannot be told."""
    try:
        if dataset.exists():
            return None
    except DatasetError as error:
        # A place that cannot be asked cannot be read; others may know how to load without knowing how to look.
        at_a_path = isinstance(dataset, (AbstractVersionedDataset, PartitionedDataset))
        return f"cannot be looked for: {error}" if at_a_path else None
    if isinstance(dataset, AbstractVersionedDataset):
        try:
            dataset.resolve_load_version()
        except VersionNotFoundError as error:
            return f"cannot be loaded: {error}"
    return f"does not exist{absent(dataset)}"


def _looked_for_together(asked: list[Found]) -> dict[str, str | None]:
    if len(asked) < 2:
        return {name: _looked_for(dataset) for name, dataset in asked}
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(_THREADS, len(asked)), "tidemill-preflight") as pool:
        return dict(zip((name for name, _ in asked), pool.map(_looked_for, (each for _, each in asked)), strict=True))


def _can_tell(dataset: AbstractDataset[Any, Any]) -> bool:
    """Tell whether a dataset knows whether there is something to load, and knows it cheaply."""
    dataset = uncached(dataset)
    if isinstance(dataset, LambdaDataset):
        return vars(dataset)["_functions"]["exists"] is not None
    if isinstance(dataset, (MemoryDataset, IncrementalDataset)) or type(dataset).__name__ in _NOT_ASKED:
        return False  # in memory: the runner's question; increments: there may be nothing new, and that is no mistake
    return type(dataset)._exists is not AbstractDataset._exists


def _is_local(dataset: AbstractDataset[Any, Any]) -> bool:
    dataset = uncached(dataset)
    if isinstance(dataset, AbstractVersionedDataset):
        return dataset._store is store.LOCAL  # noqa: SLF001 - where it is
    return isinstance(dataset, PartitionedDataset) and vars(dataset).get("_protocol") == "file"
