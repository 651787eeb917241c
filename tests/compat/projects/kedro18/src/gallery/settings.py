"""The settings of the project, as of release 0.18."""

from kedro.config import TemplatedConfigLoader
from kedro.framework.session.shelvestore import ShelveStore

from gallery.hooks import TellingHooks

HOOKS = (TellingHooks(),)
DISABLE_HOOKS_FOR_PLUGINS = ("kedro-telemetry",)
SESSION_STORE_CLASS = ShelveStore
SESSION_STORE_ARGS = {"path": "./sessions"}
CONFIG_LOADER_CLASS = TemplatedConfigLoader
CONFIG_LOADER_ARGS = {"globals_pattern": "*globals.yml", "globals_dict": {"unused": 1}}
