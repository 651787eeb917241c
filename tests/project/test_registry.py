from __future__ import annotations

import pytest
from tests.project.conftest import NODES

from tidemill.errors import PipelineNotFoundError, ProjectError
from tidemill.pipeline.pipeline import Pipeline
from tidemill.project import bootstrap_project, find_pipelines, pipelines

PLACE = "src/shop/pipelines"
BROKEN = {
    f"{PLACE}/broken/__init__.py": "import no_such_module",
    f"{PLACE}/empty/__init__.py": "",
    f"{PLACE}/number/__init__.py": "def create_pipeline():\n    return 3",
}
REGISTRY = "src/shop/pipeline_registry.py"


def test_without_a_registry_all_that_is_found_is_registered(make_project):
    bootstrap_project(make_project())

    assert sorted(pipelines) == ["__default__", "doubling"]
    assert len(pipelines["__default__"].nodes) == 2


def test_the_registry_counts_where_there_is_one(make_project):
    text = (
        "from tidemill.project import find_pipelines\n"
        "def register_pipelines():\n"
        "    found = find_pipelines(raise_errors=True)\n"
        "    return found | {'__default__': sum(found.values()), 'first': found['doubling'].only_nodes('first')}\n"
    )
    bootstrap_project(make_project({REGISTRY: text}))

    assert sorted(pipelines) == ["__default__", "doubling", "first"]
    assert [node.name for node in pipelines["first"].nodes] == ["first"]
    assert len(pipelines) == 3


def test_it_is_asked_once_until_the_project_is_opened_again(make_project):
    home = make_project({REGISTRY: "from tidemill import Pipeline\nasked = []\ndef register_pipelines():\n"
                                   "    asked.append(1)\n    return {'__default__': Pipeline([])}\n"})  # fmt: skip
    bootstrap_project(home)
    assert repr(pipelines) == "Pipelines(not read yet)"
    _ = pipelines["__default__"], list(pipelines)

    import shop.pipeline_registry as registry

    assert registry.asked == [1]
    bootstrap_project(home)
    _ = list(pipelines)
    assert registry.asked == [1, 1]


def test_a_name_that_is_not_registered_is_told_with_what_is_near(make_project):
    bootstrap_project(make_project())

    with pytest.raises(PipelineNotFoundError, match="no pipeline 'doublin'. Did you mean 'doubling'?"):
        _ = pipelines["doublin"]
    with pytest.raises(KeyError, match="There are '__default__', 'doubling'"):
        _ = pipelines["x"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no function `register_pipelines`"),
        ("def register_pipelines(): return []", "returned a list, and must return a dict"),
        (
            "def f(): ...\ndef register_pipelines(): return {'a': f}",
            "'a' is a function. Is it a function that was not called",
        ),
    ],
)
def test_a_registry_that_is_wrong_is_an_error_with_the_way_out(make_project, text, says):
    bootstrap_project(make_project({REGISTRY: text}))

    with pytest.raises(ProjectError) as caught:
        _ = list(pipelines)
    assert says in str(caught.value)


def test_a_sum_of_no_pipelines_is_the_default_pipeline_of_an_empty_project(make_project):
    bootstrap_project(make_project({REGISTRY: "def register_pipelines(): return {'__default__': sum({}.values())}"}))

    assert pipelines["__default__"].nodes == []


def test_what_the_registry_raises_is_its_own(make_project):
    bootstrap_project(make_project({REGISTRY: "import no_such_module"}))

    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        _ = list(pipelines)


def test_what_the_package_of_pipelines_raises_is_its_own(make_project):
    bootstrap_project(make_project({f"{PLACE}/__init__.py": "import no_such_module"}))

    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        find_pipelines()


def test_a_pipeline_may_be_put_in_and_taken_out_until_the_project_is_opened_again(make_project):
    home = make_project()
    bootstrap_project(home)

    pipelines["first"] = pipelines["doubling"].only_nodes("first")
    del pipelines["doubling"]
    assert sorted(pipelines) == ["__default__", "first"]
    bootstrap_project(home)
    assert sorted(pipelines) == ["__default__", "doubling"]


def test_finding_leaves_out_what_cannot_be_used_with_a_warning_each(make_project):
    bootstrap_project(make_project(BROKEN))

    with pytest.warns(UserWarning, match="shop.pipelines") as warned:
        found = find_pipelines()
    assert sorted(found) == ["__default__", "doubling"]
    texts = sorted(str(each.message) for each in warned)
    assert len(texts) == 3
    assert "'shop.pipelines.number' returned a int" in texts[2]
    assert "'shop.pipelines.broken' cannot be imported: ModuleNotFoundError" in texts[0]
    assert "'shop.pipelines.empty' has no function `create_pipeline`" in texts[1]


@pytest.mark.parametrize(("name", "kind"), [("broken", ImportError), ("number", ProjectError)])
def test_or_is_an_error_where_that_is_asked_for(make_project, name, kind):
    bootstrap_project(make_project(BROKEN))

    with pytest.raises(kind, match=f"shop.pipelines.{name}"):
        find_pipelines(raise_errors=True, pipelines_to_find=[name])


def test_only_some_can_be_looked_for(make_project):
    bootstrap_project(make_project(BROKEN))

    assert sorted(find_pipelines(pipelines_to_find=["doubling"])) == ["doubling"]


def test_one_module_of_nodes_is_the_default(make_project):
    bootstrap_project(make_project({"src/shop/pipeline.py": NODES, "src/shop/pipelines/__init__.py": None,
                                    "src/shop/pipelines/doubling/__init__.py": None}))  # fmt: skip

    assert sorted(pipelines) == ["__default__"]
    assert isinstance(pipelines["__default__"], Pipeline)
    assert len(pipelines["__default__"].nodes) == 2


def test_without_a_project_it_says_what_to_do():
    with pytest.raises(ProjectError, match="bootstrap_project"):
        _ = list(pipelines)


def test_a_pipeline_of_the_real_kedro_is_told_how_to_open_its_project(make_project):
    text = (
        "class Pipeline: ...\nPipeline.__module__ = 'kedro.pipeline.pipeline'\n"
        "def register_pipelines():\n    return {'__default__': Pipeline()}\n"
    )
    bootstrap_project(make_project({REGISTRY: text}))

    with pytest.raises(ProjectError, match="tidemill.compat.bootstrap"):
        _ = list(pipelines)
