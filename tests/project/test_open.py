from __future__ import annotations

import json
import os
import sys

import pytest
from tests.messages import assert_short

import tidemill
from tidemill import DataCatalog, open_catalog
from tidemill.errors import ConfigError, MissingConfigError, VersionAlreadyExistsError
from tidemill.project.live import LiveCatalog

ENTRY = "cars: {type: json.JSONDataset, filepath: data/cars.json, versioned: true}\n"


@pytest.fixture
def write(tmp_path):
    def write(files):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    return write


def versions(folder):
    return sorted(each for each in os.listdir(folder / "data" / "cars.json") if not each.startswith("."))


class TestLive:
    def test_every_load_sees_the_latest_and_every_save_makes_a_version(self, write):
        root = write({"catalog.yml": ENTRY})
        mine, other = open_catalog(root / "catalog.yml"), open_catalog(root / "catalog.yml")
        for number in range(3):
            mine.save("cars", number)
            assert mine.load("cars") == other.load("cars") == number
            other.save("cars", -number)
            assert mine.load("cars") == mine["cars"].load() == -number
        assert len(versions(root)) == 6
        with pytest.raises(VersionAlreadyExistsError):  # where the version is fixed, as in a plain catalog
            [LiveCatalog.from_config(mine.to_config()[0], save_version=versions(root)[0]).save("cars", 1)]

    def test_there_may_be_nothing_at_first(self, write):
        catalog = open_catalog(write({"catalog.yml": ENTRY}) / "catalog.yml")
        assert not catalog.exists("cars")
        open_catalog(write({}) / "catalog.yml").save("cars", 1)
        assert catalog.exists("cars")

    def test_what_is_pinned_stays(self, write):
        root = write({"catalog.yml": ENTRY})
        open_catalog(root).save("cars", "first")
        pinned = open_catalog(root, load_versions={"cars": versions(root)[0]})
        open_catalog(root).save("cars", "second")
        assert pinned.load("cars") == "first"
        assert open_catalog(root).load("cars", version=versions(root)[0]) == "first"
        assert open_catalog(root).load("cars") == "second"

    def test_cached(self, write):
        text = f"cars: {{type: CachedDataset, dataset: {{{ENTRY[7:-2]}}}}}"
        root = write({"catalog.yml": text})
        mine, other = open_catalog(root), open_catalog(root)
        mine.save("cars", 1)
        assert other.load("cars") == 1
        mine.save("cars", 2)
        assert other.load("cars") == 2

    def test_data_in_memory_stays(self, write):
        catalog = open_catalog(write({"catalog.yml": ENTRY}))
        catalog["model"] = [1]
        assert catalog.load("model") == catalog["model"].load() == [1]
        assert isinstance(catalog, DataCatalog)


class TestSources:
    CONF = {
        "conf/base/catalog.yml": "cars: {type: json.JSONDataset, filepath: '${globals:folder}/cars.json'}",
        "conf/base/globals.yml": "folder: data",
        "conf/base/credentials.yml": "dev: {}",
        "conf/base/parameters.yml": "a: {b: 1}",
        "conf/prod/globals.yml": "folder: data/prod",
        "data/cars.json": json.dumps("base"),
        "data/prod/cars.json": json.dumps("prod"),
    }

    @pytest.mark.parametrize("source", ["conf", "."])
    def test_a_folder_of_configuration(self, write, source, tmp_path, monkeypatch):
        root = write(self.CONF)
        monkeypatch.chdir(root)
        assert open_catalog(source).load("cars") == "base"
        assert open_catalog(root / source, env="prod").load("cars") == "prod"
        monkeypatch.chdir("/")
        assert open_catalog(root / source).load("cars") == "base"

    def test_parameters_and_arguments(self, write):
        root = write(self.CONF)
        catalog = open_catalog(
            root / "conf", params={"a.b": 2}, globals={"folder": "data/prod"}, credentials={"dev": {}}
        )
        assert catalog.load("params:a.b") == 2
        assert catalog.load("cars") == "prod"

    def test_a_folder_of_configuration_without_environments(self, write):
        root = write({"conf/catalog.yml": ENTRY, "conf/parameters/more.yml": "a: 1"})
        for source in (root, root / "conf"):
            catalog = open_catalog(source)
            catalog.save("cars", str(source))
            assert open_catalog(source).load("cars") == str(source)
            assert catalog.load("params:a") == 1
        assert len(versions(root)) == 2

    def test_an_address(self):
        import fsspec

        files = {"base/catalog.yml": "x: {type: MemoryDataset, data: '${globals:x}'}", "base/globals.yml": "x: 1"}
        fsspec.filesystem("memory").pipe(
            {f"/opened/conf/{name}": text.encode() for name, text in (files | {"prod/globals.yml": "x: 2"}).items()}
        )

        assert open_catalog("memory://opened/conf").load("x") == 1
        assert open_catalog("memory://opened/conf", env="prod").load("x") == 2

    def test_a_file(self, write, monkeypatch):
        root = write({"tables.yml": ENTRY, "globals.yml": "x: 1", "other/catalog.yml": "bad: ["})
        open_catalog(root / "tables.yml").save("cars", 1)
        assert len(versions(root)) == 1
        with pytest.raises(ConfigError, match="has no environments, so there is no 'prod'"):
            open_catalog(root / "tables.yml", env="prod")

    def test_a_project(self, write):
        root = write(
            {
                **self.CONF,
                "pyproject.toml": "[tool.tidemill]\npackage_name = 'x'\nproject_name = 'x'\n",
                "src/x/__init__.py": "",
            }
        )
        assert open_catalog(root).load("cars") == "base"
        assert open_catalog(root / "conf" / "base" / "catalog.yml").load("cars") == "base"

    def test_credentials(self, write):
        text = "cars: {type: json.JSONDataset, filepath: memory://open/cars.json, credentials: dev}"
        root = write({"conf/base/catalog.yml": text, "conf/local/credentials.yml": "dev: {x: 1}\nother: {}"})
        assert open_catalog(root).to_config()[1]["dev"] == {"x": 1}
        assert open_catalog(root, credentials={"dev": {"x": 2}}).to_config()[1]["dev"] == {"x": 2}

    def test_a_plain_folder(self, write):
        root = write({"catalog.yml": ENTRY, "nodes.py": "", "data/catalog_of_books.yml": "bad: ["})
        assert open_catalog(root).keys() == ["cars"]

    def test_an_archive(self, write, tmp_path):
        import shutil

        root = write(self.CONF)
        shutil.make_archive(str(root / "packed"), "zip", root / "conf")
        assert open_catalog(root / "packed.zip").load("cars") == "base"

    def test_definitions(self):
        catalog = open_catalog({"x": {"type": "MemoryDataset", "data": 1}})
        assert catalog.load("x") == 1

    def test_resolvers(self, write):
        root = write({"catalog.yml": "x: {type: MemoryDataset, data: '${twice:2}'}"})
        assert open_catalog(root, resolvers={"twice": lambda value: 2 * value}).load("x") == 4

    def test_missing(self, write):
        root = write({"catalog.yml": ENTRY})
        with pytest.raises(MissingConfigError) as error:
            open_catalog(root / "catalgo.yml")
        assert_short(error.value, "catalgo.yml", "Did you mean 'catalog.yml'?", "a project")
        with pytest.raises(MissingConfigError, match="no environments"):
            open_catalog(root, env="prod")
        (root / "catalog.yml").unlink()
        with pytest.raises(MissingConfigError, match="no configuration of the kind 'catalog'"):
            open_catalog(root)


def test_the_front_door():
    assert tidemill.open_catalog is open_catalog


def test_a_projects_own_datasets_are_found(write, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    root = write(
        {
            "pyproject.toml": "[tool.tidemill]\npackage_name = 'opened_shop'\nproject_name = 'Shop'\n",
            "src/opened_shop/__init__.py": "",
            "src/opened_shop/loud.py": (
                "from tidemill.datasets.text import TextDataset\nclass LoudDataset(TextDataset):\n"
                "    def _write(self, file, data):\n        super()._write(file, data.upper())\n"
            ),
            "conf/base/catalog.yml": "sign: {type: opened_shop.loud.LoudDataset, filepath: data/sign.txt}\n",
        }
    )
    catalog = open_catalog(root)
    catalog.save("sign", "sale")

    assert catalog.load("sign") == "SALE"


def test_however_a_live_dataset_is_reached_it_loads_the_latest(write):
    root = write({"catalog.yml": ENTRY})
    mine, other = open_catalog(root / "catalog.yml"), open_catalog(root / "catalog.yml")
    ways = (lambda: mine["cars"], lambda: mine.get("cars"), lambda: mine.values()[0])
    for number, reach in enumerate(ways):
        other.save("cars", number)
        assert reach().load() == number


def test_definitions_take_parameters_and_refuse_what_is_for_files():
    entry = {"cars": {"type": "MemoryDataset"}}

    assert open_catalog(entry, params={"a": {"b": 1}}).load("params:a.b") == 1
    for given in ({"env": "prod"}, {"globals": {"g": 1}}, {"resolvers": {"r": str}}):
        with pytest.raises(ConfigError, match=f"`{next(iter(given))}` is for files of configuration"):
            open_catalog(entry, **given)
