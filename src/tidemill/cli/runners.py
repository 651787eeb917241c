"""From the name of a runner to a runner."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from tidemill.runner.runner import AbstractRunner

#: What is typed -> the class in `tidemill.runner`.
RUNNERS = {
    "sequential": "SequentialRunner",
    "thread": "ThreadRunner",
    "process": "ParallelRunner",
    "dask": "DaskRunner",
    "SequentialRunner": "SequentialRunner",
    "ThreadRunner": "ThreadRunner",
    "ParallelRunner": "ParallelRunner",
    "DaskRunner": "DaskRunner",
}
_FIRST = 4  # what is shown of them


def runner(name: str, arguments: dict[str, Any], on_event: Callable[[Any], object]) -> AbstractRunner:
    """Return a runner.

    Args:
        name: One of `RUNNERS`, or the path of a class; empty: one node after the other.
        arguments: What its class is made with; what it does not take is an error.
        on_event: Is told what happens.

    Raises:
        UsageError: There is none of the name, or it does not take the arguments.
    """
    kind = runner_class(name)
    taken = _taken(kind)
    unknown = [each for each in arguments if each not in taken]
    if unknown:
        known = sorted({*taken} - {"on_event"})
        raise click.UsageError(
            f"{kind.__name__} takes no '{unknown[0]}'{did_you_mean(unknown[0], known) or '.'} "
            f"It takes {', '.join(known) or 'nothing'}."
        )
    if "on_event" in taken:
        arguments = {**arguments, "on_event": on_event}
    try:
        made: AbstractRunner = kind(**arguments)
    except (TypeError, ValueError) as error:
        raise click.UsageError(f"{kind.__name__} cannot be made: {error}") from error
    if "on_event" not in taken and vars(made).get("_on_event", 1) is None:
        vars(made)["_on_event"] = on_event  # a class of the user's that hands on only what it knows
    return made


def runner_class(name: str) -> Any:
    """Return the class that a name means.

    Raises:
        UsageError: There is none.
    """
    if not name or name in RUNNERS:
        return getattr(import_module("tidemill.runner"), RUNNERS[name or "sequential"])
    module, _, attribute = name.rpartition(".")
    if not module:
        near = did_you_mean(name, RUNNERS) or f". There are {', '.join([*RUNNERS][:_FIRST])}."
        raise click.UsageError(
            f"--runner: there is no runner '{name}'{near} Of your own: its path, `package.module.Class`."
        )
    try:
        kind = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise click.UsageError(f"--runner: '{name}' cannot be imported: {error}.") from error
    from tidemill.runner.runner import AbstractRunner

    if not (isinstance(kind, type) and issubclass(kind, AbstractRunner)):
        raise click.UsageError(f"--runner: '{name}' is no runner: derive it from `tidemill.runner.AbstractRunner`.")
    return kind


def _taken(kind: type) -> list[str]:
    """Return the names of the arguments that a runner takes, and of those that it hands on with `**`."""
    found: list[str] = []
    constructors = (vars(each)["__init__"] for each in kind.__mro__ if "__init__" in vars(each))
    hands_on = True
    while hands_on:  # AbstractRunner's hands on nothing
        parameters = [*inspect.signature(next(constructors)).parameters.values()][1:]
        found += [one.name for one in parameters if one.kind not in {one.VAR_KEYWORD, one.VAR_POSITIONAL}]
        hands_on = any(one.kind is one.VAR_KEYWORD for one in parameters)
    return found
