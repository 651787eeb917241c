"""`tidemill catalog`: list, describe, create, and Kedro's names for them."""

from __future__ import annotations

import json
import shutil
import sys

import pytest
import yaml

MORE = """
_shared: {type: text.TextDataset}
"{kind}_sales": {type: pandas.CSVDataset, filepath: "data/{kind}.csv"}
old: {type: text.TextDataset, filepath: data/old.txt}
far: {type: text.TextDataset, filepath: "ftp://me:abcdefgh@host/x.txt"}
"""
REGISTRY = """
    default = default + Pipeline([node(same, "north_sales", "south_sales", name="sell")])
    return {"""


@pytest.fixture
def full(shop):
    """The shop, with a factory and what nobody uses."""
    with (shop / "conf/base/catalog.yml").open("a") as file:
        file.write(MORE)
    registry = shop / "src/shop/pipeline_registry.py"
    registry.write_text(registry.read_text().replace("    return {", REGISTRY, 1))
    return shop


class TestList:
    def test_what_is_listed(self, tidemill, full):
        said = tidemill("catalog", "list")

        assert said.code == 0
        rows = [line.split() for line in said.out.splitlines()]
        assert rows[0] == ["NAME", "TYPE", "USED", "BY"]
        assert rows[1:] == [
            ["raw", "text.TextDataset", "broken"],
            ["clean", "text.TextDataset", "(versioned)", "broken,", "reporting"],
            ["report", "text.TextDataset", "broken,", "reporting"],
            ["old", "text.TextDataset", "-"],
            ["far", "text.TextDataset", "-"],
            ["copy", "MemoryDataset", "reporting"],
            ["count", "MemoryDataset", "broken,", "reporting"],
            ["never", "MemoryDataset", "broken"],
            ["north_sales", "pandas.CSVDataset", "by", "{kind}_sales", "broken"],
            ["south_sales", "pandas.CSVDataset", "by", "{kind}_sales", "broken"],
        ]
        assert said.err == "10 datasets, 2 of them unused; 1 pattern\n"
        assert max(map(len, said.lines)) <= 80

    @pytest.mark.parametrize(
        ("arguments", "names"),
        [
            (["--unused"], ["old", "far"]),
            (["--search", "^r"], ["raw", "report"]),
            (["--type", "csv"], ["north_sales", "south_sales"]),
            (["--pipeline", "reporting"], ["clean", "report", "copy", "count"]),
            (["-p", "reporting,__default__", "--type", "memory"], ["copy", "count"]),
        ],
    )
    def test_what_is_wanted(self, tidemill, full, arguments, names):
        said = tidemill("catalog", "list", *arguments, "--format", "json")

        assert [each["name"] for each in json.loads(said.out)["datasets"]] == names

    def test_a_secret_in_an_address_is_masked(self, tidemill, full):
        with (full / "conf/base/catalog.yml").open("a") as file:
            file.write('signed: {type: text.TextDataset, filepath: "https://host/x.txt?sig=abcdefgh"}\n')

        assert "abcdefgh" not in tidemill("catalog", "list", "--format", "json").out

    def test_an_environment_that_is_not_there_is_no_empty_catalog(self, tidemill, full):
        said = tidemill("catalog", "list", "--env", "prodd")

        assert said.code == 1
        assert "prodd: there is no such environment" in said.err

    def test_for_programs(self, tidemill, full):
        said = tidemill("catalog", "list", "--format", "yaml", "--search", "clean|far|north")

        assert yaml.safe_load(said.out) == {
            "datasets": [
                {
                    "name": "clean",
                    "type": "text.TextDataset",
                    "path": "data/clean.txt",
                    "versioned": True,
                    "pattern": None,
                    "pipelines": ["broken", "reporting", "__default__"],
                },
                {
                    "name": "far",
                    "type": "text.TextDataset",
                    "path": "ftp://***@host/x.txt",
                    "versioned": False,
                    "pattern": None,
                    "pipelines": [],
                },
                {
                    "name": "north_sales",
                    "type": "pandas.CSVDataset",
                    "path": "data/north.csv",
                    "versioned": False,
                    "pattern": "{kind}_sales",
                    "pipelines": ["broken", "__default__"],
                },
            ],
            "patterns": ["{kind}_sales"],
        }

    def test_no_dataset_class_is_imported(self, process, full):
        code = (
            "import sys; from tidemill.cli.entry import main; main(['catalog', 'list']); "
            "print([each for each in sys.modules if each.startswith(('pandas', 'tidemill.datasets.', 'rich'))])"
        )
        import subprocess

        done = subprocess.run([sys.executable, "-c", code], cwd=full, capture_output=True, text=True, check=True)

        assert done.stdout.splitlines()[-1] == "[]"

    def test_of_a_plain_folder(self, tidemill, tmp_path, monkeypatch):
        (tmp_path / "catalog.yml").write_text("raw: {type: text.TextDataset, filepath: raw.txt}\n")
        (tmp_path / "pipeline.py").write_text("from tidemill import node\nnodes = [node(len, 'raw', 'size')]\n")
        monkeypatch.chdir(tmp_path)

        assert [line.split()[0] for line in tidemill("catalog", "list").out.splitlines()] == ["NAME", "raw", "size"]

    def test_what_fits_nothing(self, tidemill, full, tmp_path, monkeypatch):
        said = tidemill("catalog", "list", "--search", "nothing")
        assert (said.code, said.out, said.err) == (0, "", "No dataset fits.\n")

        (tmp_path / "catalog.yml").write_text("")
        (tmp_path / "pipeline.py").write_text("from tidemill import Pipeline\npipeline = Pipeline([])\n")
        monkeypatch.chdir(tmp_path)
        said = tidemill("catalog", "list")
        assert (said.code, said.out, said.err) == (0, "", "The catalog is empty.\n")

    def test_on_a_narrow_terminal_what_is_wide_is_cut(self, tidemill, full, monkeypatch):
        with (full / "conf/base/catalog.yml").open("a") as file:
            file.write(f"{'wide_' * 20}end: {{type: text.TextDataset, filepath: data/wide.txt}}\n")
        monkeypatch.setenv("COLUMNS", "50")
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)

        lines = tidemill("catalog", "list").out.splitlines()

        assert max(map(len, lines)) <= 50
        assert any(line.startswith("wide_wide_") and "..." in line for line in lines)
        assert any(line.startswith("raw  ") for line in lines)

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--pipeline", "reportin"], "Did you mean 'reporting'"),
            (["--search", "("], "no regular expression"),
            (["--format", "xml"], "xml"),
        ],
    )
    def test_what_cannot_be(self, tidemill, full, arguments, said):
        result = tidemill("catalog", "list", *arguments)

        assert result.code != 0
        assert said in result.err
        assert len(result.lines) <= 12


class TestKedrosCommands:
    @pytest.mark.parametrize("name", ["list-patterns", "rank"])
    def test_patterns(self, tidemill, full, name):
        assert yaml.safe_load(tidemill("catalog", name).out) == ["{kind}_sales"]

    def test_datasets_by_type(self, tidemill, full):
        said = yaml.safe_load(tidemill("catalog", "describe-datasets", "--pipeline", "broken").out)

        assert said == {
            "broken": {
                "datasets": {"text.TextDataset": ["clean", "raw", "report"]},
                "factories": {"pandas.CSVDataset": ["north_sales", "south_sales"]},
                "defaults": {"MemoryDataset": ["count", "never"]},
            }
        }

    @pytest.mark.parametrize("name", ["resolve-patterns", "resolve"])
    def test_the_catalog_written_out(self, tidemill, full, name):
        said = yaml.safe_load(tidemill("catalog", name, "-p", "__default__").out)

        assert said["north_sales"] == {"type": "pandas.CSVDataset", "filepath": "data/north.csv"}
        assert said["count"] == {"type": "MemoryDataset"}
        assert said["far"]["filepath"] == "ftp://***@host/x.txt"
        assert [*said] == sorted(said)
        assert "never" not in said


class TestDescribe:
    def test_one(self, tidemill, full):
        tidemill("run", "--nodes", "clean")

        lines = dict(
            line.split(maxsplit=1)
            for line in tidemill("catalog", "describe", "clean").out.splitlines()
            if line[0] != " "
        )

        assert lines["type"] == "text.TextDataset"
        assert "conf/base/catalog.yml:3" in lines["defined"]
        assert lines["exists"] == "yes"
        assert lines["versions"].startswith("1, the newest 2")
        assert lines["written"] == "by  clean"

    def test_one_of_a_factory(self, tidemill, full):
        said = tidemill("catalog", "describe", "north_sales", "--format", "json")

        told = json.loads(said.out)
        assert told["pattern"] == "{kind}_sales"
        assert told["definition"] == {"type": "pandas.CSVDataset", "filepath": "data/north.csv"}
        assert told["read_by"] == ["sell"]
        assert told["exists"] is False

    def test_one_in_memory(self, tidemill, full):
        assert "nowhere: it stays in memory" in tidemill("catalog", "describe", "count").out

    def test_secrets_are_masked(self, tidemill, full):
        said = tidemill("catalog", "describe", "far")
        assert said.code == 0
        assert "abcdefgh" not in said.out + said.err

    def test_one_there_is_not(self, tidemill, full):
        said = tidemill("catalog", "describe", "claen")
        assert (said.code, said.err.splitlines()[0]) == (
            1,
            "Error: The catalog has no dataset 'claen'. Did you mean 'clean'? See `catalog list`.",
        )


class TestCreate:
    def test_entries_are_added(self, tidemill, full):
        said = tidemill("catalog", "create", "--pipeline", "broken")

        path = full / "conf/base/catalog_broken.yml"
        assert said.out.splitlines() == ["Added 2 entries to conf/base/catalog_broken.yml:", "  count", "  never"]
        assert yaml.safe_load(path.read_text()) == {
            "count": {"type": "MemoryDataset"},
            "never": {"type": "MemoryDataset"},
        }
        again = tidemill("catalog", "create", "--pipeline", "broken")
        assert (again.code, again.out) == (0, "")

    def test_below_what_is_there(self, tidemill, full):
        path = full / "conf/base/catalog_broken.yml"
        path.write_text("# mine\ncount: {type: MemoryDataset}")

        tidemill("catalog", "create", "-p", "broken")

        assert path.read_text() == "# mine\ncount: {type: MemoryDataset}\n\nnever:\n  type: MemoryDataset\n"
        assert [each.name for each in path.parent.iterdir() if each.name.startswith(".")] == []

    def test_an_environment_there_is_not(self, tidemill, full):
        assert tidemill("catalog", "create", "--env", "prod").code == 1

    def test_configuration_in_an_archive_is_left_as_it_is(self, tidemill, full):
        shutil.make_archive(str(full / "packed"), "zip", full / "conf")
        (full / "src/shop/settings.py").write_text("CONF_SOURCE = 'packed.zip'\n")

        said = tidemill("catalog", "create", "--pipeline", "broken")

        assert said.code == 1
        assert "packed.zip, which is no folder: nothing can be added to it." in said.err
