"""Nodes and pipelines: functions wired by the names of datasets."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

# Not by the table of a front door: `node` and `pipeline` are submodules as well, and importing those would bind the
# modules to the names. Importing them here, once and for all, binds the functions.
from tidemill.pipeline.node import Node, node
from tidemill.pipeline.pipeline import Pipeline, pipeline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tidemill.pipeline.pipeline import Nodes

__all__ = ["Node", "Pipeline", "node", "pipeline"]

# `tidemill.pipeline` is this room or the function of that name, depending on which was asked for first. So each can do
# what the other can: the room is called like the function, and the function has the room's names.


class _Room(ModuleType):
    def __call__(self, nodes: Nodes, *, tags: str | Iterable[str] | None = None) -> Pipeline:
        return pipeline(nodes, tags=tags)


sys.modules[__name__].__class__ = _Room
vars(pipeline).update({name: globals()[name] for name in __all__})
