from __future__ import annotations

import pickle
import sys
import types
from importlib import metadata

import pytest

from tidemill.errors import HookError
from tidemill.hooks import NAMES, hook_impl, hook_manager, hook_spec, load_entry_points, node_hooks

EVERYTHING = {
    "node": "n",
    "catalog": "c",
    "inputs": {},
    "is_async": False,
    "run_id": "r",
    "session_id": "r",
}


class First:
    @hook_impl
    def before_node_run(self, node):
        return {"first": node}


class Second:
    def __init__(self, word="second"):
        self.word = word

    @hook_impl
    def before_node_run(self, session_id, run_id):
        return {self.word: (session_id, run_id)}

    def other(self):
        """Not a hook."""


class Context:
    @hook_impl
    def after_context_created(self, context):
        return context


def test_hooks_are_called_last_registered_first_with_the_arguments_they_take():
    manager = hook_manager([First(), Second()])

    assert manager.hook.before_node_run(**EVERYTHING) == [{"second": ("r", "r")}, {"first": "n"}]


def test_every_specification_of_old_is_there():
    assert set(NAMES) == {
        "after_context_created",
        "after_catalog_created",
        "before_pipeline_run",
        "after_pipeline_run",
        "on_pipeline_error",
        "before_node_run",
        "after_node_run",
        "on_node_error",
        "before_dataset_loaded",
        "after_dataset_loaded",
        "before_dataset_saved",
        "after_dataset_saved",
    }
    for name in NAMES:
        plugin = type("Plugin", (), {name: hook_impl(lambda self: None)})()
        manager = hook_manager([plugin])
        assert [each.plugin for each in getattr(manager.hook, name).get_hookimpls()] == [plugin]


def test_a_typo_in_a_name_is_an_error():
    class Typo:
        @hook_impl
        def before_nod_run(self, node):
            """Never called, if it were let in."""

    with pytest.raises(
        HookError, match="Typo has a hook 'before_nod_run', and there is none. Did you mean 'before_node_run'"
    ):
        hook_manager([Typo()])


def test_a_typo_in_an_argument_is_an_error():
    class Typo:
        @hook_impl
        def before_node_run(self, nod):
            """The same."""

    with pytest.raises(HookError, match="the hook 'before_node_run' takes no argument 'nod'. Did you mean 'node'"):
        hook_manager([Typo()])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("register_pipelines", "a function into pipeline_registry.py"),
        ("register_config_loader", "in settings.py: `CONFIG_LOADER_CLASS`"),
        ("register_catalog", "in settings.py: `DATA_CATALOG_CLASS`"),
        ("before_command_run", "by the entry point `tidemill.cli_hooks`"),
        ("after_command_run", "by the entry point `tidemill.cli_hooks`"),
    ],
)
def test_a_hook_of_an_older_release_is_an_error_that_says_where_it_went(name, says):
    old = type("Old", (), {name: hook_impl(lambda self: None)})()

    with pytest.raises(HookError, match=f"Old has a hook '{name}', and there is none any more.*{says}"):
        hook_manager([old])


def test_a_module_of_hooks_is_called_by_its_name_in_errors():
    module = types.ModuleType("some_hooks")
    module.before_node_runs = hook_impl(module_level)

    with pytest.raises(HookError, match="^some_hooks has a hook 'before_node_runs', and there is none"):
        hook_manager([module])


def test_so_is_an_argument_of_an_older_release():
    class Old:
        @hook_impl
        def after_catalog_created(self, catalog, run_id):
            """As in 0.17."""

    with pytest.raises(HookError, match="takes no argument 'run_id' any more. Take `save_version`, which is the same"):
        hook_manager([Old()])


def test_a_hook_that_takes_whatever_comes_is_called():
    class Open:
        @hook_impl
        def before_node_run(self, node, *more, **rest):
            return {"given": (node, more, rest)}

    assert hook_manager([Open()]).hook.before_node_run(**EVERYTHING) == [{"given": ("n", (), {})}]


def test_a_class_is_no_hook_object():
    with pytest.raises(HookError, match=r"First is a class: register an object of it, `First\(\)`"):
        hook_manager([First])


def test_the_same_object_twice_is_an_error():
    hooks = First()
    with pytest.raises(HookError, match="cannot be registered"):
        hook_manager([hooks, hooks])


def test_a_method_without_the_decorator_is_warned_about():
    class Forgot:
        def before_node_run(self, node):
            """Looks like one."""

    with pytest.warns(UserWarning, match="'before_node_run' without `@hook_impl`: it is never called"):
        hook_manager([Forgot()])


def test_options_of_the_decorator():
    class Options:
        @hook_impl(trylast=True, specname="before_node_run")
        def add(self):
            return {"last": 1}

        @hook_impl(optionalhook=True)
        def not_known_yet(self):
            """Of a plugin that may be missing."""

    assert hook_manager([First(), Options()]).hook.before_node_run(**EVERYTHING)[-1] == {"last": 1}


def test_what_the_older_decorator_marked_is_found():
    class Old:
        def before_node_run(self, node):
            return {"old": node}

    Old.before_node_run.kedro_impl = dict.fromkeys(
        ("wrapper", "hookwrapper", "optionalhook", "tryfirst", "trylast"), False
    ) | {"specname": None}

    assert hook_manager([Old()]).hook.before_node_run(**EVERYTHING) == [{"old": "n"}]


def test_properties_are_not_evaluated():
    class Lazy:
        @property
        def before_long(self):
            raise AssertionError

    hook_manager([Lazy()])


def test_specifications_of_ones_own():
    class More:
        @hook_spec
        def after_lunch(self, dish):
            """Somebody else's."""

    class Eater:
        @hook_impl
        def after_lunch(self, dish):
            return dish

    manager = hook_manager()
    manager.add_hookspecs(More)
    manager.register(Eater())
    assert manager.hook.after_lunch(dish="soup") == ["soup"]


def test_a_manager_pickles_with_its_hooks_modules_too(monkeypatch):
    module = types.ModuleType("some_hooks")
    module.before_node_run = hook_impl(module_level)
    monkeypatch.setitem(sys.modules, "some_hooks", module)
    again = pickle.loads(pickle.dumps(hook_manager([First(), Second("word"), module])))

    assert again.hook.before_node_run(**EVERYTHING) == [{"module": "n"}, {"word": ("r", "r")}, {"first": "n"}]
    shipped = pickle.loads(pickle.dumps(node_hooks(again)))
    assert shipped.before_node_run(**EVERYTHING)[1] == {"word": ("r", "r")}
    assert shipped.after_node_run is None


def module_level(node):
    return {"module": node}


def test_nothing_around_nodes_is_nothing():
    assert node_hooks(None) is None
    assert node_hooks([]) is None
    assert node_hooks(hook_manager()) is None
    assert node_hooks(hook_manager([Context()])) is None
    assert node_hooks([First()])


def test_what_is_no_manager_is_refused():
    with pytest.raises(HookError, match="`hook_manager` is a First"):
        node_hooks(First())


class Entry:
    def __init__(self, name, hooks):
        self.name, self.value, self._hooks = name, f"{name}:hooks", hooks
        self.dist = types.SimpleNamespace(name=name)

    def load(self):
        if isinstance(self._hooks, Exception):
            raise self._hooks
        return self._hooks


@pytest.fixture
def announced(monkeypatch):
    """Announce hooks as installed packages do."""
    groups = {}
    monkeypatch.setattr(metadata, "entry_points", lambda *, group: groups.get(group, []))
    return groups


def test_entry_points_of_both_groups(announced):
    announced["tidemill.hooks"] = [Entry("new-one", First())]
    announced["kedro.hooks"] = [Entry("old-one", Second()), Entry("left_out", Context())]
    manager = hook_manager()

    assert load_entry_points(manager, disabled=["left-out"]) == ["new-one", "old-one"]
    assert len(manager.hook.before_node_run(**EVERYTHING)) == 2
    assert load_entry_points(manager, disabled=["left-out"]) == ["new-one", "old-one"]  # registered already
    assert len(manager.get_plugins()) == 2


def test_an_entry_point_that_cannot_be_imported(announced):
    announced["tidemill.hooks"] = [Entry("broken", ImportError("no such thing"))]

    with pytest.raises(HookError, match="'broken:hooks' that the package 'broken' announces cannot be imported"):
        load_entry_points(hook_manager())


def test_pluggy_is_imported_when_hooks_are_used(fresh_python):
    code = (
        "import sys, tidemill.hooks, tidemill.runner.runner as r; from tidemill.catalog import DataCatalog;"
        "from tidemill.pipeline import Pipeline; from tidemill.runner import ThreadRunner;"
        "ThreadRunner().run(Pipeline([]), DataCatalog()); print([m for m in ('pluggy', 'rich') if m in sys.modules])"
    )
    assert fresh_python(code) == "[]"
