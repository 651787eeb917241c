"""networkx.GMLDataset."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from tidemill.io.file import FileDataset

if TYPE_CHECKING:
    import networkx as nx


class GMLDataset(FileDataset["nx.Graph[Any]", "nx.Graph[Any]"]):
    """A NetworkX graph as GML, where the names of nodes are texts.

    `load_args` go to `networkx.read_gml` (`destringizer: ...` makes texts something else again), `save_args` to
    `networkx.write_gml`.
    """

    def _read(self, file: IO[bytes], **load_args: Any) -> nx.Graph[Any]:
        import networkx as nx

        graph: nx.Graph[Any] = nx.read_gml(file, **{**self._load_args, **load_args})
        return graph

    def _write(self, file: IO[bytes], data: nx.Graph[Any]) -> None:
        import networkx as nx

        nx.write_gml(data, file, **self._save_args)
