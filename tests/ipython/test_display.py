from __future__ import annotations

import pytest

from tidemill import DataCatalog, MemoryDataset, Pipeline, node, open_catalog
from tidemill.datasets.json import JSONDataset


def one(a):
    return a


class TestCatalog:
    def test_a_table(self):
        catalog = DataCatalog.from_config({
            "cars": {"type": "pandas.CSVDataset", "filepath": "s3://me:hunter2@bucket/<cars>.csv", "versioned": True},
            "{name}_csv": {"type": "pandas.CSVDataset", "filepath": "{name}.csv"},
        })  # fmt: skip
        catalog["made"] = MemoryDataset(1)
        catalog["file"] = JSONDataset(filepath="x.json")
        shown = catalog._repr_html_()
        for part in (
            "3 datasets, 1 pattern",
            "cars",
            "pandas.CSVDataset (versioned)",
            "&lt;cars&gt;",
            "MemoryDataset",
            "x.json",
        ):
            assert part in shown
        assert "hunter2" not in shown

    def test_a_hundred_thousand(self):
        catalog = DataCatalog.from_config({f"t{n}": {"type": "no.such.Dataset"} for n in range(100_000)})
        shown = catalog._repr_html_()
        assert "100,000 datasets" in shown
        assert "... and 99,980 more" in shown
        assert len(shown) < 5000
        assert len(repr(catalog)) < 500

    def test_empty(self):
        assert "0 datasets" in DataCatalog()._repr_html_()


def test_a_pipeline():
    shown = Pipeline([node(one, "a<b", "c", name="n", tags=["t"])])._repr_html_()
    for part in ("1 node", "<td", "a&lt;b", "&#x27;c&#x27;", ">t<"):
        assert part in shown
    many = Pipeline([node(one, f"x{n}", f"x{n + 1}", name=f"n{n}") for n in range(500)])._repr_html_()
    assert "500 nodes" in many
    assert "... and 480 more" in many
    assert len(many) < 6000


def test_pipelines(shell):
    formats, _ = shell.display_formatter.format(shell.user_ns["pipelines"])
    assert formats["text/plain"].startswith("Pipelines(__default__")
    shown = formats["text/html"]
    assert "2 pipelines" in shown
    assert "__default__" in shown
    assert "4 nodes" in shown


def test_a_dataset():
    dataset = JSONDataset(filepath="data/<x>.json", credentials={"password": "hunter2"})
    shown = dataset._repr_html_()
    assert "JSONDataset" in shown
    assert "&lt;x&gt;.json" in shown
    assert "hunter2" not in shown
    named = open_catalog({"cars": {"type": "json.JSONDataset", "filepath": "x.json"}})["cars"]
    assert "cars: JSONDataset" in named._repr_html_()


def test_a_dataset_that_cannot_describe_itself():
    class Broken(JSONDataset):
        def _describe(self):
            raise ZeroDivisionError

    assert "_describe failed: ZeroDivisionError" in Broken(filepath="x")._repr_html_()


@pytest.mark.parametrize("name", ["catalog", "pipelines"])
def test_what_a_notebook_asks_for(shell, name):
    formats, _ = shell.display_formatter.format(shell.user_ns[name])
    assert formats["text/html"].startswith("<p><b>")
    assert formats["text/plain"]
