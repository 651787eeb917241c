"""What plugins and projects of Kedro import from `kedro.framework.cli` for commands of their own."""

from __future__ import annotations

import importlib
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

#: The room above, which is named and not imported: it is needed by commands only.
_CLI = "tidemill.cli"
CONTEXT_SETTINGS = {"help_option_names": ["-h", "--help"]}
ENTRY_POINT_GROUPS = {
    "global": "kedro.global_commands",
    "project": "kedro.project_commands",
    "init": "kedro.init",
    "line_magic": "kedro.line_magic",
    "hooks": "kedro.hooks",
    "cli_hooks": "kedro.cli_hooks",
    "starters": "kedro.starters",
}
ENV_HELP = "The environment of the configuration."

ASYNC_ARG_HELP = "Load the inputs of a node, and save its outputs, in threads."
CONFIG_FILE_HELP = "A YAML file with options of this command; those on the command line come first."
CONF_SOURCE_HELP = "Where the configuration is: a folder, or an archive."
FROM_INPUTS_HELP = "Begin with the nodes that load these datasets."
FROM_NODES_HELP = "Begin with these nodes."
LOAD_VERSION_HELP = "Load this version of a dataset: name:version."
NAMESPACES_ARG_HELP = NAMESPACE_ARG_HELP = "Run only the nodes in these namespaces."
NODE_ARG_HELP = "Run only these nodes."
ONLY_MISSING_OUTPUTS_HELP = "Leave out nodes whose outputs are there."
PARAMS_ARG_HELP = "Parameters of this run: name=value, separated by commas; dots lead into nested ones."
PIPELINES_ARG_HELP = "The pipelines to run, separated by commas."
PIPELINE_ARG_HELP = "The pipeline to run; by default `__default__`."
RUNNER_ARG_HELP = "The runner: SequentialRunner, ThreadRunner, ParallelRunner, or the path of a class."
RUNNER_PARAMS_HELP = "Arguments of the runner: name=value, separated by commas."
TAG_ARG_HELP = "Run only nodes with this tag; of several tags, one is enough."
TO_NODES_HELP = "End with these nodes."
TO_OUTPUTS_HELP = "End with the nodes that save these datasets."
JUPYTER_ALL_KERNELS_HELP = "Show all kernels."


def env_option(func_: Any = None, **kwargs: Any) -> Any:
    """Add the option `--env` to a command."""
    import click

    option = click.option("--env", "-e", **{"type": str, "default": None, "help": ENV_HELP, **kwargs})
    return option(func_) if func_ is not None else option


def command_with_verbosity(group: Any, *args: Any, **kwargs: Any) -> Any:
    """Return a decorator that makes a command of a group, with a switch `--verbose`."""
    import click

    def decorate(function: Any) -> Any:
        verbose = click.option("--verbose", "-v", is_flag=True, expose_value=False, help="Show more of errors.")
        return group.command(*args, **kwargs)(verbose(function))

    return decorate


def forward_command(group: Any, name: str | None = None, forward_help: bool = False) -> Any:
    """Return a decorator that makes a command which hands all its arguments on."""

    def decorate(function: Any) -> Any:
        import click

        settings = {
            "ignore_unknown_options": True,
            "help_option_names": [] if forward_help else CONTEXT_SETTINGS["help_option_names"],
        }
        taking = click.argument("args", nargs=-1, type=click.UNPROCESSED)(function)
        return group.command(name=name, context_settings=settings, add_help_option=not forward_help)(taking)

    return decorate


def split_string(_context: Any, _parameter: Any, value: str | Iterable[str] | None) -> list[str]:
    """Return the parts of a text between commas, blanks around them left out: a callback of options."""
    given = [value] if isinstance(value, str) else list(value or ())
    return [part.strip() for text in given for part in text.split(",") if part.strip()]


def split_node_names(_context: Any, _parameter: Any, to_split: Any) -> list[str]:
    """Return names of nodes between commas; commas in brackets do not count: a callback of options."""
    return list(_parsing().names(to_split))


def validate_conf_source(_context: Any, _parameter: Any, value: str | None) -> str | None:
    """Return where the configuration is, if it is there: a callback of options."""
    import os

    import click

    if value and "://" not in value and not os.path.exists(value):
        raise click.BadParameter(f"there is nothing at '{value}'.")
    return value


def call(cmd: list[str], **kwargs: Any) -> None:
    """Run a program, and end with its exit code if that is not 0."""
    code = subprocess.run(cmd, check=False, **kwargs).returncode  # noqa: S603 - what the caller's command is there for
    if code:
        raise SystemExit(code)


def python_call(module: str, arguments: Iterable[str], **kwargs: Any) -> None:
    """Run a module in a Python like this one."""
    call([sys.executable, "-m", module, *arguments], **kwargs)


def find_run_command(package_name: str) -> Callable[..., Any]:
    """Return the command `run` that a project's own `cli.py` has, or else ours."""
    name = f"{package_name}.cli"
    try:
        found = getattr(importlib.import_module(name), "run", None)
    except ModuleNotFoundError as exc:
        if exc.name != name:
            raise
        found = None
    return found if found is not None else importlib.import_module(f"{_CLI}.run").run  # type: ignore[no-any-return]


def load_entry_points(name: str) -> Sequence[Any]:
    """Return what installed packages announce in one of the `ENTRY_POINT_GROUPS`, by its short name."""
    plugins = importlib.import_module(f"{_CLI}.plugins")
    loaded = [plugins.load(entry) for entry in plugins.entry_points((ENTRY_POINT_GROUPS[name],))]
    return [each for each in loaded if each is not None]


def cli_hook_impl(function: Any = None, **options: Any) -> Any:
    """Mark a method that is to be called around commands: `before_command_run`, `after_command_run`."""
    from pluggy import HookimplMarker

    return HookimplMarker("kedro_cli")(function, **options)


def _split_params(_context: Any, _parameter: Any, value: Any) -> dict[str, Any]:
    return dict(_parsing().parameters(value or {}))


def _split_load_versions(_context: Any, _parameter: Any, value: Any) -> dict[str, str]:
    return dict(_parsing().versions(value or {}))


def _get_values_as_tuple(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(split_string(None, None, values))


def _config_file_callback(context: Any, _parameter: Any, value: Any) -> Any:
    """Let the options of a YAML file be the defaults of a command."""
    from tidemill.config import read_yaml

    if value:
        said = read_yaml(str(value))
        context.default_map = {**(context.default_map or {}), **(said.get("run", {}) if isinstance(said, dict) else {})}
    return value


def _parsing() -> Any:
    return importlib.import_module(f"{_CLI}.parsing")


def __getattr__(name: str) -> Any:
    if name in {"KedroCliError", "main"}:
        return getattr(importlib.import_module(_CLI), "CommandError" if name == "KedroCliError" else name)
    if name == "run":
        return importlib.import_module(f"{_CLI}.run").run
    if name == "CommandCollection":
        import click

        return click.CommandCollection
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
