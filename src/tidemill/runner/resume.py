"""After a failure, or before a run: which nodes are needed, so that each finds its inputs where they were saved."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tidemill.pipeline.pipeline import Pipeline
from tidemill.pipeline.transcoding import base_name
from tidemill.runner.failure import ADVICE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tidemill.catalog.catalog import DataCatalog


def is_kept(catalog: DataCatalog) -> Callable[[str], bool]:
    """Return whether what is saved under a name outlives a run."""

    def kept(name: str) -> bool:
        return name in catalog and not getattr(catalog[name], "_EPHEMERAL", False)

    return kept


def starts(pipeline: Pipeline, left: Iterable[int], kept: Callable[[str], bool]) -> list[int]:
    """Return the nodes from which a run must start so that these run, and all that comes with them finds its inputs.

    From each node run all that come after it too; and what they need that was not kept must be made again.
    """
    graph = pipeline.graph
    needed = _with_makers(pipeline, graph.reachable(left, graph.children), kept, graph.children)
    return sorted(position for position in needed if needed.isdisjoint(graph.parents[position]))


def only_missing(pipeline: Pipeline, catalog: DataCatalog) -> Pipeline:
    """Return the nodes that have an output which is not there, or none at all, and those whose work they need.

    What lives in memory is never there, and not missed: its node runs when one that runs needs it. A node that runs
    for each partition is returned too: which of them are missing is found out when it runs.
    """
    kept = is_kept(catalog)
    there = {name: catalog.exists(name) for name in pipeline.all_outputs() if kept(name)}
    wanted = {
        position
        for position, node in enumerate(pipeline.graph.nodes)
        if not node.outputs or any(node.each or not there[name] for name in node.outputs if name in there)
    }
    found = {base_name(name) for name, exists in there.items() if exists}
    needed = _with_makers(pipeline, wanted, lambda name: base_name(name) in found, None)
    return Pipeline([pipeline.graph.nodes[position] for position in sorted(needed)])


def from_nodes(pipeline: Pipeline, catalog: DataCatalog, left: Iterable[int]) -> tuple[str, ...]:
    """Return the names of the nodes from which to go on; none where nothing has been done that could be kept."""
    chosen = starts(pipeline, left, is_kept(catalog))
    roots = [position for position, parents in enumerate(pipeline.graph.parents) if not parents]
    return () if chosen == roots else tuple(pipeline.graph.nodes[position].name for position in chosen)


def advice(pipeline: Pipeline, catalog: DataCatalog, left: Iterable[int]) -> str | None:
    """Return how to go on, as a command; None where nothing has been done that could be kept."""
    names = ",".join(from_nodes(pipeline, catalog, left))
    if not names:
        return None
    quoted = f'"{names}"' if not set(names) & set('"$`\\!') else shlex.quote(names)
    return f"{ADVICE}tidemill run --from-nodes {quoted}"


def _with_makers(
    pipeline: Pipeline,
    wanted: Iterable[int],
    kept: Callable[[str], bool],
    children: tuple[tuple[int, ...], ...] | None,
) -> set[int]:
    """Return these nodes and those that make what they need and nobody kept; with their children, if given."""
    nodes = pipeline.graph.nodes
    makers = {base_name(name): position for position, node in enumerate(nodes) for name in node.outputs}
    needed = set(wanted)
    waiting = list(needed)
    while waiting:
        position = waiting.pop()
        above = (makers.get(base_name(name)) for name in nodes[position].inputs if not kept(name))
        below = children[position] if children is not None else ()
        new = {each for each in (*above, *below) if each is not None and each not in needed}
        needed |= new
        waiting.extend(new)
    return needed
