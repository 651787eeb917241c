"""A node as code for a cell: its inputs loaded, the imports of its module, its function, the call."""

from __future__ import annotations

import ast
import functools
import inspect
import sys
import textwrap
from typing import TYPE_CHECKING, Any

from tidemill.errors import PipelineError
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    from types import ModuleType

    from tidemill.pipeline.node import Node


def code_of(name: str) -> str:
    """Return the code of a node of the open project.

    Raises:
        PipelineError: There is no node of that name, or its function has no source.
    """
    node = _node(name)
    function = _plain(node.func)
    if getattr(function, "__name__", "") == "<lambda>":
        raise PipelineError(
            f"Node '{name}': its function is a lambda, which has no lines of its own.\nMake it a `def`."
        )
    try:
        source = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        raise PipelineError(
            f"Node '{name}': the source of {node.func!r} cannot be found.\nLoad nodes whose functions stand in a file."
        ) from None
    module = sys.modules[function.__module__]
    loads, arguments = _loads(node)
    parts = [
        *_future(module),
        f"# The inputs of node '{name}'",
        *(loads or ["# (none)"]),
        "",
        *_imports(module, function),
        "",
        source.rstrip(),
        "",
        f"{function.__name__}({', '.join(arguments)})",
    ]
    return "\n".join(parts).replace("\n\n\n", "\n\n")


def node_names() -> list[str]:
    """Return the names of all nodes of the open project, sorted."""
    from tidemill.project import pipelines

    return sorted({each.name for name in pipelines for each in pipelines[name].nodes})


def _node(name: str) -> Node:
    from tidemill.project import pipelines

    for registered in pipelines:
        for each in pipelines[registered].nodes:
            if name in (each.name, each.short_name):
                return each
    raise PipelineError(f"No pipeline has a node '{name}'{did_you_mean(name, node_names()) or '.'}")


def _plain(function: Any) -> Any:
    while isinstance(function, functools.partial):
        function = function.func
    return inspect.unwrap(function)


def _loads(node: Node) -> tuple[list[str], list[str]]:
    """Return the lines that load the inputs, and the arguments of the call, what a partial gives already included."""
    given = node._inputs  # noqa: SLF001 - as they were written, which says what is passed by name
    loads: list[str] = []
    arguments: list[str] = []
    if isinstance(given, dict):
        for parameter, dataset in given.items():
            loads.append(f"{parameter} = catalog.load({dataset!r})")
            arguments.append(f"{parameter}={parameter}")
    else:
        datasets = [given] if isinstance(given, str) else list(given or [])
        names = _positional(node.func, len(datasets))
        for parameter, dataset in zip(names, datasets, strict=True):
            loads.append(f"{parameter} = catalog.load({dataset!r})")
            arguments.append(parameter)
    bound = node.func.keywords if isinstance(node.func, functools.partial) else {}
    return loads, [*arguments, *(f"{key}={value!r}" for key, value in bound.items())]


def _positional(function: Any, count: int) -> list[str]:
    """Return a name for each positional argument: that of its parameter, numbered where several go into one."""
    names: list[str] = []
    for each in inspect.signature(function).parameters.values():
        if each.kind is each.VAR_POSITIONAL:
            names += [f"{each.name}_{number}" for number in range(1, count - len(names) + 1)]
        elif each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD):
            names.append(each.name)
    return names[:count]


def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))


def _future(module: ModuleType) -> list[str]:
    return [
        ast.unparse(each)
        for each in _tree(module).body
        if isinstance(each, ast.ImportFrom) and each.module == "__future__"
    ]


def _imports(module: ModuleType, function: Any) -> list[str]:
    """Return the imports of the function's module, and one of what else of the module the function uses."""
    found: list[str] = []
    for each in _tree(module).body:
        if isinstance(each, ast.Import):
            found.append(ast.unparse(each))
        elif isinstance(each, ast.ImportFrom) and each.module != "__future__":
            found.append(ast.unparse(_absolute(each, module)))
    imported = {alias.asname or alias.name.split(".")[0] for alias in _aliases(module)}
    used = sorted(set(_names_in(function.__code__)) & vars(module).keys() - imported - {function.__name__})
    own = [name for name in used if not name.startswith("__")]
    if own and module.__name__ != "__main__":
        found.append(f"from {module.__name__} import {', '.join(own)}")
    return found


def _aliases(module: ModuleType) -> list[ast.alias]:
    return [
        alias for each in _tree(module).body if isinstance(each, (ast.Import, ast.ImportFrom)) for alias in each.names
    ]


def _absolute(statement: ast.ImportFrom, module: ModuleType) -> ast.ImportFrom:
    if not statement.level:
        return statement
    package = (module.__package__ or "").split(".")
    above = package[: len(package) - statement.level + 1]
    return ast.ImportFrom(".".join([*above, *filter(None, [statement.module])]), statement.names, 0)


def _names_in(code: Any) -> list[str]:
    """Return every global name that a function uses, those of functions inside it too."""
    inner = [name for each in code.co_consts if inspect.iscode(each) for name in _names_in(each)]
    return [*code.co_names, *inner]
