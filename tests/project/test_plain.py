from __future__ import annotations

import json

import pytest
from tests.project.conftest import NODES

from tidemill.errors import ProjectError
from tidemill.project import Session, find_project

CATALOG = {"catalog.yml": "doubled: {type: json.JSONDataset, filepath: out/doubled.json}\n", "parameters.yml": "a: 4\n"}
FUNCTIONS = "from tidemill import Pipeline, node\ndef double(x):\n    return 2 * x\n"
FIRST, SECOND = 'node(double, "params:a", "doubled")', 'node(double, "doubled", "result")'


@pytest.mark.parametrize(
    "code",
    [
        NODES,
        f"{FUNCTIONS}pipeline = Pipeline([{FIRST}, {SECOND}])",
        f"{FUNCTIONS}one = Pipeline([{FIRST}])\nother = Pipeline([{SECOND}])",
        f"{FUNCTIONS}first = {FIRST}\nsecond = {SECOND}",
        f"{FUNCTIONS}nodes = [{FIRST}, {SECOND}]",
        f"{FUNCTIONS}def register_pipelines():\n    return {{'__default__': Pipeline([{FIRST}, {SECOND}])}}",
    ],
    ids=["create_pipeline", "pipeline", "pipelines", "nodes", "list", "register_pipelines"],
)
@pytest.mark.parametrize("file", ["pipeline.py", "nodes.py", "anything.py"])
def test_a_catalog_and_one_python_file_are_a_project(make_project, code, file):
    home = make_project({file: code}, base=CATALOG)

    found = find_project(home)
    with Session.create(home) as session:
        made = session.run()

    assert (found.is_plain, found.package_name, found.config_file) == (True, file[:-3], None)
    assert made == {"result": 16}
    assert json.loads((home / "out" / "doubled.json").read_text()) == 8


def test_conf_may_be_flat_or_have_environments(make_project):
    flat = make_project(
        {f"conf/{name}": text for name, text in CATALOG.items()} | {"nodes.py": NODES}, base={}, name="flat"
    )
    deep = make_project(
        {f"conf/base/{name}": text for name, text in CATALOG.items()}
        | {"conf/local/parameters.yml": "a: 5", "nodes.py": NODES},
        base={},
        name="deep",
    )

    for home, result in ((flat, 16), (deep, 20)):
        with Session.create(home) as session:
            assert session.run() == {"result": result}


def test_data_that_is_called_like_configuration_is_none(make_project):
    home = make_project({"nodes.py": NODES, "data/catalog_of_goods.yml": "- not\n- a catalog\n"}, base=CATALOG)

    with Session.create(home) as session:
        assert session.run() == {"result": 16}


def test_a_folder_is_none_without_either(make_project, tmp_path):
    assert find_project(make_project({"nodes.py": NODES}, base={}, name="code")) is None
    assert find_project(make_project({}, base=CATALOG, name="catalog")) is None
    assert find_project(make_project({"setup.py": "", "test_it.py": ""}, base=CATALOG, name="neither")) is None


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"one.py": NODES, "two.py": NODES}, "2 Python files (one.py, two.py)"),
        ({"pipeline.py": NODES, "nodes.py": NODES}, "pipeline.py and nodes.py: which one"),
        ({"my-nodes.py": NODES}, "Python cannot import a file of this name"),
    ],
)
def test_what_could_be_meant_in_several_ways_is_an_error(make_project, files, says):
    with pytest.raises(ProjectError) as caught:
        find_project(make_project(files, base=CATALOG))
    assert says in str(caught.value)


def test_a_file_without_a_pipeline_is_an_error_that_shows_one(make_project):
    home = make_project({"nodes.py": "def double(x): return x"}, base=CATALOG)

    with Session.create(home) as session, pytest.raises(ProjectError, match="has no pipeline: write"):
        session.run()
