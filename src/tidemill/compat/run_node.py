"""run_node: one node, run as releases before 1.0 let users run it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemill.pipeline.pipeline import Pipeline
from tidemill.runner.sequential import SequentialRunner

if TYPE_CHECKING:
    from tidemill.catalog.catalog import DataCatalog
    from tidemill.pipeline.node import Node


def run_node(
    node: Node, catalog: DataCatalog, hook_manager: Any = None, is_async: bool = False, session_id: str | None = None
) -> Node:
    """Load a node's inputs, call it, save its outputs, and return it.

    Raises:
        Exception: What the node raised.
    """
    made = SequentialRunner(is_async).run(Pipeline([node]), catalog, hook_manager, session_id)
    for name, data in made.items():  # what the catalog does not have is kept there, in memory
        catalog[name] = data
    return node
