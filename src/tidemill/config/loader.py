"""The loader of a project's configuration: files of each kind, per environment, merged and worked out."""

from __future__ import annotations

from collections import UserDict
from functools import partial
from typing import TYPE_CHECKING, Any

from tidemill.config.functions import custom, registered
from tidemill.config.grammar import calls
from tidemill.config.interpolate import InterpolationError, Layer, Resolver, dotted
from tidemill.config.layers import Files, collected, located
from tidemill.config.merge import DESTRUCTIVE, merge, nested, soft
from tidemill.config.places import Place, place
from tidemill.config.resolvers import common, environment, lookup, no_environment
from tidemill.errors import ConfigError, MissingConfigError, NoFilesError
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, KeysView

_PATTERNS = {
    "catalog": ["catalog*", "catalog*/**", "**/catalog*"],
    "parameters": ["parameters*", "parameters*/**", "**/parameters*"],
    "credentials": ["credentials*", "credentials*/**", "**/credentials*"],
    "globals": ["globals.yml", "globals.yaml", "globals.json"],
    "logging": ["logging*", "logging*/**", "**/logging*"],
}
_CATALOG, _PARAMETERS, _CREDENTIALS, _GLOBALS = "catalog", "parameters", "credentials", "globals"


class AbstractConfigLoader(UserDict[str, Any]):
    """What a session asks its configuration of: a mapping from kind to mapping."""

    def __init__(
        self,
        conf_source: str | os.PathLike[str],
        env: str | None = None,
        runtime_params: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        del kwargs  # a loader with other arguments takes what it knows
        self.conf_source, self.env, self.runtime_params = conf_source, env, runtime_params or {}

    def __missing__(self, key: str) -> Any:
        """Say that there is nothing of a kind.

        Raises:
            MissingConfigError: Always.
        """
        raise MissingConfigError(f"{type(self).__name__} has no configuration of the kind '{key}'.")

    def get(self, key: str, default: Any = None) -> Any:
        """Return the configuration of a kind, or the default if there is none."""
        try:
            return self[key]
        except MissingConfigError:
            return default


class ConfigLoader(AbstractConfigLoader):
    """Configuration in `<conf_source>/<environment>/`, YAML or JSON, with `${...}` as OmegaConf writes it.

    `loader["catalog"]` reads the files anew each time; `loader["catalog"] = {...}` takes their place. A value of the
    base environment is worked out in the base alone; one of the run's environment sees its own first, then the base.
    Nothing is registered anywhere: two loaders know nothing of each other.

    Args:
        conf_source: A folder, a zip or tar archive, or the URL of one.
        env: The environment that goes over the base; `default_run_env` if it is not given.
        runtime_params: Go over the parameters, keys with dots into them; `${runtime_params:...}` finds them.
        config_patterns: Kind -> patterns of the paths of its files, for kinds to add or to change.
        base_env: The folder of the base environment; all of `conf_source` if it is not given.
        default_run_env: The folder of the run's environment; it need not exist.
        custom_resolvers: Name -> function, for `${name:...}`.
        merge_strategy: Kind -> `soft` (mappings merge) or `destructive` (keys at the top replace, the default).
        ignore_hidden: Whether files and folders whose names begin with a dot are left alone.
        restrict_runtime_params_type_selection: Whether a `type` in the catalog may not come from `runtime_params`.
    """

    def __init__(
        self,
        conf_source: str | os.PathLike[str],
        env: str | None = None,
        runtime_params: dict[str, Any] | None = None,
        *,
        config_patterns: dict[str, list[str]] | None = None,
        base_env: str | None = None,
        default_run_env: str | None = None,
        custom_resolvers: dict[str, Callable[..., Any]] | None = None,
        merge_strategy: dict[str, str] | None = None,
        ignore_hidden: bool = True,
        restrict_runtime_params_type_selection: bool = False,
    ) -> None:
        super().__init__(conf_source, env, runtime_params)
        self.conf_source = str(conf_source)
        self.config_patterns = {**_PATTERNS, **(config_patterns or {})}
        self.base_env, self.default_run_env = base_env or "", default_run_env or ""
        self.custom_resolvers = dict(custom_resolvers or {})
        self.merge_strategy = dict(merge_strategy or {})
        self.ignore_hidden = ignore_hidden
        self.restrict_runtime_params_type_selection = restrict_runtime_params_type_selection
        self.runtime_params_used: set[str] = set()  # the dotted keys that `${runtime_params:...}` has asked for

    def __getitem__(self, key: str) -> dict[str, Any]:
        """Return the configuration of a kind.

        Raises:
            MissingConfigError: There is no such kind, or no such environment.
            NoFilesError: There are no files of this kind.
            ConfigError: A file cannot be understood.
        """
        if key in self.data:
            return self.data[key]  # type: ignore[no-any-return]
        if key not in self.config_patterns:
            near = did_you_mean(key, self.config_patterns)
            known = ", ".join(self.config_patterns)
            raise MissingConfigError(
                f"There is no kind of configuration '{key}'{near or f'. Known are {known}.'}\n"
                f'Give its patterns: config_patterns={{"{key}": ["{key}*"]}}.'
            )
        return self._loaded(key)

    def __iter__(self) -> Iterator[str]:
        return iter({**self.config_patterns, **self.data})

    def __len__(self) -> int:
        return len({**self.config_patterns, **self.data})

    def __contains__(self, key: object) -> bool:
        return key in self.data or key in self.config_patterns

    def __repr__(self) -> str:
        return f"{type(self).__name__}(conf_source={self.conf_source!r}, env={self.env!r})"

    def keys(self) -> KeysView[str]:
        """Return the kinds there are patterns for, or that were set."""
        return {**self.config_patterns, **self.data}.keys()

    def mistakes(self, kind: str) -> tuple[dict[str, Any], list[ConfigError]]:
        """Return what of a kind can be worked out, and every reason why the rest cannot: for those who look for them.

        Raises:
            ConfigError: A file cannot be understood.
        """
        found: list[ConfigError] = []
        return self._loaded(kind, found), found

    def _loaded(self, kind: str, mistakes: list[ConfigError] | None = None) -> dict[str, Any]:
        where = place(self.conf_source)
        base, run = self._files(where, kind)
        params = self._runtime(kind, {**base.values, **run.values})
        if not (base.each or run.each or params or kind == _GLOBALS):
            raise self._nothing(where, kind)
        resolvers = self._resolvers(kind)
        others = partial(registered, quote=kind != _CREDENTIALS)
        lower = Layer(soft(base.values, params) if params else base.values, resolvers, None, others)
        upper = Layer(soft(run.values, params) if params else run.values, resolvers, lower, others)
        strategy = self.merge_strategy.get(kind, DESTRUCTIVE)
        below = self._worked_out(kind, lower, [*lower.root], (where, base), mistakes)
        above = self._worked_out(kind, upper, [*run.values], (where, run, base), mistakes)
        merged = merge(strategy, kind, below, above)
        if kind == _PARAMETERS:
            return merged
        return {key: value for key, value in merged.items() if not str(key).startswith("_")}

    def _files(self, where: Place, kind: str) -> tuple[Files, Files]:
        named = self.env or self.default_run_env
        how: dict[str, Any] = {
            "ignore_hidden": self.ignore_hidden,
            "text_keys": kind in (_CATALOG, _CREDENTIALS),
            "leaves": kind == _PARAMETERS,
        }
        patterns = self.config_patterns[kind]
        base = collected(where, self.base_env, patterns, **how)
        if base is None:
            raise self._no_environment(where, self.base_env)
        if named == self.base_env:
            return base, Files({}, {})
        run = collected(where, named, patterns, **how, known=base.each)
        if run is None and self.env:
            raise self._no_environment(where, named)
        return base, run or Files({}, {})

    def _runtime(self, kind: str, below: dict[str, Any]) -> dict[str, Any]:
        if kind != _PARAMETERS or not self.runtime_params:
            return {}
        _refuse_calls(self.runtime_params)
        return nested(self.runtime_params, below)

    def _resolvers(self, kind: str) -> dict[str, Resolver]:
        quote = kind != _CREDENTIALS
        found = {**common(), "oc.env": environment if kind == _CREDENTIALS else no_environment}
        found["runtime_params"] = lookup(
            "runtime_params", "runtime parameter", self._runtime_values, asked=self.runtime_params_used
        )
        if kind != _GLOBALS:
            found["globals"] = lookup("globals", "global", _once(lambda: self["globals"]), private=False)
        return found | {name: custom(name, call, quote=quote) for name, call in self.custom_resolvers.items()}

    def _runtime_values(self) -> dict[str, Any]:
        _refuse_calls(self.runtime_params)
        layer = Layer(nested(self.runtime_params), {})
        return self._worked_out("runtime_params", layer, [*layer.root], ())

    def _worked_out(
        self,
        kind: str,
        layer: Layer,
        keys: list[Any],
        source: tuple[Any, ...],
        mistakes: list[ConfigError] | None = None,
    ) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key in keys:
            try:
                found[key] = layer.value(key)
            except InterpolationError as exc:
                if mistakes is None:
                    raise _error(exc, *source) from exc.__cause__
                mistakes.append(_error(exc, *source))
        if kind == _CATALOG and self.restrict_runtime_params_type_selection:
            _refuse_types(layer, *source)
        return found

    def _nothing(self, where: Place, kind: str) -> NoFilesError:
        environments = dict.fromkeys([self.base_env, self.env or self.default_run_env])
        looked = " and ".join(where.shown(each) for each in environments)
        return NoFilesError(
            f"There is no configuration of the kind '{kind}' in {looked}.\n"
            f"Looked for {', '.join(self.config_patterns[kind])}, ending in .yml, .yaml or .json."
        )

    def _no_environment(self, where: Place, name: str) -> MissingConfigError:
        near = did_you_mean(name, where.folders()) or f". There are: {', '.join(where.folders()) or 'none'}."
        return MissingConfigError(
            f"{where.shown(name)}: there is no such environment{near}\nMake the folder, or give another environment."
        )


OmegaConfigLoader = ConfigLoader


def _once(load: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """Return the function, called when its value is first needed and never again."""
    kept: list[dict[str, Any]] = []

    def value() -> dict[str, Any]:
        if not kept:
            kept.append(load())
        return kept[0]

    return value


def _error(exc: InterpolationError, where: Place | None = None, *files: Files) -> ConfigError:
    at = next((found for each in files if where and (found := located(where, each, exc.path))), "")
    start = f"{at}: '{dotted(exc.path)}'" if at else f"runtime parameter '{dotted(exc.path)}'"
    return ConfigError(f"{start}: {exc.problem}{'' if exc.problem.endswith('?') else '.'}\n{exc.remedy}")


def _refuse_types(layer: Layer, where: Place, *files: Files) -> None:
    for path in layer.tainted:
        if path[-1] == "type":
            problem = "the type comes from the runtime parameters, which may not choose what code runs"
            raise _error(InterpolationError(path, problem, "Write the type into the catalog."), where, *files)


def _refuse_calls(value: Any, path: tuple[Any, ...] = ()) -> None:
    """Refuse `${name:...}` in what is given at run time: a resolver is code, and may reach what a value may not."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        _refuse_calls(each, (*path, key))
    if isinstance(value, str) and "${" in value and calls(value):
        problem = "a value given at run time may refer to parameters, ${a.b}, and call no resolver"
        raise _error(InterpolationError(path, problem, "Write the call into the configuration."))
