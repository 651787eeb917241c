"""YAML nodes to plain Python values: what the safe loader makes of them, faster, and refusing what misleads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yaml import Mark, Node, SafeLoader
    from yaml.cyaml import CSafeLoader

_STANDARD = "tag:yaml.org,2002:"
_STR, _MERGE, _MAP, _SEQ = (_STANDARD + name for name in ("str", "merge", "map", "seq"))
_MAPPINGS = frozenset({_MAP, f"{_STANDARD}set"})
_SEQUENCES = frozenset({_SEQ, f"{_STANDARD}omap", f"{_STANDARD}pairs"})
_TYPED = frozenset(_STANDARD + name for name in ("null", "bool", "int", "float", "binary", "timestamp"))
_TEXTS = frozenset({_STR, _MERGE, f"{_STANDARD}value"})  # a plain `<<` or `=` that is no key is text
# Aliases may make a document larger than it is written, up to here or ten times, whichever is more.
_MOST_EXPANDED = 1_000_000
_MOST_TIMES = 10
_LONGEST_SHOWN = 60


class NodeError(Exception):
    """A node that has no value: what is wrong, where, and the way out."""

    def __init__(self, problem: str, mark: Mark, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.mark, self.remedy = problem, mark, remedy


class Constructor:
    """Builds the value of one document. A node that aliases refer to is built once, and shared, as YAML means it."""

    def __init__(self, loader: SafeLoader | CSafeLoader) -> None:
        from yaml import MappingNode, ScalarNode, SequenceNode, YAMLError

        self._loader = loader
        self._scalar_node, self._sequence_node, self._mapping_node = ScalarNode, SequenceNode, MappingNode
        # What PyYAML's converters raise for text like 2020-02-30, `!!bool maybe` or `!!timestamp now`.
        self._no_such_value = (ValueError, LookupError, AttributeError, OverflowError, YAMLError)
        self._done: dict[Node, tuple[Any, int] | None] = {}  # value and size; None while it is being built
        self._size = self._repeated = 0

    def build(self, node: Node) -> Any:
        """Return the value of a node and everything below it."""
        if node.__class__ is self._scalar_node:
            return self._scalar(node)
        if node in self._done:
            return self._again(node)
        self._done[node] = None
        before = self._size
        self._size += len(node.value)
        value = self._mapping(node) if node.__class__ is self._mapping_node else self._sequence(node)
        self._done[node] = (value, self._size - before)
        return value

    # Plain text, which most nodes are, costs no call: these two loops are the price of reading a large catalog.

    def _mapping(self, node: Node) -> Any:
        scalar_node, build = self._scalar_node, self.build
        own: dict[Any, Any] = {}
        merged: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if key_node.__class__ is scalar_node and key_node.tag == _STR:
                key = key_node.value
            elif key_node.tag == _MERGE:
                merged |= self._merged(value_node)
                continue
            else:
                key = self._key(key_node)
            if key in own:
                problem, remedy = twice(key, self._line_of(key, node))
                raise NodeError(problem, key_node.start_mark, remedy)
            plain = value_node.__class__ is scalar_node and value_node.tag == _STR
            own[key] = value_node.value if plain else build(value_node)
        if node.tag not in _MAPPINGS:
            raise _unknown(node)
        whole = {**merged, **own} if merged else own
        return whole if node.tag == _MAP else set(whole)

    def _sequence(self, node: Node) -> list[Any]:
        scalar_node, build = self._scalar_node, self.build
        value = [
            each.value if each.__class__ is scalar_node and each.tag == _STR else build(each) for each in node.value
        ]
        if node.tag not in _SEQUENCES:
            raise _unknown(node)
        return value if node.tag == _SEQ else _pairs(value, node)

    def _key(self, node: Node) -> Any:
        if node.__class__ is not self._scalar_node:
            raise NodeError("a list or a mapping cannot be a key", node.start_mark, "Write the key as text.")
        return self._scalar(node)

    def _again(self, node: Node) -> Any:
        done = self._done[node]
        if done is None:
            raise NodeError("an alias in here refers to what it stands in", node.start_mark, "Write out what it means.")
        value, size = done
        self._size += size
        self._repeated += size
        if self._repeated > max(_MOST_EXPANDED, _MOST_TIMES * (self._size - self._repeated)):
            raise NodeError(
                f"aliases repeat this until the document has more than {_MOST_EXPANDED:,} values",
                node.start_mark,
                "Use fewer aliases of aliases.",
            )
        return value

    def _merged(self, node: Node) -> dict[Any, Any]:
        """Return what `<<` adds: a mapping, or several, of which the first that has a key decides."""
        found = self.build(node)
        each = found if isinstance(found, list) and node.__class__ is self._sequence_node else [found]
        merged: dict[Any, Any] = {}
        for one in reversed(each):
            if not isinstance(one, dict):
                raise NodeError("'<<' can only merge mappings", node.start_mark, "Give it the alias of a mapping.")
            merged.update(one)
        return merged

    def _line_of(self, key: object, mapping: Node) -> int:
        keys = (each for each, _ in mapping.value if each.tag != _MERGE)
        return next(int(each.start_mark.line) + 1 for each in keys if self._scalar(each) == key)

    def _scalar(self, node: Node) -> Any:
        if node.tag in _TEXTS:
            return node.value
        if node.tag not in _TYPED:
            raise _unknown(node)
        kind = node.tag.removeprefix(_STANDARD)
        try:
            return self._loader.yaml_constructors[node.tag](self._loader, node)
        except self._no_such_value:
            raise NodeError(
                f"this reads as {kind}, and is no valid one", node.start_mark, "Quote it if it is text."
            ) from None


def _pairs(value: list[Any], node: Node) -> list[tuple[Any, Any]]:
    if not all(isinstance(each, dict) and len(each) == 1 for each in value):
        raise NodeError("this list is not made of single 'key: value' pairs", node.start_mark, "Remove its tag.")
    return [pair for each in value for pair in each.items()]


def twice(key: object, line: int) -> tuple[str, str]:
    """Return problem and remedy for a key that stands in an earlier line too."""
    return (
        f"the key {shown(key)} is there twice, first in line {line}",
        "Rename or remove one of them: only the last would count.",
    )


def _unknown(node: Node) -> NodeError:
    if node.tag in _MAPPINGS | _SEQUENCES | _TYPED | _TEXTS:
        return NodeError("the tag does not fit what follows it", node.start_mark, "Remove the tag.")
    # Other tags are not shown: a password may begin with '!'.
    name = node.tag.removeprefix(_STANDARD)
    tag = f"the tag '!!{name}'" if name.startswith("python/") else "a tag"
    return NodeError(
        f"{tag} is not supported here, only YAML's own are",
        node.start_mark,
        "Remove it, or quote the text if it only begins with '!'.",
    )


def shown(value: object) -> str:
    """Return the `repr` of a key, cut where it gets long."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
