from __future__ import annotations

import os

import pandas as pd
import pytest
from plotly import express as px

from tidemill import DatasetError
from tidemill.datasets.plotly import HTMLDataset, JSONDataset, PlotlyDataset
from tidemill.testing import VersionedDatasetTests

TIDES = pd.DataFrame({"hour": [1, 2, 3], "metres": [0.5, 4.0, 2.5], "port": ["a", "a", "b"]})


class TestJSONDataset(VersionedDatasetTests):
    sample, other, filename = px.line(TIDES, x="hour", y="metres"), px.bar(TIDES, x="port", y="metres"), "tide.json"

    def make(self, filepath, version=None):
        return JSONDataset(filepath, version=version)


class TestPlotlyDataset(VersionedDatasetTests):
    sample, other, filename = TIDES, TIDES.head(2), "tide.json"
    plot = {"type": "bar", "fig": {"x": "hour", "y": "metres"}, "theme": "plotly_dark", "layout": {"title": "Ebbe"}}

    def make(self, filepath, version=None):
        return PlotlyDataset(filepath, self.plot, version=version)

    def equal(self, a, b):
        wanted = px.bar(b, x="hour", y="metres").update_layout(template="plotly_dark", title="Ebbe")
        return a == wanted


class ReadBack(HTMLDataset):
    """What the suites need and users have not: the page."""

    def _load(self):
        return self._fs.cat_file(self._on_fs(str(self._get_load_path()))).decode()


class TestHTMLDataset(VersionedDatasetTests):
    sample, other, filename = px.line(TIDES, x="hour", y="metres"), px.bar(TIDES, x="port", y="metres"), "tide.html"
    page = {"include_plotlyjs": "cdn", "div_id": "tide"}

    def make(self, filepath, version=None):
        return ReadBack(filepath, save_args=self.page, version=version)

    def equal(self, a, b):
        return a == b.to_html(**self.page)


def test_a_page_stands_alone_unless_save_args_say_otherwise(tmp_path):
    HTMLDataset(str(tmp_path / "whole.html")).save(TestHTMLDataset.sample)
    HTMLDataset(str(tmp_path / "cdn.html"), save_args=TestHTMLDataset.page).save(TestHTMLDataset.sample)

    assert os.path.getsize(tmp_path / "whole.html") > 1_000_000 > os.path.getsize(tmp_path / "cdn.html")
    with pytest.raises(DatasetError, match="only saves"):
        HTMLDataset(str(tmp_path / "cdn.html")).load()


def test_a_figure_that_is_drawn_already_gets_the_layout(tmp_path):
    dataset = PlotlyDataset(str(tmp_path / "t.json"), {"type": "bar", "layout": {"title": {"text": "Flut"}}})
    dataset.save(px.line(TIDES, x="hour", y="metres"))

    figure = dataset.load()
    assert (figure.data[0].type, figure.layout.title.text) == ("scatter", "Flut")


def test_a_plot_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DatasetError, match="no plot 'barr'. Did you mean 'bar'"):
        PlotlyDataset(str(tmp_path / "t.json"), {"type": "barr"}).save(TIDES)
    with pytest.raises(DatasetError, match="no plot 'zzzzz'.$"):
        PlotlyDataset(str(tmp_path / "t.json"), {"type": "zzzzz"}).save(TIDES)
    with pytest.raises(DatasetError, match="need a `type`"):
        PlotlyDataset(str(tmp_path / "t.json"), {"fig": {}})


@pytest.mark.parametrize("data", [7, "high", b"bytes", 0.5])
def test_what_is_neither_table_nor_figure_is_told(tmp_path, data):
    with pytest.raises(DatasetError, match="draws tables, and keeps figures; it was given an object of type"):
        PlotlyDataset(str(tmp_path / "tides.json"), {"type": "bar"}).save(data)

    assert list(tmp_path.iterdir()) == []


def test_arguments_of_a_load_reach_the_library(tmp_path):
    dataset = JSONDataset(str(tmp_path / "t.json"))
    dataset.save(TestJSONDataset.sample)

    with pytest.raises(DatasetError, match="output_type"):
        dataset.load(output_type="Picture")
