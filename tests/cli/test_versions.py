"""`tidemill versions`: what manifests say, and whether the files are still what they say."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
import yaml


@pytest.fixture
def ran(tidemill, shop):
    """The shop after two runs, and the versions that they made, the newest first."""
    for _ in range(2):
        assert tidemill("run").code == 0
    return sorted((each.name for each in (shop / "data/clean.txt").iterdir() if each.name[0] != "."), reverse=True)


class TestList:
    def test_newest_first(self, tidemill, ran):
        said = tidemill("versions", "list", "clean")

        rows = [line.split() for line in said.out.splitlines()]
        assert rows[0] == ["VERSION", "SIZE", "ROWS", "COMMIT", "MADE", "BY"]
        assert [row[0] for row in rows[1:]] == ran
        assert rows[1][1:4] == ["12", "B", "-"]
        assert rows[1][-1] == "clean"
        assert max(map(len, said.lines)) <= 80

    def test_only_some(self, tidemill, ran):
        said = tidemill("versions", "list", "clean", "-n", "1")

        assert [line.split()[0] for line in said.out.splitlines()] == ["VERSION", ran[0]]
        assert said.err == "1 older ones\n"

    def test_for_programs(self, tidemill, ran):
        said = json.loads(tidemill("versions", "list", "clean", "--format", "json").out)

        assert [each["version"] for each in said] == ran
        assert said[0]["files"][0]["bytes"] == 12
        assert yaml.safe_load(tidemill("versions", "list", "clean", "--format", "yaml").out) == said

    def test_tables_have_rows_and_code_a_commit(self, tidemill, shop):
        import pandas as pd

        from tidemill.datasets.pandas.csv import CSVDataset
        from tidemill.io import Version, provenance

        with (shop / "conf/base/catalog.yml").open("a") as file:
            file.write("table: {type: pandas.CSVDataset, filepath: data/table.csv, versioned: true}\n")
        CSVDataset(filepath=str(shop / "data/table.csv"), version=Version()).save(pd.DataFrame({"a": [1, 2], "b": 3}))

        assert tidemill("versions", "list", "table").out.splitlines()[1].split()[3] == "2"
        shown = tidemill("versions", "show", "table").out
        assert "2 rows, 2 columns" in shown
        assert "a: int64, b: int64" in shown
        assert provenance.facts() == {}

    def test_of_every_dataset(self, tidemill, ran):
        said = tidemill("versions", "list")

        rows = [line.split() for line in said.out.splitlines()]
        assert rows[0] == ["NAME", "VERSIONS", "NEWEST"]
        assert ["clean", "2", ran[0]] in rows
        assert {"dataset": "clean", "versions": 2, "newest": ran[0]} in json.loads(
            tidemill("versions", "list", "--format", "json").out
        )

    def test_of_what_factories_make_and_caches_hold(self, tidemill, shop):
        with (shop / "conf/base/catalog.yml").open("a") as file:
            file.write('"{kind}_log": {type: text.TextDataset, filepath: "data/{kind}.log", versioned: true}\n')
            file.write("kept: {type: CachedDataset, dataset: {type: text.TextDataset, filepath: data/kept.txt,\n")
            file.write("  versioned: true}}\n")
        registry = shop / "src/shop/pipeline_registry.py"
        registry.write_text(
            registry.read_text().replace(
                'name="report", tags=["last"]),',
                'name="report"), node(same, "clean", "day_log"), node(same, "raw", "kept"),',
            )
        )
        assert tidemill("run").code == 0

        rows = [line.split() for line in tidemill("versions", "list").out.splitlines()]

        assert [row[:2] for row in rows[1:]] == [["clean", "1"], ["kept", "1"], ["day_log", "1"]]
        assert "kept.txt, 7 B" in tidemill("versions", "show", "kept").out

    def test_of_which_code_made_them(self, tidemill, shop):
        git = ["git", "-c", "user.name=me", "-c", "user.email=me@here"]
        subprocess.run(["git", "init", "--quiet"], check=True)  # noqa: S607
        subprocess.run(["git", "add", "src"], check=True)  # noqa: S607
        subprocess.run([*git, "commit", "--quiet", "-m", "first"], check=True)
        head = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True)  # noqa: S607
        commit = head.stdout.strip()
        assert tidemill("run").code == 0
        (shop / "src/shop/settings.py").write_text("# changed\n")
        assert tidemill("run").code == 0

        said = tidemill("versions", "list", "clean").out.splitlines()[1:]

        assert [commit[:7] + each in line.split() for each, line in zip(["+", ""], said, strict=True)] == [True, True]
        assert f"{commit}, with changes" in tidemill("versions", "show", "clean").out

    def test_of_a_catalog_without_any(self, tidemill, shop):
        (shop / "conf/base/catalog.yml").write_text("a: {type: text.TextDataset, filepath: data/a.txt}\n")
        assert "No dataset keeps versions: add `versioned: true`" in tidemill("versions", "list").err

    def test_one_without_a_manifest(self, tidemill, shop):
        folder = shop / "data/clean.txt/2020-01-01T00.00.00.000Z"
        folder.mkdir(parents=True)
        (folder / "clean.txt").write_text("elsewhere")

        assert "elsewhere: it has no manifest" in tidemill("versions", "list", "clean").out
        assert "it was not saved by Tidemill" in tidemill("versions", "show", "clean").out
        assert tidemill("versions", "verify", "clean").out.splitlines()[1].split()[-1] == "unknown"

    def test_none_yet(self, tidemill, shop):
        said = tidemill("versions", "list", "clean")
        assert (said.code, said.out) == (0, "")
        assert "has no versions yet" in said.err


class TestShow:
    def test_the_newest(self, tidemill, ran):
        said = tidemill("versions", "show", "clean")

        assert said.code == 0
        told = dict(line.split(maxsplit=1) for line in said.out.splitlines() if line[0] != " ")
        assert told["version"] == ran[0]
        assert told["node"] == "clean"
        assert told["files"].startswith("clean.txt, 12 B, xxh3-128:")

    def test_an_older_one(self, tidemill, ran):
        assert json.loads(tidemill("versions", "show", "clean", ran[1], "--format", "json").out)["version"] == ran[1]

    @pytest.mark.parametrize("command", ["list", "show", "verify"])
    @pytest.mark.parametrize(
        ("name", "said"),
        [("claen", "Did you mean 'clean'"), ("raw", "not versioned"), ("count", "has no dataset")],
    )
    def test_names_that_cannot_be(self, tidemill, shop, command, name, said):
        result = tidemill("versions", command, name)

        assert result.code == 1
        assert said in result.err
        assert len(result.lines) <= 12

    @pytest.mark.parametrize("command", ["show", "verify"])
    def test_none_yet(self, tidemill, shop, command):
        said = tidemill("versions", command, "clean", *(["2020"] if command == "show" else []))

        assert (said.code, said.out) == ((1, "") if command == "show" else (0, ""))
        told = "'clean' has no versions yet: a run" if command == "show" else "0 versions verified (0 B): none damaged."
        assert told in said.err

    def test_a_version_there_is_not(self, tidemill, ran):
        said = tidemill("versions", "show", "clean", "2020")
        assert said.code == 1
        assert f"The newest is '{ran[0]}'" in said.err


class TestVerify:
    def states(self, tidemill, *arguments):
        said = tidemill("versions", "verify", *arguments, "--format", "json")
        told = json.loads(said.out)
        assert said.code == (1 if any(each["state"] == "damaged" for each in told) else 0)
        return {each["version"]: (each["state"], *each["problems"]) for each in told}

    def test_all_is_whole(self, tidemill, ran):
        assert self.states(tidemill) == {ran[0]: ("whole",), ran[1]: ("whole",)}
        assert tidemill("versions", "verify").err == "2 versions verified (24 B): none damaged.\n"

    def test_what_was_changed(self, tidemill, shop, ran):
        (shop / "data/clean.txt" / ran[1] / "clean.txt").write_text("other lines!")

        [problem] = self.states(tidemill, "clean")[ran[1]][1:]
        assert problem.startswith("clean.txt has other content")
        assert tidemill("versions", "verify").code == 1

    def test_what_was_cut(self, tidemill, shop, ran):
        (shop / "data/clean.txt" / ran[1] / "clean.txt").write_text("a")

        assert self.states(tidemill, "clean")[ran[1]] == ("damaged", "clean.txt has 1 bytes, and had 12")

    def test_what_was_removed_or_added(self, tidemill, shop, ran):
        (shop / "data/clean.txt" / ran[1] / "clean.txt").unlink()
        (shop / "data/clean.txt" / ran[0] / "more.txt").write_text("x")

        assert self.states(tidemill) == {
            ran[0]: ("damaged", "more.txt was not there when the version was made"),
            ran[1]: ("damaged", "clean.txt is missing"),
        }
        assert self.states(tidemill, "clean", ran[1]) == {ran[1]: ("damaged", "clean.txt is missing")}

    def test_the_whole_folder_was_removed(self, tidemill, shop, ran):
        shutil.rmtree(shop / "data/clean.txt" / ran[1])

        assert [*self.states(tidemill)] == [ran[0]]

    def test_on_a_store(self, tidemill, shop):
        import fsspec

        from tidemill.datasets.text import TextDataset
        from tidemill.io import Version

        with (shop / "conf/base/catalog.yml").open("a") as file:
            file.write("far: {type: text.TextDataset, filepath: 'memory://verify/far.txt', versioned: true}\n")
        TextDataset(filepath="memory://verify/far.txt", version=Version()).save("a line")
        fs = fsspec.filesystem("memory")
        [path] = [each for each in fs.find("/verify") if each.endswith("/far.txt")]

        assert [*self.states(tidemill, "far").values()] == [("whole",)]
        fs.pipe_file(path, b"b line")
        [(state, problem)] = self.states(tidemill, "far").values()
        assert (state, problem.partition(":")[0]) == ("damaged", "far.txt has other content")
        manifest = path.replace("/far.txt", "/.manifest.json", 2).replace("/.manifest.json/", "/far.txt/", 1)
        fs.pipe_file(manifest, fs.cat_file(manifest).replace(b'"committed"', b'"writing"'))
        assert [*self.states(tidemill, "far").values()] == [("unfinished",)]
        fs.rm("/verify", recursive=True)
