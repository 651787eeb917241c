"""Hooks: functions of the user that are called around datasets, nodes and runs; pluggy finds and calls them."""

from __future__ import annotations

import inspect
import sys
import warnings
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, overload

from tidemill.errors import HookError
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pluggy import HookCaller, PluginManager

Function = TypeVar("Function", bound="Callable[..., Any]")

#: Where packages announce hooks of theirs: `[project.entry-points."tidemill.hooks"]`.
GROUPS = ("tidemill.hooks", "kedro.hooks")
#: It sends what the user does to a server.
_LEFT_ALONE = "kedro-telemetry"
_PROJECT = "tidemill"
_MARKS = ("tidemill_impl", "kedro_impl")  # what our decorator and the older one leave on a function
#: Hooks, and arguments of hooks, that older releases of Kedro have -> what to do about them.
_MOVED = {
    "register_pipelines": "Write it as a function into pipeline_registry.py, without `self`",
    "register_config_loader": "Name the class in settings.py: `CONFIG_LOADER_CLASS`, with `CONFIG_LOADER_ARGS`",
    "register_catalog": "Name the class in settings.py: `DATA_CATALOG_CLASS`",
    **dict.fromkeys(
        ("before_command_run", "after_command_run"),
        "It belongs into an object that a package announces by the entry point `tidemill.cli_hooks`",
    ),
    "after_catalog_created(run_id)": "Take `save_version`, which is the same",
}


@overload
def hook_impl(function: Function, /) -> Function: ...
@overload
def hook_impl(**options: Any) -> Callable[[Function], Function]: ...
def hook_impl(function: Any = None, /, **options: Any) -> Any:
    """Mark a method, named as one of the `Specifications`, that is to be called there.

    Args:
        function: The method; left out where there are options.
        options: Those of pluggy: `tryfirst`, `trylast`, `specname`, `wrapper`, `hookwrapper`, `optionalhook`.
    """
    from pluggy import HookimplMarker

    return HookimplMarker(_PROJECT)(function, **options)


def hook_spec(function: Any = None, /, **options: Any) -> Any:
    """Mark a specification of one's own, for `manager.add_hookspecs`.

    Args:
        function: The method.
        options: What pluggy's marker takes, such as `firstresult=True`.
    """
    from pluggy import HookspecMarker

    return HookspecMarker(_PROJECT)(function, **options)


class Specifications:
    """What can be hooked into. An implementation takes those of the arguments that it needs, by their names.

    Of several implementations the one registered last is called first. What one raises ends what it was called around:
    a run, or a node. What they are given:

        node: The `Node`.
        catalog: The `DataCatalog`; around nodes it has what lives in memory, too.
        pipeline: The `Pipeline` of the nodes that run, selections done.
        inputs, outputs: Dataset name -> data.
        is_async: Whether a node's datasets are loaded, and saved, at once.
        run_id, session_id: The name of the run, the version that it saves; the second is the older name.
        run_params: The run, as the session was asked for it: `pipeline_names`, `tags`, `runner` ...
        run_result: Free output -> its data; in projects of Kedro 1.0 and later, its dataset.
        error: The exception.
        context: The project's, with `params`, `catalog` and `config_loader`.
        conf_catalog, conf_creds: The catalog's definitions and the credentials, as configuration has them.
        parameters, feed_dict: `parameters`, `params:...` -> value; the second is the older name.
        save_version, load_versions: The version that saves make; dataset name -> version, for those that are pinned.
    """

    def after_context_created(self, context: Any) -> None:
        """A project's context has been made."""

    def after_catalog_created(
        self,
        catalog: Any,
        conf_catalog: Any,
        conf_creds: Any,
        parameters: Any,
        feed_dict: Any,
        save_version: Any,
        load_versions: Any,
    ) -> None:
        """A project's catalog has been made, parameters included."""

    def before_pipeline_run(self, run_params: Any, pipeline: Any, catalog: Any) -> None:
        """A session begins to run a pipeline."""

    def after_pipeline_run(self, run_params: Any, run_result: Any, pipeline: Any, catalog: Any) -> None:
        """A session has run a pipeline."""

    def on_pipeline_error(self, error: Any, run_params: Any, pipeline: Any, catalog: Any) -> None:
        """The run of a session ended with an error."""

    def before_node_run(
        self, node: Any, catalog: Any, inputs: Any, is_async: Any, run_id: Any, session_id: Any
    ) -> dict[str, Any] | None:
        """A node's inputs are loaded; a dictionary of input name -> data that is returned replaces some of them."""

    def after_node_run(
        self, node: Any, catalog: Any, inputs: Any, outputs: Any, is_async: Any, run_id: Any, session_id: Any
    ) -> None:
        """A node's function has returned; its outputs are not saved yet."""

    def on_node_error(
        self, error: Any, node: Any, catalog: Any, inputs: Any, is_async: Any, run_id: Any, session_id: Any
    ) -> None:
        """A node's function raised, or returned what does not fit; called for each attempt."""

    def before_dataset_loaded(self, dataset_name: Any, node: Any) -> None:
        """An input of a node is about to be loaded."""

    def after_dataset_loaded(self, dataset_name: Any, data: Any, node: Any) -> None:
        """An input of a node has been loaded."""

    def before_dataset_saved(self, dataset_name: Any, data: Any, node: Any) -> None:
        """An output of a node is about to be saved."""

    def after_dataset_saved(self, dataset_name: Any, data: Any, node: Any) -> None:
        """An output of a node has been saved."""


NAMES = tuple(name for name in vars(Specifications) if not name.startswith("_"))


def hook_manager(hooks: Iterable[object] = ()) -> PluginManager:
    """Return a pluggy manager that knows the `Specifications` and has these hook objects; it pickles as they do.

    Raises:
        HookError: A hook that is misspelt, takes an argument that there is not, or is given as a class.
    """
    manager: PluginManager = _manager_class()(_PROJECT)
    manager.add_hookspecs(Specifications)
    for each in hooks:
        manager.register(_module(each) if isinstance(each, _ModuleName) else each)
    return manager


def load_entry_points(
    manager: PluginManager, disabled: Iterable[str] = (), groups: Iterable[str] = GROUPS
) -> list[str]:
    """Register the hooks that installed packages announce, and return the names of these packages.

    Args:
        manager: One that `hook_manager` made.
        disabled: Names of packages whose hooks are left alone.
        groups: Which announcements count.

    Raises:
        HookError: What is announced cannot be imported, or does not fit.
    """
    from importlib.metadata import entry_points

    left_out = {_normal(name) for name in disabled}
    loaded: list[str] = []
    for group in groups:
        for each in entry_points(group=group):
            package = each.dist.name if each.dist is not None else each.name
            if is_left_alone(package) or _normal(package) in left_out:
                continue
            try:
                hooks = each.load()
            except Exception as exc:  # whatever importing somebody else's package raises
                raise HookError(
                    f"The hooks '{each.value}' that the package '{package}' announces cannot be imported: "
                    f"{type(exc).__name__}: {exc}. Mend or remove it, or disable its hooks."
                ) from exc
            if not manager.is_registered(hooks):
                manager.register(hooks)
            loaded.append(package)
    return loaded


def is_left_alone(package: str) -> bool:
    """Tell whether a package's business is to report about its users: nothing of it is loaded, whoever installed it."""
    return _normal(package) == _LEFT_ALONE


class NodeHooks:
    """The hooks around nodes and datasets, each None where nobody implements it. It pickles as the manager does."""

    def __init__(self, manager: PluginManager) -> None:
        """Look once, and not at each node, who implements what."""
        self.manager = manager
        found: dict[str, HookCaller | None] = {}
        for name in NAMES:
            caller: HookCaller | None = getattr(manager.hook, name, None)
            found[name] = caller if caller is not None and caller.get_hookimpls() else None
        self.before_node_run, self.after_node_run = found["before_node_run"], found["after_node_run"]
        self.on_node_error = found["on_node_error"]
        self.before_load, self.after_load = found["before_dataset_loaded"], found["after_dataset_loaded"]
        self.before_save, self.after_save = found["before_dataset_saved"], found["after_dataset_saved"]

    def __bool__(self) -> bool:
        return any(value is not None for key, value in vars(self).items() if key != "manager")

    def __reduce__(self) -> tuple[Any, ...]:
        return NodeHooks, (self.manager,)


def node_hooks(hooks: PluginManager | Iterable[object] | None) -> NodeHooks | None:
    """Return the hooks around nodes and datasets, or None if there are none.

    Args:
        hooks: A manager, or the hook objects themselves.

    Raises:
        HookError: As of `hook_manager`.
    """
    if hooks is None:
        return None
    if isinstance(hooks, (list, tuple, set, frozenset)):
        if not hooks:
            return None
        hooks = hook_manager(hooks)
    if not hasattr(hooks, "hook"):
        if callable(getattr(hooks, "get_plugins", None)) or type(hooks).__name__ == "_NullPluginManager":
            return None
        raise HookError(
            f"`hook_manager` is a {type(hooks).__name__}; give what `hook_manager([...])` returns, or a list of hooks."
        )
    found = NodeHooks(hooks)  # type: ignore[arg-type] # as its attributes say
    return found or None


class _ModuleName(str):
    """A module among the hooks: modules do not pickle, their names do."""

    __slots__ = ()


def _module(name: str) -> ModuleType:
    return import_module(name)


def _manager_class() -> type[PluginManager]:
    from pluggy import PluginManager, PluginValidationError

    class HookManager(PluginManager):
        """A pluggy manager that finds mistakes when hooks are registered, and pickles."""

        def parse_hookspec_opts(self, module_or_class: Any, name: str) -> Any:
            """Take every method of our class for a specification, and elsewhere what `hook_spec` marks."""
            if module_or_class is Specifications:
                return {"firstresult": False, "historic": False} if name in NAMES else None
            return super().parse_hookspec_opts(module_or_class, name)

        def parse_hookimpl_opts(self, plugin: Any, name: str) -> Any:
            """Return what the decorator left on a method, ours or the older one."""
            return _options(plugin, name)

        def register(self, plugin: Any, name: str | None = None) -> str | None:
            """Register a hook object.

            Raises:
                HookError: It does not fit the specifications.
            """
            _check(plugin, [each for each in vars(self.hook) if not each.startswith("_")])
            try:
                return super().register(plugin, name)
            except (PluginValidationError, ValueError) as exc:
                raise HookError(
                    f"The hooks of {_who(plugin)} cannot be registered: {' '.join(str(exc).split())}"
                ) from None

        def __reduce__(self) -> tuple[Any, ...]:
            plugins = [plugin for _, plugin in self.list_name_plugin() if plugin is not None]
            names = [_ModuleName(each.__name__) if isinstance(each, ModuleType) else each for each in plugins]
            return hook_manager, (names,)

    return HookManager


def _options(plugin: Any, name: str) -> dict[str, Any] | None:
    """Return what the decorator left on a method; None if there is no decorator."""
    try:
        method = inspect.getattr_static(plugin, name)
    except AttributeError:
        return None
    marks = getattr(getattr(method, "__func__", method), "__dict__", {})  # of static and class methods
    found = (marks.get(mark) for mark in _MARKS)
    return next((options for options in found if isinstance(options, dict)), None)


def _check(plugin: Any, known: list[str]) -> None:
    """Refuse a class, and hooks that there are not; warn about methods that look like hooks."""
    if isinstance(plugin, type):
        raise HookError(f"{plugin.__name__} is a class: register an object of it, `{plugin.__name__}()`.")
    for each in dir(plugin):
        options = _options(plugin, each)
        if options is not None:
            name = options.get("specname") or each
            if name in known:
                _check_arguments(plugin, each, name)
            elif not options.get("optionalhook"):
                raise HookError(f"{_who(plugin)} has a hook '{name}', and there is none{_near(name, known, name)}")
        elif each in NAMES and not isinstance(plugin, ModuleType):
            warnings.warn(
                f"{_who(plugin)} has a method '{each}' without `@hook_impl`: it is never called.", stacklevel=4
            )


def _check_arguments(plugin: Any, method: str, name: str) -> None:
    spec = getattr(Specifications, name, None)
    if spec is None:
        return
    known = [each for each in inspect.signature(spec).parameters if each != "self"]
    for each in inspect.signature(getattr(plugin, method)).parameters.values():
        is_filled = each.kind in {each.VAR_POSITIONAL, each.VAR_KEYWORD}  # with nothing: pluggy hands over names
        if each.default is each.empty and each.name not in known and not is_filled:
            near = _near(each.name, known, f"{name}({each.name})")
            raise HookError(f"{_who(plugin)}: the hook '{name}' takes no argument '{each.name}'{near}")


def _who(plugin: Any) -> str:
    if isinstance(plugin, ModuleType):
        return plugin.__name__
    kind = type(plugin)
    home = sys.modules.get(kind.__module__)
    return f"{kind.__module__}.{kind.__qualname__}" if home is not None else kind.__qualname__


def _near(name: str, known: list[str], of_old: str) -> str:
    moved = _MOVED.get(of_old)
    if moved is not None:
        return f" any more. {moved}."
    return did_you_mean(name, known) or f". There are {', '.join(known)}."


def _normal(package: str) -> str:
    return package.lower().replace("_", "-")
