"""The settings of the project, as of release 0.19."""

from kedro.config import OmegaConfigLoader  # noqa: F401
from kedro.io import KedroDataCatalog

from stations.hooks import CountingHooks, TellingHooks

HOOKS = (TellingHooks(), CountingHooks())
DISABLE_HOOKS_FOR_PLUGINS = ("kedro-telemetry",)
DATA_CATALOG_CLASS = KedroDataCatalog
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    "custom_resolvers": {"twice": lambda value: 2 * value},
    "merge_strategy": {"parameters": "soft"},
}
