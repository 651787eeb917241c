"""networkx.JSONDataset."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

from tidemill.io.file import FileDataset

if TYPE_CHECKING:
    import networkx as nx

_EDGES, _LINKS = "edges", "links"


class JSONDataset(FileDataset["nx.Graph[Any]", "nx.Graph[Any]"]):
    """A NetworkX graph as JSON, in its node-link format.

    `load_args` go to `networkx.node_link_graph`, `save_args` to `networkx.node_link_data`. Edges are read from the key
    `edges` and from `links`, as NetworkX called it before 3.4. They are written as `edges`, for today's library reads
    nothing else by itself; for readers older than that, say `save_args: {edges: links}`.
    """

    OPEN_LOAD = {"mode": "r", "encoding": "utf-8"}
    OPEN_SAVE = {"mode": "w", "encoding": "utf-8"}

    def _read(self, file: IO[str], **load_args: Any) -> nx.Graph[Any]:
        import networkx as nx

        arguments = {**self._load_args, **load_args}
        data = json.load(file)
        graph: nx.Graph[Any] = nx.node_link_graph(data, **{_EDGES: _key_in(data), **_renamed(arguments)})
        return graph

    def _write(self, file: IO[str], data: nx.Graph[Any]) -> None:
        import networkx as nx

        json.dump(nx.node_link_data(data, **{_EDGES: _EDGES, **_renamed(self._save_args)}), file)


NetworkXDataset = JSONDataset  # its name in older definitions and code


def _key_in(data: Any) -> str:
    return _LINKS if isinstance(data, dict) and _LINKS in data and _EDGES not in data else _EDGES


def _renamed(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments with the name that `link` has today."""
    return {_EDGES if key == "link" else key: each for key, each in arguments.items()}
