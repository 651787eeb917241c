from __future__ import annotations

import os

import pytest

from tidemill import DatasetError
from tidemill.datasets.json import JSONDataset
from tidemill.testing import VersionedDatasetTests


class TestJSONDataset(VersionedDatasetTests):
    sample, other = {"tide": "high", "metres": [4, 5]}, ["low", 1.5, None, "Ebbe, Größe 1 m²"]

    def make(self, filepath, version=None):
        return JSONDataset(filepath, version=version)


@pytest.mark.parametrize(
    "data",
    [
        {"": {"nested": [[], {}, [{"deep": [None, True, -(2**70)]}]]}},
        ["\r\n\0\x85\u2028 🌊", "\ud800"],
        float("inf"),
        "a text",
        0,
        False,
    ],
)
def test_what_comes_back_is_what_went_in(tmp_path, data):
    dataset = JSONDataset(str(tmp_path / "tides.json"))
    dataset.save(data)

    assert dataset.load() == data


@pytest.mark.parametrize("wrong", [{1, 2}, b"bytes", {"tides": [object()]}, {(1, 2): 3}])
def test_what_is_no_json_is_refused_and_nothing_is_written(tmp_path, wrong):
    with pytest.raises(DatasetError):
        JSONDataset(str(tmp_path / "tides.json")).save(wrong)

    assert os.listdir(tmp_path) == []


def test_arguments_go_to_the_library(tmp_path):
    JSONDataset(str(tmp_path / "a.json")).save({"tide": "Größe"})
    narrow = JSONDataset(str(tmp_path / "b.json"), save_args={"indent": None, "ensure_ascii": False})
    narrow.save({"metres": 1.5, "tide": "Größe"})

    assert (tmp_path / "a.json").read_text("utf-8") == '{\n  "tide": "Gr\\u00f6\\u00dfe"\n}'
    assert (tmp_path / "b.json").read_text("utf-8") == '{"metres": 1.5, "tide": "Größe"}'
    assert narrow.load(parse_float=str) == {"metres": "1.5", "tide": "Größe"}
