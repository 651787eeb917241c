"""The settings of the project."""

from kedro.config import OmegaConfigLoader
from kedro.framework.context import KedroContext
from kedro.framework.session.store import BaseSessionStore
from kedro.io import DataCatalog

from shop.hooks import AuditHooks, PriceHooks

HOOKS = (AuditHooks(), PriceHooks(surcharge=1))
DISABLE_HOOKS_FOR_PLUGINS = ("kedro-telemetry",)
SESSION_STORE_CLASS = BaseSessionStore
CONTEXT_CLASS = KedroContext
CONF_SOURCE = "conf"
CONFIG_LOADER_CLASS = OmegaConfigLoader
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    "custom_resolvers": {"times": lambda a, b: a * b},
    "merge_strategy": {"parameters": "soft"},
}
DATA_CATALOG_CLASS = DataCatalog
