"""Settings of the project. What is not set here has its default."""

# Hooks: objects whose methods are called around nodes, runs, loads and saves.
# HOOKS = (MyHooks(),)

# Where the configuration is, and how it is read.
# CONF_SOURCE = "conf"
# CONFIG_LOADER_ARGS = {"base_env": "base", "default_run_env": "local"}
