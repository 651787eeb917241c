"""Before the first node: whether the catalog can supply what a pipeline needs, and room for what it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tidemill.errors import PipelineError
from tidemill.io.memory import MemoryDataset
from tidemill.names import did_you_mean
from tidemill.pipeline.transcoding import base_name
from tidemill.runner.chunks import unfit
from tidemill.runner.fanout import Gathered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.io.versions import Version
    from tidemill.pipeline.node import Node
    from tidemill.pipeline.pipeline import Pipeline

_HINTS = 10  # looking for near names takes time in a large catalog


class Supply(NamedTuple):
    """All datasets of a pipeline."""

    catalog: DataCatalog
    #: Those that the user's catalog does not have.
    in_memory: frozenset[str]
    #: Those of them that are made partition by partition.
    gathered: frozenset[str]


def supplied(
    pipeline: Pipeline, catalog: DataCatalog, problems: Callable[[DataCatalog], Sequence[str]] = lambda _: ()
) -> Supply:
    """Return a copy of the catalog that has all datasets of the pipeline, in memory those that only nodes make.

    Args:
        pipeline: What is to run.
        catalog: The user's.
        problems: Given the copy, tells what else keeps the run from starting.

    Raises:
        PipelineError: What no node makes and the catalog does not have, what cannot be confirmed, what is made and
            then read in another version, what cannot be made piece by piece: all of it.
        DatasetError: A definition from which no dataset can be made.
    """
    made = pipeline.all_outputs()
    known = {name for name in pipeline.datasets() if name in catalog}
    for name in sorted(known):
        catalog[name]  # made now, so that a wrong definition is found now, and here, so that both catalogs share it
    found = lacking(pipeline, catalog)
    in_memory = frozenset(made - known)
    gathered = in_memory.intersection(name for node in pipeline.graph.nodes if node.each for name in node.outputs)
    supply = catalog.shallow_copy()
    for name in in_memory:
        supply[name] = Gathered() if name in gathered else MemoryDataset()
    found += problems(supply)
    if found:
        raise PipelineError("\n".join(["The run cannot start:", *(f"  {problem}" for problem in found)]))
    return Supply(supply, in_memory, gathered)


def lacking(pipeline: Pipeline, catalog: DataCatalog) -> list[str]:
    """Return what keeps a catalog from supplying a pipeline, all of it. Its datasets can all be made."""
    return [
        *_missing(pipeline, catalog),
        *_unconfirmable(pipeline, catalog),
        *_stale(pipeline, catalog),
        *unfit(pipeline.graph.nodes, catalog),
    ]


def first_users(pipeline: Pipeline, uses: Callable[[Node], Iterable[str]]) -> dict[str, str]:
    """Return dataset -> the first node that uses it so."""
    users: dict[str, str] = {}
    for node in pipeline.graph.nodes:
        for name in uses(node):
            users.setdefault(name, node.name)
    return users


def _missing(pipeline: Pipeline, catalog: DataCatalog) -> list[str]:
    missing = sorted(name for name in pipeline.all_inputs() - pipeline.all_outputs() if name not in catalog)
    empty = sorted(name for name in pipeline.inputs() if name in catalog and _is_empty(catalog[name]))
    if not missing and not empty:
        return []
    needed = first_users(pipeline, lambda node: node.inputs)
    written = {base_name(name): name for name in pipeline.all_outputs()}
    problems = [f"'{name}', needed by '{needed[name]}', is in memory, and has no data." for name in empty]
    for index, name in enumerate(missing):
        twin = written.get(base_name(name))
        if twin is not None:
            remedy = f". It is written as '{twin}': add both to the catalog, at one place."
        else:
            remedy = (did_you_mean(name, catalog.keys()) if index < _HINTS else "") or "."
        problems.append(f"'{name}', needed by '{needed[name]}', is not in the catalog{remedy}")
    return problems


def _unconfirmable(pipeline: Pipeline, catalog: DataCatalog) -> list[str]:
    missing = pipeline.all_inputs() - pipeline.all_outputs()  # named already
    problems = []
    for name, node in first_users(pipeline, lambda node: node.confirms).items():
        if name in catalog:
            if not hasattr(catalog[name], "confirm"):
                kind = type(catalog[name]).__name__
                problems.append(
                    f"'{name}', confirmed by '{node}', is a {kind}: only incremental datasets are confirmed."
                )
        elif name not in missing:
            remedy = did_you_mean(name, catalog.keys()) or "."
            problems.append(f"'{name}', confirmed by '{node}', is not in the catalog{remedy}")
    return problems


def _stale(pipeline: Pipeline, catalog: DataCatalog) -> list[str]:
    """Return what would be made in a new version and then read in an old one that is fixed: half new, half old."""
    problems = []
    for name in sorted(pipeline.all_inputs() - pipeline.inputs()):
        version: Version | None = getattr(catalog[name], "_version", None) if name in catalog else None
        if version and version.load is not None and version.load != version.save:
            problems.append(
                f"'{name}' is made by this run, but its load version is fixed to '{version.load}': what reads it would "
                "get the old one. Drop the load version, or run only the nodes that come after."
            )
    return problems


def _is_empty(dataset: object) -> bool:
    return type(dataset) is MemoryDataset and not dataset.exists()
