"""The settings of a project: what its `settings.py` says, and what holds where it says nothing."""

from __future__ import annotations

import difflib
import importlib
from typing import TYPE_CHECKING, Any

from tidemill.errors import SettingsError
from tidemill.project import configured
from tidemill.project.metadata import AS_KEDROS, KEDROS

if TYPE_CHECKING:
    from types import ModuleType

    from tidemill.config import AbstractConfigLoader
    from tidemill.project.context import Context
    from tidemill.project.session import Session
    from tidemill.project.stores import BaseSessionStore

#: Name -> what holds where it is not set; of classes, where they are.
_DEFAULTS: dict[str, Any] = {
    "CONF_SOURCE": "conf",
    "HOOKS": (),
    "DISABLE_HOOKS_FOR_PLUGINS": (),
    "CONTEXT_CLASS": "tidemill.project.context:Context",
    "SESSION_CLASS": "tidemill.project.session:Session",
    "SESSION_STORE_CLASS": "tidemill.project.stores:BaseSessionStore",
    "SESSION_STORE_ARGS": {},
    "CONFIG_LOADER_CLASS": "tidemill.config:OmegaConfigLoader",
    "CONFIG_LOADER_ARGS": {"base_env": "base", "default_run_env": "local"},
    "DATA_CATALOG_CLASS": "tidemill.catalog.catalog:DataCatalog",
}
# What a class must have to stand in for ours: users' own need not inherit.
_NEEDED: dict[str, tuple[str, ...]] = {
    "CONTEXT_CLASS": ("catalog", "params"),
    "SESSION_CLASS": ("create", "run", "load_context"),
    "SESSION_STORE_CLASS": ("read", "save"),
    "CONFIG_LOADER_CLASS": ("__getitem__",),
    "DATA_CATALOG_CLASS": ("from_config", "load", "save"),
}
_MISSPELT = 0.85


class Settings:
    """The settings of the project that is open, read when the first of them is asked for.

    Other names in capitals that `settings.py` has can be asked for too.
    """

    if TYPE_CHECKING:
        CONF_SOURCE: str
        HOOKS: tuple[object, ...]
        DISABLE_HOOKS_FOR_PLUGINS: tuple[str, ...]
        CONTEXT_CLASS: type[Context]
        SESSION_CLASS: type[Session]
        SESSION_STORE_CLASS: type[BaseSessionStore]
        SESSION_STORE_ARGS: dict[str, Any]
        CONFIG_LOADER_CLASS: type[AbstractConfigLoader]
        CONFIG_LOADER_ARGS: dict[str, Any]
        DATA_CATALOG_CLASS: type[Any]

    def __init__(self) -> None:
        """Begin without a project: the defaults hold."""
        self._said: dict[str, Any] | None = None
        configured.on_change(self.forget)

    def forget(self) -> None:
        """Read `settings.py` again when the next setting is asked for."""
        self._said = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        said = self._read()
        if name in said:
            return said[name]
        if name not in _DEFAULTS:
            raise AttributeError(f"There is no setting '{name}', and the project's settings.py has no such name.")
        default = _DEFAULTS[name]
        if name.endswith("_CLASS"):
            module, _, attribute = default.partition(":")
            default = getattr(importlib.import_module(module), attribute)
        return dict(default) if isinstance(default, dict) else default

    def get(self, name: str, default: Any = None) -> Any:
        """Return a setting, or what is given if there is no such name."""
        return getattr(self, name.upper(), default)

    def is_set(self, name: str) -> bool:
        """Tell whether the project's `settings.py` sets this itself."""
        return name in self._read()

    def set(self, name: str, value: Any) -> None:
        """Set a setting for this process, as tests do.

        Raises:
            SettingsError: It cannot be that.
        """
        self._said = {**self._read(), name: _checked(name, value, "settings.set")}

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_DEFAULTS, *self._read()})

    def _read(self) -> dict[str, Any]:
        if self._said is None:
            module = _settings_module()
            self._said = {} if module is None else _said_by(module)
        return self._said


def validate_settings() -> None:
    """Read the settings of the project that is open.

    Raises:
        SettingsError: One of them cannot be.
    """
    configured.the_package()
    settings.forget()
    _ = settings.HOOKS


def _settings_module() -> ModuleType | None:
    package = configured.package_name
    if package is None or (configured.metadata is not None and configured.metadata.is_plain):
        return None
    name = f"{package}.settings"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as exc:
        if exc.name == name:
            return None
        if exc.name == package:
            raise SettingsError(
                f"The project's package '{package}' cannot be imported: there is no such package where Python looks. "
                "Mend `package_name` or `source_dir` in pyproject.toml, or install the package."
            ) from exc
        if (exc.name or "").partition(".")[0] == KEDROS:
            raise SettingsError(f"The settings of '{package}' import '{exc.name}'. {AS_KEDROS}") from exc
        raise


def _said_by(module: ModuleType) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, value in vars(module).items():
        if not name.isupper() or name.startswith("_"):
            continue
        if name not in _DEFAULTS:
            near = difflib.get_close_matches(
                name, [each for each in _DEFAULTS if each not in vars(module)], 1, _MISSPELT
            )
            if near:
                raise SettingsError(f"{module.__file__}: there is no setting '{name}'. Did you mean '{near[0]}'?")
        said[name] = _checked(name, value, str(module.__file__))
    return said


def _checked(name: str, value: Any, where: str) -> Any:
    if name in {"HOOKS", "DISABLE_HOOKS_FOR_PLUGINS"}:
        if isinstance(value, str) or not hasattr(value, "__iter__"):
            example = f"({value!r},)" if isinstance(value, str) else f"({type(value).__name__}(),)"
            raise SettingsError(
                f"{where}: {name} is one {type(value).__name__}, and must be a tuple, with a comma: {name} = {example}"
            )
        return tuple(value)
    if name.endswith("_ARGS") and name in _DEFAULTS:
        if not isinstance(value, dict):
            raise SettingsError(f"{where}: {name} is a {type(value).__name__}, and must be a dict of arguments.")
        return dict(value)
    if name in _NEEDED:
        missing = [each for each in _NEEDED[name] if not hasattr(value, each)]
        if not isinstance(value, type):
            raise SettingsError(f"{where}: {name} is {value!r}, and must be a class.")
        if missing:
            raise SettingsError(
                f"{where}: {name} is {value.__module__}.{value.__qualname__}, which has no {' and no '.join(missing)}. "
                f"Inherit from {_DEFAULTS[name].replace(':', '.')}."
            )
    if name == "CONF_SOURCE":
        return str(value)
    return value


settings = Settings()
