"""Names and arguments: how datasets become a function's arguments, and what it returns becomes datasets."""

from __future__ import annotations

from itertools import tee
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from tidemill.errors import PipelineError
from tidemill.pipeline.transcoding import check_transcoding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TypeAlias

    #: One name for one value, a list in the order of the arguments, a dict of argument (or returned key) -> name.
    Names: TypeAlias = str | list[str] | dict[str, str] | None

_SHOWN = 5


def names_in(names: Any, role: str) -> tuple[str, ...]:
    """Return the dataset names in the order they are written.

    Args:
        names: What the user gave.
        role: `inputs` or `outputs`, for the message.

    Raises:
        PipelineError: They are not a name, a list or a dict of names, or None.
    """
    if names is None:
        return ()
    found: tuple[Any, ...]
    if isinstance(names, str):
        found = (names,)
    elif isinstance(names, list):
        found = tuple(names)
    elif isinstance(names, dict):
        found = tuple(names.values())
    else:
        raise PipelineError(f"'{role}' is {names!r}: give a name, a list of names, a dict of names, or None.")
    for name in found:
        if not isinstance(name, str) or not name:
            raise PipelineError(f"'{role}' names a dataset {name!r}: a dataset's name is a string and not empty.")
        check_transcoding(name)
    return found


def arguments(names: Names, values: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return the positional and the keyword arguments that these inputs mean.

    Args:
        names: The inputs as the user gave them: a dict's keys are the names of arguments.
        values: Dataset name -> value, all that `names` names.
    """
    if names is None:
        return [], {}
    if isinstance(names, str):
        return [values[names]], {}
    if isinstance(names, list):
        return [values[name] for name in names], {}
    return [], {argument: values[name] for argument, name in names.items()}


def results(names: Names, returned: Any) -> dict[str, Any]:
    """Return dataset name -> value for what a function returned.

    Args:
        names: The outputs as the user gave them: a list takes a returned list or tuple apart, a dict a returned dict.
        returned: What the function returned; with no outputs it is dropped.

    Raises:
        PipelineError: What was returned does not fit the names.
    """
    if names is None:
        return {}
    if isinstance(names, str):
        return {names: returned}
    if isinstance(names, list):
        return _from_sequence(names, returned)
    return _from_dict(names, returned)


def streams(names: Names, made: Iterator[dict[str, Any]]) -> dict[str, Iterator[Any]]:
    """Return dataset name -> the values that the chunks have for it, each dataset to be read at its own pace."""
    found = names_in(names, "outputs")
    return {name: map(itemgetter(name), each) for name, each in zip(found, tee(made, len(found)), strict=True)}


def _from_sequence(names: list[str], returned: Any) -> dict[str, Any]:
    if not isinstance(returned, (list, tuple)):
        raise PipelineError(
            f"the outputs are a list of {_counted(names)}, but the function returned one {type(returned).__name__}. "
            "Return a list or tuple, or give one output's name without the brackets."
        )
    if len(returned) != len(names):
        raise PipelineError(
            f"the outputs are a list of {_counted(names)}, but the function returned {len(returned)} values. "
            "Return one value for each output."
        )
    return dict(zip(names, returned, strict=True))


def _from_dict(names: dict[str, str], returned: Any) -> dict[str, Any]:
    if not isinstance(returned, dict):
        raise PipelineError(
            f"the outputs are a dict, but the function returned one {type(returned).__name__}. "
            f"Return a dict with the keys {_listed(names)}."
        )
    if returned.keys() != names.keys():
        missing, unknown = names.keys() - returned.keys(), returned.keys() - names.keys()
        wrong = [f"lacks {_listed(missing)}"] * bool(missing) + [f"has {_listed(unknown)} besides"] * bool(unknown)
        raise PipelineError(
            f"the outputs are a dict with the keys {_listed(names)}, but the returned dict {' and '.join(wrong)}."
        )
    return {name: returned[key] for key, name in names.items()}


def _counted(names: list[str]) -> str:
    return f"{len(names)} ({_listed(names)})"


def _listed(keys: Any) -> str:
    shown = [repr(key) for key in keys]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return ", ".join(sorted(shown)[:_SHOWN] if isinstance(keys, set) else shown[:_SHOWN]) + more
