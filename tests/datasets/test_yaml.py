from __future__ import annotations

import datetime as dt
import os

import pytest

from tidemill import DatasetError
from tidemill.datasets.yaml import YAMLDataset
from tidemill.testing import VersionedDatasetTests


class TestYAMLDataset(VersionedDatasetTests):
    sample, other = {"tide": "high", "metres": [4, 5]}, ["low", 1.5, None, "Ebbe, Größe 1 m²"]

    def make(self, filepath, version=None):
        return YAMLDataset(filepath, version=version)


@pytest.mark.parametrize(
    "data",
    [
        {"on": dt.date(2026, 1, 31), "at": dt.datetime(2026, 1, 31, 12, 30)},  # noqa: DTZ001 - as YAML has it
        {1: {2.5: {"nested": [[]]}}, "yes": "no", "1": True},
        {"set", "of", "texts"},
        ["\r\n ", "", "a: b", "# no comment", "\t\0\x85\u2028"],
        b"bytes\xff",
        [float("inf"), -(2**70)],
    ],
)
def test_what_comes_back_is_what_went_in(tmp_path, data):
    dataset = YAMLDataset(str(tmp_path / "tides.yml"))
    dataset.save(data)

    assert dataset.load() == data


@pytest.mark.parametrize("wrong", [object(), {"tide": 1j}, [lambda: None]])
def test_what_could_not_be_loaded_again_is_refused_and_nothing_is_written(tmp_path, wrong):
    with pytest.raises(DatasetError, match="represent"):
        YAMLDataset(str(tmp_path / "tides.yml")).save(wrong)

    assert os.listdir(tmp_path) == []


def test_a_tuple_is_a_list_as_in_json(tmp_path):
    dataset = YAMLDataset(str(tmp_path / "tides.yml"))
    dataset.save({"metres": (1, 2)})

    assert dataset.load() == {"metres": [1, 2]}


def test_a_file_that_makes_objects_is_refused(tmp_path):
    (tmp_path / "evil.yml").write_text("!!python/object/apply:os.mkdir [never]")

    with pytest.raises(DatasetError, match="python/object"):
        YAMLDataset(str(tmp_path / "evil.yml")).load()


def test_save_args_go_to_the_library(tmp_path):
    YAMLDataset(str(tmp_path / "a.yml")).save({"b": [1], "a": 2})
    YAMLDataset(str(tmp_path / "b.yml"), save_args={"default_flow_style": True, "sort_keys": False}).save(
        {"b": [1], "a": 2}
    )

    assert (tmp_path / "a.yml").read_text() == "a: 2\nb:\n- 1\n"
    assert (tmp_path / "b.yml").read_text() == "{b: [1], a: 2}\n"
