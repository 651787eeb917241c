from __future__ import annotations

import os
import sys

import pytest

from tidemill.errors import ProjectError, ProjectNotFoundError
from tidemill.project import PACKAGE_NAME, bootstrap_project, find_project, pipelines


def test_it_is_found_from_any_folder_in_it_and_nothing_of_it_is_imported(make_project):
    home = make_project({"src/shop/__init__.py": "raise RuntimeError('imported')"})
    (home / "data" / "deep").mkdir(parents=True)

    found = find_project(home / "data" / "deep")

    assert found == find_project(home) == find_project(home / "pyproject.toml")
    assert (found.package_name, found.project_name, found.project_path) == ("shop", "Shop", home)
    assert (found.source_dir, found.config_file) == (home / "src", home / "pyproject.toml")
    assert (found.is_kedro, found.is_plain, found.generation, found.tidemill_init_version) == (False, False, None, None)


def test_without_a_folder_it_is_where_the_process_is(make_project, monkeypatch):
    monkeypatch.chdir(make_project() / "src")

    assert find_project().package_name == "shop"


def test_a_project_of_kedro_says_which_release_it_is_for(make_project):
    text = '[tool.kedro]\npackage_name = "shop"\nproject_name = "S"\nkedro_init_version = "1.7.0"\nwhatever = "x"\n'
    found = find_project(make_project({"pyproject.toml": text}))

    assert (found.is_kedro, found.kedro_plugins, found.kedro_init_version, found.generation) == (
        True,
        True,
        "1.7.0",
        (1, 7),
    )


@pytest.mark.parametrize("version", ["0", "latest", "1.x"])
def test_a_release_that_is_none_is_unknown(make_project, version):
    text = f'[tool.kedro]\npackage_name = "shop"\nkedro_init_version = "{version}"\n'
    found = find_project(make_project({"pyproject.toml": text}))

    assert (found.kedro_init_version, found.generation) == (version, None)


def test_a_folder_of_another_tool_is_no_project(make_project):
    assert find_project(make_project({"pyproject.toml": "[tool.ruff]\nline-length = 120\n"}, base={})) is None


def test_ours_comes_before_kedros_and_the_nearest_before_those_above(make_project):
    both = '[tool.kedro]\npackage_name = "theirs"\n[tool.tidemill]\npackage_name = "shop"\n'
    home = make_project({"pyproject.toml": both, "inner/pyproject.toml": '[tool.tidemill]\npackage_name = "inner"\n'})
    (home / "inner" / "src").mkdir()
    (home / "other").mkdir()
    (home / "other" / "pyproject.toml").write_text("[tool.ruff]\n# not tidemill's\n")

    assert find_project(home).package_name == "shop"
    assert find_project(home / "inner").package_name == "inner"
    assert find_project(home / "other").package_name == "shop"


def test_where_there_is_none_it_says_how_to_make_one(tmp_path):
    assert find_project(tmp_path) is None
    with pytest.raises(ProjectNotFoundError, match="tidemill new") as caught:
        bootstrap_project(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert isinstance(caught.value, FileNotFoundError)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[tool.tidemill\n", "cannot be read as TOML"),
        ("[tool.tidemill]\nproject_name = 'x'\n", "has no `package_name`"),
        ("[tool.tidemill]\npackage_name = 'no package'\n", "says `package_name = 'no package'`"),
        ("[tool.tidemill]\npackage_nam = 'shop'\n", "Did you mean 'package_name'?"),
        ("[tool.tidemill]\npackage_name = 'shop'\nsource_dir = 'code'\n", "there is no such folder"),
        ("[tool.tidemill]\npackage_name = 'shop'\nsource_dir = '../code'\n", "outside of the project"),
    ],
)
def test_a_pyproject_that_is_wrong_is_an_error_that_says_where(make_project, text, says):
    home = make_project({"pyproject.toml": text})

    with pytest.raises(ProjectError) as caught:
        find_project(home)
    assert says in str(caught.value)
    assert str(home / "pyproject.toml") in str(caught.value)
    assert str(caught.value).count("\n") < 4


def test_opening_lets_its_code_be_imported_here_and_in_the_processes_it_starts(make_project):
    home = make_project()

    assert bootstrap_project(home).package_name == "shop"
    assert sys.path[0] == str(home / "src")
    assert os.environ["PYTHONPATH"].split(os.pathsep)[0] == str(home / "src")
    assert sorted(pipelines) == ["__default__", "doubling"]
    bootstrap_project(home)
    assert sys.path.count(str(home / "src")) == 1


def test_another_project_with_a_package_of_the_same_name_is_read_anew(make_project):
    one, other = make_project(name="one"), make_project({"src/shop/__init__.py": "which = 'other'"}, name="other")
    bootstrap_project(one)
    assert len(pipelines["doubling"].nodes) == 2

    bootstrap_project(other)

    import shop

    assert shop.which == "other"
    assert str(other) in pipelines["doubling"].nodes[0].func.__code__.co_filename


def test_the_package_is_that_of_the_project_that_is_open(make_project):
    assert PACKAGE_NAME is None
    bootstrap_project(make_project())

    from tidemill.project import PACKAGE_NAME as NOW

    assert NOW == "shop"


def test_of_two_projects_with_packages_of_one_name_each_has_its_own_code_whenever_it_is_opened(make_project):
    text = "from tidemill import Pipeline, node\npipeline = Pipeline([node(str, 'a', 'b', name='{0}')])\n"
    text += "def register_pipelines():\n    return {{'__default__': pipeline}}\n"
    homes = [make_project({"src/shop/pipeline_registry.py": text.format(name)}, name=name) for name in ("one", "two")]

    for home in (*homes, *homes):
        bootstrap_project(home)
        assert [node.name for node in pipelines["__default__"].nodes] == [home.name]
        assert os.environ["PYTHONPATH"].split(os.pathsep)[0] == str(home / "src")
