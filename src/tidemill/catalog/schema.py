"""A JSON schema of `catalog.yml` for editors: every kind of datasets with its arguments."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from tidemill.io.classes import OLD_ROOTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tidemill.catalog.kinds import Argument, Kind

DRAFT = "https://json-schema.org/draft/2020-12/schema"
# What may stand in the place of any value: `${globals:x}`, and the `{name}` of a factory.
_LATER = {"type": "string", "pattern": r"\$\{|\{\w+(:\w)?\}"}
_SIMPLE = {
    "str": "string",
    "bytes": "string",
    "bool": "boolean",
    "int": "integer",
    "float": "number",
    "None": "null",
    "NoneType": "null",
    **dict.fromkeys(("Path", "PurePath", "PurePosixPath", "PathLike"), "string"),
    **dict.fromkeys(("dict", "Dict", "Mapping", "MutableMapping"), "object"),
    **dict.fromkeys(("list", "List", "Sequence", "tuple", "Tuple", "Iterable", "set"), "array"),
}
_DATASET = {
    "type": ["object", "string"],
    "if": {"type": "object"},
    "then": {"$ref": "#/$defs/inner", "required": ["type"]},
    "else": {"$ref": "#/$defs/type"},
}
_CHECKPOINT = {"type": ["string", "object", "null"], "description": "Where the last confirmed partition is remembered."}
#: Arguments that mean the same wherever they are.
_KNOWN: dict[str, Any] = {
    "credentials": {
        "type": ["string", "object", "null"],
        "description": "The name of an entry in credentials.yml.",
    },
    "metadata": {"description": "Anything: it is kept, and not looked at."},
    "load_args": {"description": "What goes to the function that loads."},
    "save_args": {"description": "What goes to the function that saves."},
    "filepath": {"description": "A path in the project, or a URL such as s3://bucket/key."},
}
_COMMON: dict[str, Any] = {
    "<<": True,  # YAML's merge key, for editors that do not merge
    "metadata": _KNOWN["metadata"],
    "layer": {"description": "Of older releases; it is not looked at."},
}


def schema(kinds: Iterable[Kind]) -> dict[str, Any]:
    """Return the schema of a catalog in which these kinds may stand; where two have one type, the first counts."""
    known: dict[str, Kind] = {}
    for kind in kinds:
        known.setdefault(kind.type, kind)
    each = [known[name] for name in sorted(known)]
    return {
        "$schema": DRAFT,
        "title": "catalog.yml",
        "description": "Names of datasets, or patterns of names, and what they are.",
        "type": ["object", "null"],
        "patternProperties": {"^_": True},
        "additionalProperties": {"$ref": "#/$defs/dataset"},
        "$defs": {
            "dataset": {
                "$ref": "#/$defs/inner",
                "required": ["type"],
                "allOf": [_branch(kind, {"required": needed}) for kind in each if (needed := _needed(kind))],
            },
            "type": _types(each),
            # What is inside another: its path may come from outside.
            "inner": {
                "type": "object",
                "properties": {"type": {"$ref": "#/$defs/type"}},
                "allOf": [_branch(kind, {"$ref": f"#/$defs/{_pointer(kind.type)}"}) for kind in each],
            },
            **{kind.type: _definition(kind) for kind in each},
        },
    }


def is_known(path: str, kinds: Iterable[Kind]) -> bool:
    """Tell whether a type is a spelling of one of these kinds."""
    return any(re.search(_pattern(each.type), path) for each in kinds)


def _types(kinds: list[Kind]) -> dict[str, Any]:
    named = [{"const": kind.type, "description": kind.about or kind.type} for kind in kinds]
    return {
        "description": "What it is: a short name, or the path of a class.",
        "anyOf": [*named, {"type": "string", "pattern": "|".join(_pattern(kind.type) for kind in kinds)}, _LATER],
    }


def _branch(kind: Kind, then: dict[str, Any]) -> dict[str, Any]:
    of_type = {"properties": {"type": {"type": "string", "pattern": _pattern(kind.type)}}, "required": ["type"]}
    return {"if": of_type, "then": then}


def _pattern(path: str) -> str:
    """Return what matches every spelling of a type: older ones, and those with other roots."""
    room, _, name = path.rpartition(".")
    spelt = re.escape(name).replace("Dataset", "Data[sS]et")
    roots = "|".join(map(re.escape, OLD_ROOTS))
    if not room:
        return rf"^(?:(?:{roots})(?:\w+\.)*|partitions\.)?{spelt}$"
    if room.count("."):
        return f"^{re.escape(room)}\\.{spelt}$"
    return (
        rf"^(?:{roots})?(?:{re.escape(room)}\.(?:\w+\.)?)?{spelt}$"
        if room == "pandas"
        else (rf"^(?:{roots})?{re.escape(room)}\.(?:\w+\.)?{spelt}$")
    )


def _definition(kind: Kind) -> dict[str, Any]:
    properties = {name: _argument(name, each) for name, each in kind.arguments.items()}
    if kind.versioned:
        properties["versioned"] = {"anyOf": [{"type": "boolean"}, _LATER], "description": "Keep every save."}
    found: dict[str, Any] = {"description": kind.about} if kind.about else {}
    found["properties"] = {"type": True, **properties, **_COMMON}
    if not kind.takes_any:
        found["additionalProperties"] = False
    return found


def _needed(kind: Kind) -> list[str]:
    return [name for name, each in kind.arguments.items() if each.required]


def _argument(name: str, argument: Argument) -> dict[str, Any]:
    if name == "dataset":
        return dict(_DATASET)
    if name == "checkpoint":
        return dict(_CHECKPOINT)
    known = dict(_KNOWN.get(name, {}))
    if "type" in known:
        return known
    said = of_annotation(argument.annotation)
    if said and said.get("type") != "string":
        said = {"anyOf": [said, _LATER]}
    return {**known, **said}


def of_annotation(text: str) -> dict[str, Any]:
    """Return the schema of what an annotation allows; of one that is not understood, anything."""
    try:
        tree = ast.parse(text, mode="eval").body if text else None
    except SyntaxError:
        return {}
    return _schema(tree) or {}


def _schema(node: ast.expr | None) -> dict[str, Any] | None:
    if isinstance(node, ast.Constant) and node.value is None:
        return {"type": "null"}
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return of_annotation(node.value) or None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _any_of([_schema(node.left), _schema(node.right)])
    if isinstance(node, ast.Subscript):
        name = _name(node.value)
        inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name == "Optional":
            return _any_of([_schema(inside[0]), {"type": "null"}])
        if name == "Union":
            return _any_of([_schema(each) for each in inside])
        if name == "Literal":
            return {"enum": [each.value for each in inside if isinstance(each, ast.Constant)]}
        return _of_name(name)
    return _of_name(_name(node))


def _name(node: ast.expr | None) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _of_name(name: str) -> dict[str, Any] | None:
    return {"type": _SIMPLE[name]} if name in _SIMPLE else None


def _any_of(members: list[dict[str, Any] | None]) -> dict[str, Any] | None:
    known = [each for each in members if each is not None]
    if len(known) < len(members):
        return None  # one of them may be anything
    flat = [one for each in known for one in each.get("anyOf", [each])]
    types = [each["type"] for each in flat if each.keys() == {"type"}]
    if len(types) == len(flat):
        named = dict.fromkeys(one for each in types for one in ([each] if isinstance(each, str) else each))
        return {"type": [*named] if len(named) > 1 else next(iter(named))}
    return {"anyOf": flat}


def _pointer(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
