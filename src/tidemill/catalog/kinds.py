"""The kinds of datasets that a catalog may name: ours, those of packages and of the project; no library is imported."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tidemill.errors import DatasetError
from tidemill.io.arguments import parameters
from tidemill.io.classes import TABLE, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_ROOM = "tidemill.io"
_THEIRS = "kedro_datasets"
_VERSION = "version"
_SKIPPED = frozenset({"self", "cls", _VERSION, "args", "kwargs"})
# A file of datasets is read to the end only if it speaks of them.
_WORDS = ("Dataset", "DataSet")


class Argument(NamedTuple):
    """An argument of a constructor: what its annotation says, and whether it must be given."""

    annotation: str
    required: bool


class Kind(NamedTuple):
    """A kind of datasets: its `type`, what it is in one sentence, and what its constructor takes."""

    type: str
    about: str
    arguments: Mapping[str, Argument]
    takes_any: bool
    versioned: bool


def ours() -> Iterator[Kind]:
    """Yield the kinds that come with Tidemill, whether or not their libraries are installed."""
    for short, row in importlib.import_module(TABLE).DATASETS.items():
        try:
            found = getattr(importlib.import_module(row.module), short.rpartition(".")[2])
        except (ImportError, AttributeError):  # a class that derives from one of its library
            yield Kind(short, row.about, {}, takes_any=True, versioned=row.versioned)
            continue
        yield of_class(short, found)._replace(about=f"{row.about[0].upper()}{row.about[1:]}.")
    room = importlib.import_module(_ROOM)
    for name in room.__all__:
        if name.endswith("Dataset") and not name.startswith(("Abstract", "File")):
            yield of_class(name, getattr(room, name))


def of_class(path: str, kind: type) -> Kind:
    """Return what there is to know of a class."""
    named, takes_any, _ = parameters(kind)
    arguments = {
        name: Argument(_text(each.annotation), each.default is each.empty)
        for name, each in named.items()
        if name not in _SKIPPED
    }
    return Kind(path, _sentence(inspect.getdoc(kind)), arguments, takes_any, takes_any or _VERSION in named)


def of_types(types: Iterable[str]) -> Iterator[Kind]:
    """Yield the kinds that paths of classes name; each is imported, and what cannot be is left out."""
    for each in dict.fromkeys(types):
        try:
            yield of_class(each, resolve(each))
        except DatasetError:
            continue  # unknown: that is what a schema flags


def of_package(name: str = _THEIRS) -> Iterator[Kind]:
    """Yield the kinds of an installed package, read from its files: `pandas.CSVDataset` of `kedro_datasets`."""
    spec = importlib.util.find_spec(name)
    for root in (spec.submodule_search_locations or ()) if spec else ():
        for file in sorted(Path(root).glob("*/*.py")):
            yield from _in_file(file, file.parent.name)


def of_source(folder: Path, package: str) -> Iterator[Kind]:
    """Yield the kinds that a project defines, read from its files; nothing of it is imported."""
    for current, folders, files in os.walk(folder / package):
        folders[:] = sorted(each for each in folders if not each.startswith((".", "__")))
        for name in sorted(files):
            if name.endswith(".py"):
                file = Path(current, name)
                module = ".".join(file.relative_to(folder).with_suffix("").parts)
                yield from _in_file(file, module.removesuffix(".__init__"))


def _in_file(file: Path, module: str) -> Iterator[Kind]:
    try:
        text = file.read_text(encoding="utf-8")
        tree = ast.parse(text) if any(word in text for word in _WORDS) else ast.Module([], [])
    except (OSError, SyntaxError, ValueError):
        return  # the project's own errors are told when it is run
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith(("_", "Abstract")) and _is_dataset(node):
            yield _of_node(f"{module}.{node.name}", node)


def _is_dataset(node: ast.ClassDef) -> bool:
    return any(word in ast.unparse(base) for base in node.bases for word in _WORDS)


def _of_node(path: str, node: ast.ClassDef) -> Kind:
    made = next((each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None)
    about = _sentence(ast.get_docstring(node))
    if made is None:  # the constructor of its base, which is not looked for
        return Kind(path, about, {}, takes_any=True, versioned=True)
    given = [*made.args.posonlyargs, *made.args.args]
    first = len(given) - len(made.args.defaults)
    arguments = {each.arg: Argument(_text(each.annotation), place < first) for place, each in enumerate(given)}
    for each, default in zip(made.args.kwonlyargs, made.args.kw_defaults, strict=True):
        arguments[each.arg] = Argument(_text(each.annotation), default is None)
    takes_any = made.args.kwarg is not None
    wanted = {name: each for name, each in arguments.items() if name not in _SKIPPED}
    return Kind(path, about, wanted, takes_any, takes_any or _VERSION in arguments)


def _text(annotation: Any) -> str:
    if annotation is None or annotation is inspect.Parameter.empty:
        return ""
    if isinstance(annotation, ast.AST):
        return ast.unparse(annotation)
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "") or str(annotation)


def _sentence(doc: str | None) -> str:
    """Return the first sentence of a docstring, in one line."""
    first = " ".join((doc or "").strip().split("\n\n")[0].split()).replace("``", "`")
    end = first.find(". ")
    return first if end < 0 else first[: end + 1]
