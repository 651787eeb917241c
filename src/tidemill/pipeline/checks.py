"""What nodes of one pipeline may not have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.errors import PipelineError
from tidemill.pipeline.graph import Graph, graph_of
from tidemill.pipeline.transcoding import base_name, check_unmixed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tidemill.pipeline.node import Node

_SHOWN = 10


def checked(nodes: Sequence[Node]) -> Graph:
    """Return the graph of these nodes.

    Raises:
        PipelineError: Two nodes have one name, write one dataset or confirm one; some wait for each other in a circle;
            a dataset is used both with and without transcoding.
    """
    _check_names(nodes)
    _check_confirms(nodes)
    graph = graph_of(nodes)
    check_unmixed(name for each in nodes for name in (*each.inputs, *each.outputs))
    return graph


def _check_names(nodes: Sequence[Node]) -> None:
    by_name: dict[str, list[Node]] = {}
    for each in nodes:
        by_name.setdefault(each.name, []).append(each)
    if len(by_name) == len(nodes):
        return
    clashes = {name: same for name, same in by_name.items() if len(same) > 1}
    told = [f"  '{name}', {len(same)} times" for name, same in clashes.items()]
    raise PipelineError(
        f"Nodes of one pipeline have the same name:\n{_cut(told)}\n"
        "Give each a `name` of its own, or leave out the repeated ones; pipelines that overlap are joined by `+`."
    )


def _check_confirms(nodes: Sequence[Node]) -> None:
    confirmed: dict[str, list[str]] = {}
    for each in nodes:
        for base in dict.fromkeys(map(base_name, each.confirms)):
            confirmed.setdefault(base, []).append(f"'{each.name}'")
    told = [
        f"  '{base}' by {' and '.join(names[:_SHOWN])}" for base, names in sorted(confirmed.items()) if len(names) > 1
    ]
    if told:
        raise PipelineError(
            f"A dataset is confirmed by more than one node:\n{_cut(told)}\nLet the last of them confirm it."
        )


def _cut(lines: list[str]) -> str:
    return "\n".join(lines[:_SHOWN] + [f"  and {len(lines) - _SHOWN} more"] * (len(lines) > _SHOWN))
