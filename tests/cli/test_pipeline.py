"""`tidemill pipeline`: made, run, listed and removed."""

from __future__ import annotations

import json

import pytest
import yaml

MADE = {
    "conf/base/parameters_cleaning.yml",
    "src/shop/pipelines/__init__.py",
    "src/shop/pipelines/cleaning/__init__.py",
    "src/shop/pipelines/cleaning/nodes.py",
    "src/shop/pipelines/cleaning/pipeline.py",
    "tests/pipelines/cleaning/__init__.py",
    "tests/pipelines/cleaning/test_pipeline.py",
}


def files_in(folder):
    found = (each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file())
    return {each for each in found if "__pycache__" not in each and ".tidemill" not in each}


@pytest.fixture
def found(shop):
    """The shop, whose registry finds pipelines."""
    (shop / "src/shop/pipeline_registry.py").unlink()
    return shop


def test_what_is_made(tidemill, found):
    before = files_in(found)

    said = tidemill("pipeline", "create", "cleaning")

    assert said.code == 0
    assert files_in(found) - before == MADE
    assert {line.strip() for line in said.out.splitlines()[1:-2]} == MADE
    assert said.out.splitlines()[-1] == "  tidemill run --pipeline cleaning"
    assert yaml.safe_load((found / "conf/base/parameters_cleaning.yml").read_text()) is None
    listed = json.loads(tidemill("pipeline", "list", "--format", "json").out)
    assert [each["name"] for each in listed] == ["__default__", "cleaning"]
    assert tidemill("pipeline", "list").out.splitlines()[2].split() == ["cleaning", "0", "0", "0"]


def test_it_runs(tidemill, found):
    tidemill("pipeline", "create", "cleaning")
    path = found / "src/shop/pipelines/cleaning/pipeline.py"
    path.write_text(path.read_text().replace('# node(clean, inputs=["raw", "params:limit"], outputs="clean"),',
                                             'node(len, inputs="raw", outputs="size"),'))  # fmt: skip

    assert tidemill("run", "--pipeline", "cleaning").code == 0


def test_in_a_project_of_kedro_it_is_kedros_code(tidemill, found):
    (found / "pyproject.toml").write_text((found / "pyproject.toml").read_text().replace("tool.tidemill", "tool.kedro")
                                          + 'kedro_init_version = "1.7.0"\n')  # fmt: skip

    tidemill("pipeline", "create", "cleaning")

    code = (found / "src/shop/pipelines/cleaning/pipeline.py").read_text()
    assert "from kedro.pipeline import Pipeline, node" in code
    assert "tidemill" not in code


def test_without_configuration_and_elsewhere(tidemill, found):
    (found / "conf/prod").mkdir()
    before = files_in(found)

    tidemill("pipeline", "create", "one", "--skip-config")
    tidemill("pipeline", "create", "two", "--env", "prod")

    conf = {each for each in files_in(found) - before if each.startswith("conf")}
    assert conf == {"conf/prod/parameters_two.yml"}


def test_a_template_of_ones_own(tidemill, found, tmp_path):
    for root in (found / "templates/pipeline", tmp_path / "given"):
        inner = root / "{{ cookiecutter.pipeline_name }}"
        (inner / "config").mkdir(parents=True)
        (root / "cookiecutter.json").write_text('{"pipeline_name": "x", "kedro_version": "0"}')
        (inner / "__init__.py").write_text(f"# {root.name} {{{{ cookiecutter.pipeline_name }}}}\n")
        (inner / "config/parameters_{{ cookiecutter.pipeline_name }}.yml").write_text("a: 1\n")

    tidemill("pipeline", "create", "one")
    tidemill("pipeline", "create", "two", "--template", str(tmp_path / "given"))

    assert (found / "src/shop/pipelines/one/__init__.py").read_text() == "# pipeline one\n"
    assert (found / "src/shop/pipelines/two/__init__.py").read_text() == "# given two\n"
    assert (found / "conf/base/parameters_two.yml").read_text() == "a: 1\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["create", "2x"], "such as 'project_2x'"),
        (["create", "../x"], "cannot be used"),
        (["create", "class"], "a word of Python's"),
        (["create", "there"], "is there already, and nothing is overwritten"),
        (["create", "x", "--env", "bse"], "Did you mean 'base'"),
        (["create", "x", "--template", "none"], "There is no starter 'none'"),
        (["delete", "thre"], "Did you mean 'there'"),
        (["delete", "../.."], "cannot be used"),
    ],
)
def test_what_cannot_be(tidemill, found, arguments, said):
    (found / "src/shop/pipelines/there").mkdir(parents=True)
    (found / "src/shop/pipelines/there/__init__.py").write_text("")
    before = files_in(found)

    result = tidemill("pipeline", *arguments)

    assert result.code == 1
    assert said in result.err
    assert len(result.lines) <= 12
    assert files_in(found) == before


def test_a_package_that_is_not_there(tidemill, found):
    (found / "pyproject.toml").write_text((found / "pyproject.toml").read_text().replace("shop", "shpo"))
    before = files_in(found)

    said = tidemill("pipeline", "create", "cleaning")

    assert said.code != 0
    assert "src/shpo" in said.err
    assert "Correct `package_name` in its pyproject.toml" in said.err
    assert files_in(found) == before


def test_one_file_in_the_way_and_nothing_is_made(tidemill, found):
    (found / "conf/base/parameters_cleaning.yml").write_text("mine: 1\n")
    before = files_in(found)

    assert tidemill("pipeline", "create", "cleaning").code == 1
    assert files_in(found) == before
    assert not (found / "src/shop/pipelines").exists()


def test_where_no_folder_can_be_made_nothing_is(tidemill, found):
    (found / "tests").write_text("a file")
    before = sorted(found.rglob("*"))

    said = tidemill("pipeline", "create", "refunds")

    assert said.code == 1
    assert "cannot be made: Not a directory. Nothing was changed." in said.err
    assert sorted(each for each in found.rglob("*") if ".tidemill" not in str(each)) == before


def test_nor_does_ctrl_c_leave_half_of_it(tidemill, shop, monkeypatch):
    before = sorted(shop.rglob("*"))

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("tidemill.project.templates.pipelines.shutil.copymode", interrupted)

    assert tidemill("pipeline", "create", "cleaning").code == 130
    assert sorted(shop.rglob("*")) == before


def test_deleting_asks(tidemill, found, monkeypatch):
    before = files_in(found)
    tidemill("pipeline", "create", "cleaning")
    (found / "conf/base/catalog_cleaning.yml").write_text("")
    made = files_in(found)

    monkeypatch.setattr("click.confirm", lambda *_: False)
    assert tidemill("pipeline", "delete", "cleaning").code != 0
    assert files_in(found) == made
    said = tidemill("pipeline", "delete", "cleaning", "-y")

    assert said.code == 0
    assert "  conf/base/catalog_cleaning.yml" in said.out.splitlines()
    assert files_in(found) - before == {"src/shop/pipelines/__init__.py"}


def test_in_a_plain_folder(tidemill, tmp_path, monkeypatch):
    (tmp_path / "catalog.yml").write_text("")
    (tmp_path / "pipeline.py").write_text("")
    monkeypatch.chdir(tmp_path)

    said = tidemill("pipeline", "create", "x")

    assert said.code == 1
    assert "is a plain folder: its pipelines are in pipeline.py" in said.err
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == ["catalog.yml", "pipeline.py"]


def test_outside_of_a_project(tidemill, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for arguments in (["pipeline", "create", "x"], ["pipeline", "delete", "x"], ["pipeline", "list"], ["package"]):
        said = tidemill(*arguments)
        assert said.code == 1
        assert "no project" in said.err
