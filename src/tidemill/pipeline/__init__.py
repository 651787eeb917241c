"""Nodes and pipelines: functions wired by the names of datasets."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

# Not by the table of a front door: `node` and `pipeline` are submodules as well, and importing those would bind the
# modules to the names. Importing them here, once and for all, binds the functions.
from tidemill.pipeline.groups import GroupedNodes
from tidemill.pipeline.node import Node, node
from tidemill.pipeline.pipeline import Pipeline, pipeline
from tidemill.pipeline.select import Selection

if TYPE_CHECKING:
    from tidemill.pipeline.pipeline import Nodes

__all__ = ["GroupedNodes", "Node", "Pipeline", "Selection", "node", "pipeline"]

# `tidemill.pipeline` is this room or the function of that name, depending on which was asked for first. So each can do
# what the other can: the room is called like the function, and the function has the room's names.


class _Room(ModuleType):
    def __call__(self, nodes: Nodes | None = None, **more: Any) -> Pipeline:
        return pipeline(nodes, **more)


sys.modules[__name__].__class__ = _Room
vars(pipeline).update({name: globals()[name] for name in __all__})
