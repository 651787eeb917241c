"""`tidemill new`: from nothing to a run, questions, Kedro's options, and what cannot be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

MOST_LINES = 12


def process(*arguments, cwd, answers=None):
    command = [sys.executable, "-W", "error", "-m", "tidemill", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False, input=answers)


def files_in(folder):
    return [each for each in Path(folder).rglob("*") if each.is_file()]


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("arguments", [["tides"], ["tides", "--example"], ["--example", "tides"], ["-n", "tides"]])
def test_from_nothing_to_a_run(here, arguments):
    made = process("new", *arguments, cwd=here)
    ran = process("run", cwd=here / "tides")

    assert made.returncode == 0, made.stderr
    assert ran.returncode == 0, ran.stderr
    output = f"{made.stdout}{made.stderr}{ran.stdout}{ran.stderr}"
    assert len(output.splitlines()) <= 25
    assert len([each for each in files_in(here / "tides") if not _is_made(each)]) <= 15
    assert made.stdout.splitlines()[-2:] == ["  cd tides", "  tidemill run"]


def _is_made(path):
    folders = {"__pycache__", ".tidemill", "months", "changes.json", "report.md", "sessions"}
    return bool({*path.parts} & folders) or path.name in {"CHECKPOINT", "greeting.txt"}


def test_the_example_shows_what_it_says(here):
    process("new", "rates", "--example", cwd=here)
    root = here / "rates"
    process("run", cwd=root)
    assert sorted(each.stem for each in (root / "data/months").iterdir()) == ["2022-10", "2022-11", "2022-12"]

    month = root / "data/late/2023-01.csv"
    (root / "data/inbox/2023-01.csv").write_bytes(month.read_bytes())
    ran = process("run", cwd=root)

    assert ran.returncode == 0, ran.stderr
    versions = json.loads(process("versions", "list", "report", "--format", "json", cwd=root).stdout)
    assert len(versions) == 2
    assert [each["version"] for each in versions] == sorted((each["version"] for each in versions), reverse=True)
    newest, oldest = (root / "data/report.md" / each["version"] / "report.md" for each in versions)
    assert "| HRK | 7.5275 (2022-10-03) | 7.5365 (2022-12-30) | +0.12 % |" in newest.read_text()
    assert "(2023-01-31)" in newest.read_text()
    assert "(2023-01-31)" not in oldest.read_text()
    assert process("catalog", "check", "--live", "--strict", cwd=root).returncode == 0


def test_the_tests_of_the_example_pass(here):
    process("new", "rates", "--example", cwd=here)

    done = subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=here / "rates", capture_output=True, text=True,
                          check=False, timeout=120)  # fmt: skip

    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout


def test_git_does_not_see_what_is_secret_or_made(here):
    process("new", "rates", "--example", cwd=here)
    process("run", cwd=here / "rates")

    def git(*arguments):
        command = ["git", *arguments]
        return subprocess.run(command, cwd=here / "rates", capture_output=True, text=True, check=True).stdout.split()

    git("init", "-q")
    seen = git("status", "--short", "--untracked-files=all", "--porcelain")[1::2]
    assert "conf/base/catalog.yml" in seen
    assert "data/inbox/2022-10.csv" in seen
    hidden = ("conf/local", "data/months", "data/report", "CHECKPOINT", ".tidemill", "__pycache__")
    assert [each for each in seen if any(part in each for part in hidden)] == []


def test_names(tidemill, here):
    assert tidemill("new", "deep/er/tide-tables").code == 0
    assert 'project_name = "Tide Tables"' in (here / "deep/er/tide-tables/pyproject.toml").read_text()
    assert tidemill("new", "--name", "Tide Two", "--package", "tt").code == 0
    assert (here / "tide-two/src/tt/settings.py").is_file()
    assert tidemill("new", "x y--name", "Z").code == 2


class TestQuestions:
    def test_name_and_example(self, here):
        made = process("new", cwd=here, answers="Tide Tables\ny\n")

        assert made.returncode == 0, made.stderr
        assert (here / "tide-tables/data/inbox").is_dir()

    def test_a_wrong_answer_is_asked_again(self, here):
        made = process("new", cwd=here, answers="a/b\nTides\nn\n")

        assert made.returncode == 0
        assert "cannot be used" in made.stdout
        assert (here / "tides/src/tides/pipelines/hello").is_dir()

    def test_no_answer(self, here):
        made = process("new", cwd=here, answers="")

        assert made.returncode == 1
        assert made.stderr.startswith("Error: There was no answer to 'Project name'. Give the name (tidemill new NAME)")
        assert len(made.stderr.splitlines()) == 1
        assert [*here.iterdir()] == []

    def test_none_is_asked(self, tidemill, here):
        assert tidemill("new", "--yes").code == 0
        assert (here / "new-project").is_dir()

    def test_those_of_a_template(self, here, tmp_path):
        made = process("new", "-s", str(template(tmp_path)), cwd=here, answers="Tides\nBSD\n")

        assert made.returncode == 0, made.stderr
        assert (here / "tides/LICENCE").read_text() == "BSD"


def template(folder):
    root = folder / "mine"
    (root / "{{ cookiecutter.repo_name }}").mkdir(parents=True)
    (root / "{{ cookiecutter.repo_name }}/LICENCE").write_text("{{ cookiecutter.licence }}")
    said = {"project_name": "x", "repo_name": "x", "python_package": "x", "licence": ["MIT", "BSD"]}
    (root / "cookiecutter.json").write_text(json.dumps(said))
    prompts = {"project_name": {"title": "Name"}, "licence": {"title": "Licence"}}
    (root / "prompts.yml").write_text(json.dumps(prompts))
    (root / "hooks").mkdir()
    (root / "hooks/pre_gen_project.sh").write_text("touch ../executed\n")
    return root


class TestTemplates:
    def test_a_folder(self, tidemill, here, tmp_path):
        said = tidemill("new", "tides", "-s", str(template(tmp_path)), "--set", "licence=BSD", "--yes")

        assert said.code == 0
        assert (here / "tides/LICENCE").read_text() == "BSD"
        assert "Not executed, as scripts of templates never are: hooks/pre_gen_project.sh." in said.out
        assert not [*tmp_path.rglob("executed")]

    def test_an_archive_and_a_folder_in_it(self, tidemill, here, tmp_path):
        root = template(tmp_path)
        with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
            for each in files_in(root):
                archive.write(each, f"repo/deep/{each.relative_to(root)}")

        said = tidemill("new", "tides", "--template", str(tmp_path / "t.zip"), "--directory", "deep", "--yes")

        assert said.code == 0
        assert (here / "tides/LICENCE").read_text() == "MIT"

    def test_a_config_file(self, tidemill, here, tmp_path):
        (tmp_path / "c.yml").write_text(
            "output_dir: out\nproject_name: Tides\nrepo_name: tides\npython_package: td\nlicence: BSD\n"
        )

        assert tidemill("new", "--starter", str(template(tmp_path)), "--config", str(tmp_path / "c.yml")).code == 0
        assert (here / "out/tides/LICENCE").read_text() == "BSD"

    def test_a_config_file_as_kedro_users_write_them(self, tidemill, here, tmp_path):
        (tmp_path / "c.yml").write_text(
            f"output_dir: {here}\nproject_name: Tides\nrepo_name: tides\npython_package: td\n"
            "tools: none\nexample_pipeline: y\n"
        )

        assert tidemill("new", "-c", str(tmp_path / "c.yml")).code == 0
        assert (here / "tides/src/td/nodes.py").is_file()


def test_options_of_kedro(tidemill, here):
    assert tidemill("new", "--name", "A B", "--tools", "none", "--example", "n", "--telemetry", "no").code == 0
    assert (here / "a-b/src/a_b/pipelines/hello").is_dir()
    assert tidemill("new", "--name=C D", "--example=y").code == 0
    assert (here / "c-d/data/inbox").is_dir()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["here"], 1, "is there already, and nothing is overwritten"),
        (["."], 1, "is there already"),
        (["--name", "a/b"], 1, "The project name 'a/b' cannot be used"),
        (["--name", "A", "--package", "json"], 1, "would hide a module of Python's. Say another with --package"),
        (["--name", "A", "--package", "a-b"], 1, "such as 'a_b'. Say it with --package"),
        (["x", "--starter", "exmple"], 1, "Did you mean 'example'"),
        (["x", "--starter", "https://host/x.git"], 1, "git clone https://host/x.git template"),
        (["x", "--checkout", "main"], 2, "git clone --branch main"),
        (["x", "--tools", "lint,test"], 2, "pip install ruff pytest"),
        (["x", "--directory", "d"], 2, "give --starter too"),
        (["x", "--set", "a"], 2, "'a' is not KEY=VALUE"),
        (["x", "--set", "licence=MIT"], 1, "no variable 'licence'"),
        (["x", "y", "--example=z"], 2, ""),
        (["x", "--example=maybe"], 2, "--example is yes or no; not 'maybe'"),
        (["x", "--config", "none.yml"], 2, "none.yml"),
    ],
)
def test_what_cannot_be(tidemill, here, arguments, code, said):
    (here / "here").mkdir()

    result = tidemill("new", *arguments)

    assert result.code == code, result
    assert said in result.err
    assert result.out == ""
    assert len(result.lines) <= MOST_LINES
    assert [each.name for each in here.iterdir()] == ["here"]


def test_starters_are_listed(tidemill, here):
    said = tidemill("starter", "list")

    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines()] == ["blank", "example"]


def test_a_starter_of_a_package_for_kedro(here, tmp_path):
    site = tmp_path / "site"
    (site / "pack-1.dist-info").mkdir(parents=True)
    (site / "pack-1.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: pack\nVersion: 1\n")
    (site / "pack-1.dist-info/entry_points.txt").write_text("[kedro.starters]\nstarters = pack:starters\n")
    (site / "pack.py").write_text(
        "from kedro.framework.cli.starters import KedroStarterSpec\n"
        f"starters = [KedroStarterSpec('licences', template_path={str(tmp_path)!r}, directory='mine', origin='pack')]\n"
    )
    template(tmp_path)
    paths = os.pathsep.join([str(site), *filter(None, [os.environ.get("PYTHONPATH")])])

    def call(*arguments):
        command = [sys.executable, "-m", "tidemill", *arguments]
        environment = {**os.environ, "PYTHONPATH": paths}
        return subprocess.run(
            command, cwd=here, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    listed, made = call("starter", "list"), call("new", "tides", "--starter", "licences", "--yes")

    assert "licences" in listed.stdout, listed.stderr
    assert made.returncode == 0, made.stderr
    assert (here / "tides/LICENCE").read_text() == "MIT"
