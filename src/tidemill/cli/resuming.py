"""After a failure or Ctrl-C: the command that goes on, with the options of the run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tidemill.cli import parsing
from tidemill.cli.options import only_used
from tidemill.pipeline.select import Selection
from tidemill.project.asked import is_read, used_keys
from tidemill.runner.failure import ADVICE
from tidemill.runner.resume import from_nodes

if TYPE_CHECKING:
    from collections.abc import Collection

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.cli.options import RunOptions
    from tidemill.pipeline.pipeline import Pipeline

AGAIN = "To start again: "


def resuming(
    options: RunOptions,
    pipeline: Pipeline,
    catalog: DataCatalog,
    done: Collection[str],
    read: Collection[str] = (),
) -> str:
    """Return the line that says how to go on.

    Args:
        options: Those of the run.
        pipeline: What was to run.
        catalog: The user's.
        done: The nodes that are done.
        read: The parameters that the configuration itself reads.
    """
    if options.only_missing_outputs:
        return f"{ADVICE}{options.as_command()}"
    left = [position for position, node in enumerate(pipeline.graph.nodes) if node.name not in done]
    names = from_nodes(pipeline, catalog, left)
    if not names:
        return f"{AGAIN}{options.as_command()}"
    part = pipeline.select(Selection.of(from_nodes=names))
    keys = parsing.dotted(options.params)
    used = {*used_keys(keys, part), *(key for key in keys if is_read(key, read))}
    return f"{ADVICE}{replace(only_used(options, used, part.inputs()), from_nodes=names).as_command()}"
