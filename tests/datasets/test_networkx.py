from __future__ import annotations

import json

import networkx as nx
import pytest

from tidemill.datasets.networkx import GMLDataset, GraphMLDataset, JSONDataset
from tidemill.testing import VersionedDatasetTests


def harbours(*ways):
    graph = nx.DiGraph(name="harbours")
    graph.add_weighted_edges_from(ways)
    graph.add_node("Büsum", depth=4)
    return graph


class GraphTests(VersionedDatasetTests):
    sample = harbours(("Husum", "Tönning", 3.5), ("Tönning", "Husum", 4.0))
    other = harbours(("Wyk", "Dagebüll", 12.0))

    def make(self, filepath, version=None):
        return self.kind(filepath, version=version)

    def equal(self, a, b):
        return type(a) is type(b) and a.adj == b.adj and a.nodes == b.nodes and a.graph["name"] == b.graph["name"]


class TestJSONDataset(GraphTests):
    kind, filename = JSONDataset, "harbours.json"


class TestGMLDataset(GraphTests):
    kind, filename = GMLDataset, "harbours.gml"


class TestGraphMLDataset(GraphTests):
    kind, filename = GraphMLDataset, "harbours.graphml"


def content(path):
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("key", ["links", "edges"])
def test_files_of_older_and_of_todays_libraries_are_read(tmp_path, key):
    graph = GraphTests.sample
    (tmp_path / "g.json").write_text(json.dumps(nx.node_link_data(graph, edges=key)), "utf-8")

    assert nx.utils.graphs_equal(JSONDataset(str(tmp_path / "g.json")).load(), graph)


@pytest.mark.parametrize("options", [{"edges": "links"}, {"link": "links"}])
def test_what_is_written_is_todays_format_or_the_older_one_if_asked_for(tmp_path, options):
    JSONDataset(str(tmp_path / "today.json")).save(GraphTests.sample)
    JSONDataset(str(tmp_path / "older.json"), save_args=options).save(GraphTests.sample)

    assert nx.utils.graphs_equal(nx.node_link_graph(content(tmp_path / "today.json"), edges="edges"), GraphTests.sample)
    assert {"links"} == {"links", "edges"} & content(tmp_path / "older.json").keys()
    assert nx.utils.graphs_equal(JSONDataset(str(tmp_path / "older.json")).load(), GraphTests.sample)


def test_arguments_of_a_load_reach_the_library(tmp_path):
    numbered = nx.path_graph(3)
    dataset = GMLDataset(str(tmp_path / "g.gml"))
    dataset.save(numbered)

    assert set(dataset.load()) == {"0", "1", "2"}
    assert set(dataset.load(destringizer=int)) == {0, 1, 2}
    graphml = GraphMLDataset(str(tmp_path / "g.graphml"), load_args={"node_type": int})
    graphml.save(numbered)
    assert set(graphml.load()) == {0, 1, 2}
