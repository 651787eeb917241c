"""Where in a file of configuration a value stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yaml import Node


def node_of(text: str) -> Node | None:
    """Return the top node of a text that was read before: it knows the lines, and JSON is YAML for that."""
    import yaml

    return yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def line_of(node: Node | None, path: tuple[Any, ...]) -> int:
    """Return the line of the key, or of the item, that a path leads to; of the last that there is of it."""
    line = 1
    for key in path:
        found = _child(node, key) if node else None
        if found is None:
            break
        line, node = found
    return line


def _child(node: Any, key: Any) -> tuple[int, Node] | None:
    if node.id == "sequence":
        inside = isinstance(key, int) and key < len(node.value)
        return (node.value[key].start_mark.line + 1, node.value[key]) if inside else None
    if node.id != "mapping":
        return None
    for key_node, value in node.value:
        if key_node.value == str(key):
            return key_node.start_mark.line + 1, value
    for key_node, value in node.value:  # what an alias merges in
        merged = value.value if value.id == "sequence" else [value]
        found = [_child(each, key) for each in merged] if key_node.value == "<<" else []
        if any(found):
            return next(each for each in found if each)
    return None
