"""Hooks around commands: `before_command_run`, `after_command_run`, and what plugins do at the start."""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tidemill.cli.plugins import COMMAND_HOOKS, INIT, entry_points, load, package_of, warn_broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidemill.project import Metadata


@contextmanager
def around(metadata: Metadata | None, arguments: list[str], groups: tuple[str, ...]) -> Iterator[None]:
    """Call what plugins announce: at first what they do at start, then the hooks before and after the block.

    Args:
        metadata: The project, if there is one.
        arguments: The command and its arguments.
        groups: The groups of entry points that count here.
    """
    announced = [*entry_points(tuple(each for each in (*INIT, *COMMAND_HOOKS) if each in groups))]
    hooks = []
    for entry in announced:
        loaded = load(entry)
        if entry.group in INIT and callable(loaded):
            _called(package_of(entry), loaded, {})
        elif loaded is not None:
            package = package_of(entry)
            hooks.append((package, _called(package, loaded, {}) if isinstance(loaded, type) else loaded))
    known = {"project_metadata": metadata, "command_args": arguments}
    _call(hooks, "before_command_run", known)
    code = 1
    try:
        yield
        code = 0
    except SystemExit as ended:  # as IPython ends
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        raise
    except BaseException as error:  # Ctrl-C too: whoever hears of the beginning hears of the end
        code = getattr(error, "exit_code", code)
        raise
    finally:
        _call(hooks, "after_command_run", {**known, "exit_code": code})


def _call(hooks: list[tuple[str, Any]], name: str, known: dict[str, Any]) -> None:
    for package, hook in reversed(hooks):  # registered last, called first
        method = getattr(hook, name, None)
        if method is not None:
            _called(package, method, known)


def _called(package: str, function: Any, known: dict[str, Any]) -> Any:
    """Return what a function of a plugin returns that takes some of what is known; None if it fails."""
    try:
        taken = inspect.signature(function).parameters
        return function(**{name: value for name, value in known.items() if name in taken})
    except Exception as error:  # noqa: BLE001 - somebody else's code: the command runs all the same
        warn_broken(f"what the plugin '{package}' does around commands", error)
        return None
