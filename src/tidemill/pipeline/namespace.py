"""Namespaces: the nodes of a pipeline once more, for other datasets and under other names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from tidemill.errors import PipelineError
from tidemill.names import did_you_mean
from tidemill.pipeline.transcoding import SEPARATOR, base_name
from tidemill.pipeline.wiring import ALL_PARAMETERS, ONE_PARAMETER, check_namespace, is_parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tidemill.pipeline.node import Node

#: A name that stays as it is, several of them, or old name -> new name.
Mapped: TypeAlias = "str | Iterable[str] | Mapping[str, str] | None"

_SHOWN = 10


def rewired(
    nodes: Sequence[Node],
    *,
    inputs: Mapped = None,
    outputs: Mapped = None,
    parameters: Mapped = None,
    namespace: str | None = None,
    prefix: bool = True,
) -> list[Node]:
    """Return the nodes with other datasets: those that are mapped by their new names, the others in the namespace.

    A transcoded name goes where its dataset goes. `parameters`, all of them, belongs to no namespace. `params:` of one
    goes into it unless it is mapped, as in every release of Kedro from 0.18 on: projects keep the parameters of a
    namespace below its name.

    Args:
        nodes: The nodes of one pipeline.
        inputs: Free inputs. A name, or a set of names, keeps them as they are.
        outputs: What nodes of the pipeline make.
        parameters: Parameters, with or without `params:`.
        namespace: Comes before the names of nodes, and of datasets and parameters that are not mapped.
        prefix: Whether those datasets and parameters get the namespace; nodes always do.

    Raises:
        PipelineError: What is mapped is not in the pipeline, or not where the mapping says.
    """
    if namespace is not None:
        check_namespace(namespace)
    made = {base: each.name for each in nodes for base in each.writes}
    names = dict.fromkeys(name for each in nodes for name in (*each.inputs, *each.outputs, *each.confirms))
    given = {
        "inputs": _parsed("inputs", inputs),
        "outputs": _parsed("outputs", outputs),
        "parameters": {_parameter(old): _parameter(new) for old, new in _parsed("parameters", parameters).items()},
    }
    _check_roles(given, made, names)
    mapping = {old: new for some in given.values() for old, new in some.items()}
    before = namespace if prefix else None
    table = {name: _renamed(name, mapping, before) for name in names}
    _check_together(table)
    return [each.rewired(table.__getitem__, namespace) for each in nodes]


def _parsed(role: str, given: Any) -> dict[str, str]:
    if given is None:
        return {}
    if isinstance(given, str):
        found = {given: given}
    elif hasattr(given, "items"):
        found = dict(given.items())
    elif hasattr(given, "__iter__"):
        found = {name: name for name in given}
    else:
        raise PipelineError(f"'{role}' is {given!r}: give a name, a set of names, or a dict of old name -> new name.")
    for name in (*found, *found.values()):
        if not isinstance(name, str) or not name:
            raise PipelineError(f"'{role}' names a dataset {name!r}: a dataset's name is a string and not empty.")
    return found


def _parameter(name: str) -> str:
    return name if is_parameter(name) else f"{ONE_PARAMETER}{name}"


def _check_roles(given: dict[str, dict[str, str]], made: dict[str, str], names: Iterable[str]) -> None:
    """Refuse to map what is not there, and what is there in another role."""
    known = {*names, *map(base_name, names)}
    problems = []
    for role, mapping in given.items():
        for name in mapping:
            maker = made.get(base_name(name))
            if name not in known:
                fit = [each for each in known if _role(each, made) == role]
                problems.append(f"'{name}' ({role}) is not in the pipeline{did_you_mean(name, fit) or '.'}")
            elif role == "inputs" and maker is not None:
                problems.append(f"'{name}' is made by node '{maker}': map it in `outputs`, not in `inputs`.")
            elif role == "inputs" and is_parameter(name):
                problems.append(f"'{name}' is a parameter: map it in `parameters`, not in `inputs`.")
            elif role == "outputs" and maker is None:
                problems.append(f"'{name}' is made by no node: map it in `{_role(name, made)}`, not in `outputs`.")
    if problems:
        shown = problems[:_SHOWN] + [f"and {len(problems) - _SHOWN} more"] * (len(problems) > _SHOWN)
        raise PipelineError("\n  ".join(["What is mapped does not fit the pipeline:", *shown]))


def _role(name: str, made: Mapping[str, str]) -> str:
    if base_name(name) in made:
        return "outputs"
    return "parameters" if is_parameter(name) else "inputs"


def _renamed(name: str, mapping: Mapping[str, str], namespace: str | None) -> str:
    if name in mapping:
        return mapping[name]
    base, separator, way = name.partition(SEPARATOR)
    if base in mapping:
        if SEPARATOR in mapping[base]:
            raise PipelineError(
                f"'{base}' is used as '{name}', and cannot become '{mapping[base]}': map it to a name without "
                f"'{SEPARATOR}'; what comes after stays as it is."
            )
        return f"{mapping[base]}{separator}{way}"
    if not namespace or name == ALL_PARAMETERS:
        return name
    if name.startswith(ONE_PARAMETER):
        return f"{ONE_PARAMETER}{namespace}.{name.removeprefix(ONE_PARAMETER)}"
    return f"{namespace}.{name}"


def _check_together(table: Mapping[str, str]) -> None:
    """Refuse to tear a dataset apart: what was written one way and read another would no longer be linked."""
    together: dict[str, str] = {}
    for old, new in table.items():
        first = together.setdefault(base_name(old), old)
        if base_name(table[first]) != base_name(new):
            raise PipelineError(
                f"'{first}' would become '{table[first]}', and '{old}' '{new}': two datasets instead of one. "
                f"Map '{base_name(old)}', which covers both."
            )
