from __future__ import annotations

import json
import shutil

import pytest

from tidemill.errors import (
    DatasetNotFoundError,
    PipelineError,
    PipelineNotFoundError,
    ProjectNotFoundError,
    SettingsError,
)
from tidemill.project import JSONStore, Session, configure_project, settings
from tidemill.runner import ParallelRunner, ThreadRunner

HOOKS = """
from tidemill import hook_impl

class Hooks:
    def __init__(self):
        self.told = []

    @hook_impl
    def after_context_created(self, context):
        self.told.append(("context", context))

    @hook_impl
    def after_catalog_created(
        self, catalog, conf_catalog, conf_creds, parameters, feed_dict, save_version, load_versions
    ):
        catalog["added"] = "by a hook"
        self.told.append(("catalog", conf_catalog, conf_creds, parameters, feed_dict, save_version, load_versions))

    @hook_impl
    def before_pipeline_run(self, run_params, pipeline, catalog):
        self.told.append(("before", run_params, pipeline, catalog))

    @hook_impl
    def after_pipeline_run(self, run_params, run_result, pipeline, catalog):
        self.told.append(("after", run_params, run_result))

    @hook_impl
    def on_pipeline_error(self, error, run_params, pipeline, catalog):
        self.told.append(("error", error, run_params))

hooks = Hooks()
"""
WITH_HOOKS = {"src/shop/hooks.py": HOOKS, "src/shop/settings.py": "from shop.hooks import hooks\nHOOKS = (hooks,)\n"}
FAILS = """
from tidemill import Pipeline, node

def fail(x):
    raise error

error = RuntimeError("no")

def create_pipeline():
    return Pipeline([node(fail, "params:a", "failed", name="fails")])
"""


def told():
    from shop.hooks import hooks

    return hooks.told


def test_a_session_runs_the_default_pipeline_and_returns_its_free_outputs(make_project):
    home = make_project()

    with Session.create(home) as session:
        assert session.run() == {"result": 12}
        assert session.load_context() is session.load_context()
    saved = home / "data" / "doubled.json" / session.session_id / "doubled.json"
    assert json.loads(saved.read_text()) == 6


@pytest.mark.parametrize("where", ["src/shop", "."])
def test_without_a_folder_it_is_the_project_that_the_process_is_in(make_project, monkeypatch, where):
    monkeypatch.chdir(make_project() / where)

    with Session.create() as session:
        assert session.run() == {"result": 12}


def test_where_there_is_no_project_it_says_so(tmp_path):
    with pytest.raises(ProjectNotFoundError, match="tidemill new"):
        Session.create(tmp_path)


def test_each_run_saves_a_version_of_its_own_the_first_that_of_the_session(make_project):
    home = make_project()

    with Session.create(home) as session:
        session.run()
        session.run()
        session.run(runner=ThreadRunner())
    versions = sorted(each.name for each in (home / "data" / "doubled.json").iterdir())
    assert len(versions) == 3
    assert versions[0] == session.session_id


def test_a_session_whose_run_failed_stays_usable(make_project):
    home = make_project({**WITH_HOOKS, "src/shop/pipelines/fails/__init__.py": FAILS})

    with Session.create(home) as session:
        with pytest.raises(RuntimeError, match="no"):
            session.run("fails")
        assert session.run("doubling") == {"result": 12}
    assert [each[0] for each in told()] == ["context", "catalog", "before", "error", "catalog", "before", "after"]


def test_so_does_one_that_was_interrupted_and_the_hooks_are_told(make_project):
    text = FAILS.replace('RuntimeError("no")', "KeyboardInterrupt()")
    home = make_project({**WITH_HOOKS, "src/shop/pipelines/fails/__init__.py": text})

    with Session.create(home) as session:
        with pytest.raises(KeyboardInterrupt):
            session.run("fails")
        assert session.run("doubling") == {"result": 12}
    assert isinstance(next(each for each in told() if each[0] == "error")[1], KeyboardInterrupt)


def test_hooks_are_told_everything(make_project):
    home = make_project({**WITH_HOOKS, "conf/local/credentials.yml": "key: {secret: abc}"})
    with Session.create(home, env="local", runtime_params={"a": 5}) as session:
        session.run(node_names=["first"], tags=[], load_versions=None)

    context, catalog, before, after = told()
    assert context[1] is session.load_context()
    _, definitions, credentials, parameters, feed, save_version, load_versions = catalog
    assert definitions["doubled"]["filepath"] == f"{home.as_posix()}/data/doubled.json"
    assert credentials == {"key": {"secret": "abc"}}
    assert parameters == feed
    assert parameters["params:nested.deep.y"] == 2
    assert parameters["params:a"] == parameters["parameters"]["a"] == 5
    assert (save_version, load_versions) == (session.session_id, None)
    run_params, pipeline, used = before[1:]
    assert [node.name for node in pipeline.nodes] == ["first"]
    assert used.load("added") == "by a hook"
    assert (
        run_params
        == after[1]
        == {
            "run_id": session.session_id,
            "session_id": session.session_id,
            "project_path": home.as_posix(),
            "env": "local",
            "kedro_version": "1.7.0",
            "tags": [],
            "from_nodes": None,
            "to_nodes": None,
            "node_names": ["first"],
            "from_inputs": None,
            "to_outputs": None,
            "load_versions": None,
            "runtime_params": {"a": 5},
            "extra_params": {"a": 5},
            "pipeline_name": None,
            "pipeline_names": None,
            "namespaces": None,
            "namespace": None,
            "only_missing_outputs": False,
            "runner": "SequentialRunner",
        }
    )
    assert after[2] == {}


def test_a_hook_may_change_the_catalog_before_the_run(make_project):
    feeding = """
    from tidemill import hook_impl
    class Feeding:
        @hook_impl
        def before_pipeline_run(self, run_params, pipeline, catalog):
            catalog["fed"] = 20
    HOOKS = (Feeding(),)
    """
    nodes = "from tidemill import Pipeline, node\ndef create_pipeline(): return Pipeline([node(abs, 'fed', 'out')])"
    home = make_project({"src/shop/settings.py": feeding, "src/shop/pipelines/doubling/__init__.py": nodes})

    with Session.create(home) as session:
        assert session.run() == {"out": 20}


@pytest.mark.parametrize("pinned", [False, True])
def test_versions_to_load_are_handed_to_the_catalog(make_project, pinned):
    home = make_project()
    with Session.create(home) as first:
        first.run()
    with Session.create(home, runtime_params={"a": 50}) as second:
        second.run()

    with Session.create(home) as third:
        pins = {"doubled": first.session_id} if pinned else None
        assert third.run(node_names=["second"], load_versions=pins) == {"result": 12 if pinned else 200}


@pytest.mark.parametrize(
    ("how", "names"),
    [
        ({"pipeline_name": "doubling"}, ["first", "second"]),
        ({"pipeline_names": ["doubling", "__default__"]}, ["first", "second"]),
        ({"from_nodes": ["second"]}, ["second"]),
        ({"to_nodes": "first"}, ["first"]),
        ({"to_outputs": ["doubled"]}, ["first"]),
        ({"from_inputs": ["doubled"]}, ["second"]),
    ],
)
def test_what_is_selected_is_what_is_prepared(make_project, how, names):
    with Session.create(make_project()) as session:
        prepared = session.prepare(**how)

        assert [node.name for node in prepared.pipeline.nodes] == names
        assert len(prepared.whole.nodes) == 2


@pytest.mark.parametrize(
    ("how", "kind", "says"),
    [
        ({"pipeline_name": "doublin"}, PipelineNotFoundError, "Did you mean 'doubling'"),
        ({"node_names": ["frist"]}, PipelineError, "Did you mean 'first'"),
        ({"namespaces": ["there"]}, PipelineError, "there"),
        ({"load_versions": {"dobled": "1"}}, KeyError, "Did you mean 'doubled'"),
        ({"only_missing_outputs": True, "tags": ["x"]}, PipelineError, "x"),
    ],
)
def test_a_name_that_is_not_there_is_an_error_before_anything_runs(make_project, how, kind, says):
    with Session.create(make_project()) as session, pytest.raises(kind, match=says):
        session.run(**how)


def test_a_runner_that_is_given_as_a_class_is_an_error_that_says_what_to_give(make_project):
    with Session.create(make_project()) as session, pytest.raises(TypeError, match=r"ThreadRunner\(\)"):
        session.run(runner=ThreadRunner)


def test_only_what_is_missing_is_run(make_project):
    home = make_project()
    with Session.create(home) as session:
        session.run(to_nodes=["first"])

        prepared = session.prepare("doubling", only_missing_outputs=True)
        assert prepared.run() == {}  # what lives in memory only is missed by nobody
    assert len([*(home / "data" / "doubled.json").iterdir()]) == 1


@pytest.mark.parametrize("conf_source", ["elsewhere", "elsewhere.zip"])
def test_configuration_may_be_elsewhere(make_project, tmp_path, conf_source):
    home = make_project({"elsewhere/base/parameters.yml": "a: 100", "elsewhere/base/catalog.yml": ""})
    shutil.make_archive(str(home / "elsewhere"), "zip", home / "elsewhere")

    with Session.create(home, conf_source=str(home / conf_source)) as session:
        assert session.run() == {"result": 400}


def test_the_environment_is_what_is_asked_for_or_what_a_variable_says(make_project, monkeypatch):
    home = make_project(
        {f"conf/{name}/parameters.yml": f"a: {a}" for name, a in (("one", 1), ("two", 2), ("local", 9))}
    )
    monkeypatch.setenv("KEDRO_ENV", "one")

    for env, a in ((None, 1), ("two", 2)):
        with Session.create(home, env=env) as session:
            assert session.load_context().params["a"] == a
    monkeypatch.setenv("TIDEMILL_ENV", "two")
    assert Session.create(home).load_context().env == "two"
    monkeypatch.delenv("TIDEMILL_ENV")
    monkeypatch.delenv("KEDRO_ENV")
    assert Session.create(home).load_context().params["a"] == 9


def test_an_environment_that_is_not_there_is_an_error_also_where_nothing_else_is(make_project):
    home = make_project({"conf/base/parameters.yml": None, "conf/base/catalog.yml": None, "conf/prod/x.yml": ""})
    (home / "conf" / "base").mkdir()

    with pytest.raises(KeyError, match="no such environment. Did you mean 'prod'"):
        _ = Session.create(home, env="prodd").load_context().catalog
    assert Session.create(home, env="prod").load_context().params == {}


def test_what_a_session_notes_is_kept_where_the_settings_say(make_project):
    text = (
        "from tidemill.project import JSONStore\nSESSION_STORE_CLASS = JSONStore\nSESSION_STORE_ARGS = {'path': '%s'}"
    )
    home = make_project()
    (home / "src/shop/settings.py").write_text(text % (home / "kept"))

    with pytest.raises(ZeroDivisionError), Session.create(home, env="base", runtime_params={"a": 1}) as session:
        _ = 1 / 0
    kept = json.loads((home / "kept" / session.session_id / "session.json").read_text())
    assert isinstance(session.store, JSONStore)
    assert (kept["session_id"], kept["env"], kept["runtime_params"]) == (session.session_id, "base", {"a": 1})
    assert kept["exception"]["type"] == "builtins.ZeroDivisionError"


def test_an_error_that_cannot_be_shown_leaves_a_session_as_it_is(make_project):
    class OddError(Exception):
        def __str__(self):
            raise KeyError("message")

    with pytest.raises(OddError), Session.create(make_project()) as session:
        raise OddError
    assert session.store["exception"]["value"] == "<OddError that cannot be shown: KeyError>"


def test_it_is_not_kept_where_that_is_not_wanted(make_project):
    home = make_project({"src/shop/settings.py": "from tidemill.project import ShelveStore as SESSION_STORE_CLASS"})

    with Session.create(home, save_on_close=False):
        pass
    assert not (home / "sessions").exists()
    with Session.create(home) as session:
        pass
    assert [each.name for each in (home / "sessions").iterdir()] == [session.session_id]


def test_classes_of_the_users_own_are_used(make_project):
    own = """
    from tidemill import DataCatalog
    from tidemill.config import OmegaConfigLoader
    from tidemill.project import Context

    class Own(Context):
        def __init__(self, package_name, project_path, config_loader, hook_manager, env=None, extra_params=None):
            super().__init__(project_path, config_loader, env, package_name, hook_manager, extra_params=extra_params)
            self.mine = (package_name, extra_params)

    class Loader(OmegaConfigLoader):
        def __init__(self, conf_source, env=None, runtime_params=None):
            super().__init__(conf_source, env, runtime_params, base_env="base")

    class Catalog(DataCatalog):
        pass

    CONTEXT_CLASS, CONFIG_LOADER_CLASS, DATA_CATALOG_CLASS = Own, Loader, Catalog
    """
    with Session.create(make_project({"src/shop/settings.py": own}), extra_params={"a": 7}) as session:
        context = session.load_context()

        assert (type(context).__name__, context.mine) == ("Own", ("shop", {"a": 7}))
        assert type(context.config_loader).__name__ == "Loader"
        assert type(context.catalog).__name__ == "Catalog"
        assert session.run() == {"result": 28}


def test_hooks_of_packages_come_too_unless_they_are_left_out(make_project, tmp_path, monkeypatch):
    site = tmp_path / "site"
    for name, group in (("ours", "tidemill.hooks"), ("theirs", "kedro.hooks"), ("kedro-telemetry", "tidemill.hooks")):
        module = name.replace("-", "_")
        info = site / f"{module}-1.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{module} = {module}:hooks\n")
        (site / f"{module}.py").write_text("class Hooks:\n    pass\nhooks = Hooks()\n")
    monkeypatch.syspath_prepend(site)

    def loaded(text):
        home = make_project({"pyproject.toml": text}, name=f"of {text.count('a')}")
        return sorted(type(each).__module__ for each in Session.create(home).hook_manager.get_plugins())

    ours = '[tool.tidemill]\npackage_name = "shop"\n'
    assert loaded(ours) == ["ours"]
    assert loaded(f"{ours}kedro_plugins = true\n") == ["ours", "theirs"]
    assert loaded(ours.replace("tidemill", "kedro")) == ["ours", "theirs"]
    settings.set("DISABLE_HOOKS_FOR_PLUGINS", ("Theirs",))
    assert [type(each).__module__ for each in Session("1").hook_manager.get_plugins()] == ["ours"]


def test_settings_that_are_wrong_are_found_when_it_is_created(make_project):
    with pytest.raises(SettingsError, match="Did you mean 'HOOKS'"):
        Session.create(make_project({"src/shop/settings.py": "HOOK = ()"}))


def test_a_package_that_is_configured_runs_where_its_configuration_is(make_project, monkeypatch):
    home = make_project()
    monkeypatch.syspath_prepend(home / "src")
    (home / "pyproject.toml").unlink()
    monkeypatch.chdir(home)
    configure_project("shop")

    with Session.create() as session:
        assert session.run() == {"result": 12}
        assert session.metadata is None


def test_it_says_what_it_is(make_project):
    home = make_project()
    session = Session.create(home, env="local")

    assert repr(session) == f"Session({str(home)!r}, session_id={session.session_id!r})"
    assert repr(session.load_context()) == f"Context({str(home)!r}, env='local')"


@pytest.mark.parametrize("method", ["forkserver", "spawn"])
def test_workers_that_are_started_anew_know_the_project(make_project, method):
    nodes = """
    import os
    from tidemill import Pipeline, node
    from tidemill.project import PACKAGE_NAME, pipelines, settings

    def tell(x):
        from tidemill.project import PACKAGE_NAME
        return [PACKAGE_NAME, settings.OURS, sorted(pipelines), os.getpid()]

    def create_pipeline():
        return Pipeline([node(tell, "params:a", "one"), node(tell, "params:nested", "other")])
    """
    home = make_project({"src/shop/settings.py": "OURS = 7", "src/shop/pipelines/doubling/__init__.py": nodes})
    with Session.create(home) as session:
        made = session.run(runner=ParallelRunner(max_workers=2, start_method=method))

    import os

    for each in made.values():
        assert each[:3] == ["shop", 7, ["__default__", "doubling"]]
        assert each[3] != os.getpid()


def test_a_pipeline_without_nodes_is_an_error_that_names_those_that_have_some(make_project):
    empty = "from tidemill import Pipeline\n\ndef create_pipeline():\n    return Pipeline([])\n"
    root = make_project({"src/shop/pipelines/empty/__init__.py": empty})
    with (
        Session.create(root) as session,
        pytest.raises(PipelineError, match=r"nothing to run: 'empty' has no nodes\. Name another one: 'doubling'\."),
    ):
        session.run("empty")


def test_a_hook_that_fails_over_an_error_does_not_hide_it(make_project):
    hooks = HOOKS.replace('self.told.append(("error", error, run_params))', 'raise OSError("no network")')
    home = make_project({**WITH_HOOKS, "src/shop/hooks.py": hooks, "src/shop/pipelines/doubling/__init__.py": FAILS})

    with Session.create(home) as session, pytest.raises(RuntimeError, match="no") as caught:
        session.run()
    assert "The hook `on_pipeline_error` raised too: OSError: no network" in caught.value.__notes__


def test_what_could_not_be_prepared_takes_no_version(make_project):
    session = Session.create(home := make_project())
    with pytest.raises(DatasetNotFoundError):
        session.run(load_versions={"absent": "2026-01-01T00.00.00.000Z"})

    session.run()
    assert (home / "data" / "doubled.json" / session.session_id).is_dir()
