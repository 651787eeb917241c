"""The config loaders of releases before 0.19: files as they stand, or with `${key|default}` filled in from globals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tidemill.config.loader import ConfigLoader as Modern
from tidemill.config.merge import soft
from tidemill.config.places import place
from tidemill.errors import ConfigError, MissingConfigError
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    import os

_HOLE = re.compile(r"\$\{(?P<key>[^}|]+)(?:\|(?P<default>[^}]*))?\}")


class ConfigLoader(Modern):
    """Configuration in YAML or JSON, of a base and of one other environment; `${...}` means nothing in it."""

    def __init__(
        self,
        conf_source: str | os.PathLike[str],
        env: str | None = None,
        runtime_params: dict[str, Any] | None = None,
        config_patterns: dict[str, list[str]] | None = None,
        *,
        base_env: str = "base",
        default_run_env: str = "local",
    ) -> None:
        """Hold where the configuration is, and which environment goes over the base."""
        super().__init__(
            conf_source,
            env,
            runtime_params,
            config_patterns=config_patterns,
            base_env=base_env,
            default_run_env=default_run_env,
        )

    def get(self, *patterns: Any) -> Any:
        """Return what the files that fit one of the patterns hold; or of a kind, as `self[kind]`.

        Raises:
            MissingConfigError: No file fits.
        """
        if len(patterns) == 1 and patterns[0] in self:
            return self[patterns[0]]
        name = " ".join(map(str, patterns))
        self.config_patterns[name] = [str(each) for each in patterns]
        try:
            return self[name]
        finally:
            del self.config_patterns[name]

    def _loaded(self, kind: str, mistakes: list[ConfigError] | None = None) -> dict[str, Any]:
        where = place(self.conf_source)
        base, run = self._files(where, kind)
        if not (base.each or run.each or self._runtime(kind, {})):
            raise self._nothing(where, kind)
        found = {**base.values, **run.values}
        filled: dict[str, Any] = {}
        for key, value in soft(found, self._runtime(kind, found)).items():
            if kind != "parameters" and str(key).startswith("_"):
                continue
            try:
                filled[key] = self._filled(value, f"{kind}: {key}")
            except ConfigError as error:
                if mistakes is None:
                    raise
                mistakes.append(error)
        return filled

    def _filled(self, value: Any, where: str) -> Any:
        del where  # as it stands
        return value


class TemplatedConfigLoader(ConfigLoader):
    """Configuration in which `${key}`, `${key.inner}` and `${key|default}` stand for values of the globals."""

    def __init__(
        self,
        conf_source: str | os.PathLike[str],
        env: str | None = None,
        runtime_params: dict[str, Any] | None = None,
        config_patterns: dict[str, list[str]] | None = None,
        *,
        base_env: str = "base",
        default_run_env: str = "local",
        globals_pattern: str | None = None,
        globals_dict: dict[str, Any] | None = None,
    ) -> None:
        """Read the globals.

        Args:
            conf_source: As of `ConfigLoader`, like the others that are not named here.
            env: See `conf_source`.
            runtime_params: See `conf_source`.
            config_patterns: See `conf_source`.
            base_env: See `conf_source`.
            default_run_env: See `conf_source`.
            globals_pattern: Which files hold globals.
            globals_dict: Globals that come before those of the files.
        """
        super().__init__(
            conf_source, env, runtime_params, config_patterns, base_env=base_env, default_run_env=default_run_env
        )
        self._globals: dict[str, Any] = {}
        if globals_pattern:
            try:
                self._globals = dict(self.get(globals_pattern))
            except MissingConfigError:
                self._globals = {}
        self._globals.update(globals_dict or {})

    def _filled(self, value: Any, where: str) -> Any:
        if isinstance(value, dict):
            return {self._filled(key, where): self._filled(each, f"{where}.{key}") for key, each in value.items()}
        if isinstance(value, list):
            return [self._filled(each, where) for each in value]
        if not isinstance(value, str) or "${" not in value:
            return value
        if alone := _HOLE.fullmatch(value):
            return self._value(alone, where)
        return _HOLE.sub(lambda hole: str(self._value(hole, where)), value)

    def _value(self, hole: re.Match[str], where: str) -> Any:
        found: Any = getattr(self, "_globals", {})  # while the globals themselves are read, there are none
        for part in hole["key"].split("."):
            if not isinstance(found, dict) or part not in found:
                if hole["default"] is not None:
                    return hole["default"]
                near = did_you_mean(hole["key"], [*self._globals]) or "."
                raise ConfigError(
                    f"{where}: '{hole[0]}' stands for a global, and there is none of that name{near}\n"
                    f"Add it to the globals, or give a default: ${{{hole['key']}|default}}."
                )
            found = found[part]
        return found
