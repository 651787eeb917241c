"""`tidemill catalog schema`: what editors accept and flag."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

CUSTOM = '''
from __future__ import annotations

import typing
from typing import Literal, Optional

from tidemill import AbstractDataset


class StoneDataset(AbstractDataset):
    """A stone. It is heavy."""

    def __init__(self, weight: int, colour: str = "grey", *, credentials: dict | None = None):
        raise AssertionError("a schema makes nothing")


class BrickDataSet(StoneDataset):
    """Inherits its constructor."""


class PaintedDataset(AbstractDataset):
    """One whose annotations say more."""

    def __init__(
        self,
        *,
        mode: Literal["fast", "slow"] = "fast",
        size: Optional[int] = None,
        ratio: typing.Union[int, float] = 1,
        width: Literal["auto"] | int = "auto",
        height: "int" = 1,
        colours: "a list of words" = (),
    ): ...
'''
PAINTED = {"type": "shop.datasets.PaintedDataset"}
CSV = {"type": "pandas.CSVDataset", "filepath": "data/cars.csv"}
PARTS = {"type": "PartitionedDataset", "path": "data/parts", "dataset": "pandas.CSVDataset"}


@pytest.fixture
def flaws(tidemill, shop):
    """Return what a schema made in the shop finds in a catalog: paths of keys."""
    (shop / "src/shop/datasets.py").write_text(CUSTOM)

    def found(catalog):
        if not (shop / "schema.json").exists():
            assert tidemill("catalog", "schema", "--out", "schema.json").code == 0
        schema = json.loads((shop / "schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        errors = jsonschema.Draft202012Validator(schema).iter_errors(catalog)
        return sorted({".".join(map(str, each.absolute_path)) for each in errors})

    return found


def test_catalogs_that_are_right(flaws, shop):
    assert flaws(yaml.safe_load((shop / "conf/base/catalog.yml").read_text())) == []
    assert flaws(None) == []


@pytest.mark.parametrize(
    "definition",
    [
        {
            **CSV,
            "versioned": True,
            "load_args": {"sep": ";"},
            "credentials": "dev",
            "metadata": {"a": 1},
            "layer": "raw",
        },
        {**CSV, "type": "pandas.CSVDataSet"},
        {**CSV, "type": "CSVDataset"},
        {**CSV, "type": "kedro_datasets.pandas.csv_dataset.CSVDataset"},
        {**CSV, "type": "kedro.extras.datasets.pandas.CSVDataSet"},
        {**CSV, "versioned": "${globals:keep}", "load_args": "${_shared}"},
        {"type": "kedro.io.MemoryDataset"},
        {"type": "MemoryDataSet"},
        PARTS,
        {**PARTS, "type": "partitions.PartitionedDataset"},
        {**PARTS, "dataset": {"type": "pandas.CSVDataset", "load_args": {}}},
        {**PARTS, "dataset": "shop.datasets.StoneDataset"},
        {**PARTS, "type": "IncrementalDataset", "checkpoint": {"force_checkpoint": "2020"}},
        {**PARTS, "type": "IncrementalDataset", "checkpoint": "2020"},
        {"type": "CachedDataset", "dataset": CSV},
        {"type": "shop.datasets.StoneDataset", "weight": 5},
        {"type": "shop.datasets.StoneDataset", "weight": "{kind}"},
        {"type": "shop.datasets.BrickDataSet", "anything": 5},
        {"<<": {}, **CSV},
        {**PAINTED, "mode": "slow", "size": None, "ratio": 1.5, "width": "auto", "height": 2, "colours": [1]},
        {**PAINTED, "mode": "${globals:mode}", "size": 5, "ratio": 1, "width": 3, "colours": "red"},
    ],
)
@pytest.mark.parametrize("name", ["cars", "{kind}_cars"])
def test_definitions_that_are_right(flaws, name, definition):
    assert flaws({name: definition, "_shared": {"x": 1}, "_y": 5}) == []


@pytest.mark.parametrize(
    ("definition", "where"),
    [
        ({**CSV, "type": "pandas.CSVDatset"}, ["a.type"]),
        ({**CSV, "type": "no.such.Dataset"}, ["a.type"]),
        ({**CSV, "type": 5}, ["a.type"]),
        ({**CSV, "filepth": "x"}, ["a"]),
        ({"type": "pandas.CSVDataset"}, ["a"]),
        ({"filepath": "x"}, ["a"]),
        ("data/cars.csv", ["a"]),
        ({**CSV, "filepath": 5}, ["a.filepath"]),
        ({**CSV, "versioned": "yes"}, ["a.versioned"]),
        ({**CSV, "load_args": "sep"}, ["a.load_args"]),
        ({"type": "MemoryDataset", "versioned": True}, ["a"]),
        ({**PARTS, "dataset": "pandas.CSVDatset"}, ["a.dataset"]),
        ({**PARTS, "dataset": {"type": "pandas.CSVDataset", "lod_args": {}}}, ["a.dataset"]),
        ({**PARTS, "dataset": {"filepath": "x"}}, ["a.dataset"]),
        ({"type": "shop.datasets.StoneDataset"}, ["a"]),
        ({"type": "shop.datasets.StoneDataset", "weight": "heavy"}, ["a.weight"]),
        ({"type": "shop.datasets.StoneDataset", "weight": 5, "color": "x"}, ["a"]),
        ({**PAINTED, "mode": "fsat"}, ["a.mode"]),
        ({**PAINTED, "size": "big"}, ["a.size"]),
        ({**PAINTED, "ratio": "half"}, ["a.ratio"]),
        ({**PAINTED, "width": "wide"}, ["a.width"]),
        ({**PAINTED, "height": [1]}, ["a.height"]),
    ],
)
def test_definitions_that_are_wrong(flaws, definition, where):
    assert flaws({"a": definition}) == where


def test_what_a_factory_names_is_left_for_later(flaws):
    assert flaws({"{x}": {"type": "{kind}.CSVDataset", "anything": 1}}) == []


def test_classes_of_other_packages_that_the_catalog_uses(flaws, shop, monkeypatch, tmp_path):
    (tmp_path / "elsewhere.py").write_text(CUSTOM)
    monkeypatch.syspath_prepend(tmp_path)
    with (shop / "conf/base/catalog.yml").open("a") as file:
        file.write("far: {type: elsewhere.StoneDataset, weight: 5}\n")

    assert flaws({"far": {"type": "elsewhere.StoneDataset", "weight": 5}}) == []
    assert flaws({"far": {"type": "elsewhere.StoneDataset", "wight": 5}}) == ["far"]


def test_classes_of_an_installed_kedro_datasets(flaws, monkeypatch, tmp_path):
    (tmp_path / "kedro_datasets/quarry").mkdir(parents=True)
    (tmp_path / "kedro_datasets/__init__.py").write_text("1 / 0  # is not imported\n")
    (tmp_path / "kedro_datasets/quarry/stone_dataset.py").write_text(CUSTOM)
    monkeypatch.syspath_prepend(tmp_path)

    assert flaws({"a": {"type": "quarry.StoneDataset", "weight": 5}}) == []
    assert flaws({"a": {"type": "quarry.StoneDataset", "wight": 5}}) == ["a"]


def test_what_is_broken_elsewhere_is_in_nobodys_way(flaws, shop):
    (shop / "src/shop/draft.py").write_text("class DraftDataset(AbstractDataset:\n")
    (shop / "src/shop/notes.txt").write_text("class NotesDataset(AbstractDataset): ...\n")
    with (shop / "conf/base/catalog.yml").open("a") as file:
        file.write("lost: {type: no.such.Dataset}\n")

    assert flaws({"a": {"type": "shop.datasets.StoneDataset", "weight": 5}}) == []
    assert flaws({"a": {"type": "shop.notes.NotesDataset"}, "lost": {"type": "no.such.Dataset"}}) == [
        "a.type",
        "lost.type",
    ]


def test_of_a_catalog_that_cannot_be_read(flaws, shop):
    (shop / "conf/base/catalog.yml").write_text("raw: [1\n")

    assert flaws({"a": {"type": "shop.datasets.StoneDataset", "weight": 5}}) == []


def test_it_tells_what_each_is(tidemill, shop):
    (shop / "src/shop/datasets.py").write_text(CUSTOM)

    schema = json.loads(tidemill("catalog", "schema", "--out", "-").out)

    about = {each["const"]: each["description"] for each in schema["$defs"]["type"]["anyOf"] if "const" in each}
    assert about["pandas.CSVDataset"] == "A CSV file as a DataFrame."
    assert about["shop.datasets.StoneDataset"] == "A stone."


def test_it_goes_where_git_does_not_look(tidemill, shop):
    said = tidemill("catalog", "schema")

    assert said.out.startswith("Wrote .tidemill/catalog.schema.json: ")
    assert (shop / ".tidemill/.gitignore").read_text() == "*\n"
    assert "yaml-language-server: $schema=" in tidemill("catalog", "schema", "--help").out
