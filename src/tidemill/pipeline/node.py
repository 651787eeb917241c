"""Node: a function wired to datasets by their names."""

from __future__ import annotations

import copy
import re
from functools import total_ordering
from typing import TYPE_CHECKING, Any

from tidemill.errors import PipelineError
from tidemill.pipeline.binding import arguments, names_in, results
from tidemill.pipeline.signature import check_call, name_of
from tidemill.pipeline.transcoding import base_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tidemill.pipeline.binding import Names

_WORD = re.compile(r"[\w.-]+")


def node(
    func: Callable[..., Any],
    inputs: Names,
    outputs: Names,
    *,
    name: str | None = None,
    tags: str | Iterable[str] | None = None,
    confirms: str | list[str] | None = None,
    namespace: str | None = None,
) -> Node:
    """Return a node: `node(clean, "raw", "clean")`, `node(split, ["cars", "params:share"], ["train", "test"])`.

    Args:
        func: What is called with the inputs' data.
        inputs: A dataset's name, a list in the order of the arguments, a dict of argument -> name, or None.
        outputs: A dataset's name for the whole return value, a list or a dict that takes it apart, or None.
        name: Unique in its pipeline; left out, it is `func([inputs]) -> [outputs]`.
        tags: Words by which pipelines are filtered.
        confirms: Datasets that are confirmed once the node has run and its outputs are saved.
        namespace: Comes before the name, with a dot between.

    Raises:
        PipelineError: The arguments do not make a node; the message says which and why.
    """
    return Node(func, inputs, outputs, name=name, tags=tags, confirms=confirms, namespace=namespace)


@total_ordering
class Node:
    """A function wired to datasets by their names. It never changes once it is made.

    Nodes are equal when their names, inputs and outputs are: the same wiring made twice is the same node.
    """

    def __init__(
        self,
        func: Callable[..., Any],
        inputs: Names,
        outputs: Names,
        *,
        name: str | None = None,
        tags: str | Iterable[str] | None = None,
        confirms: str | list[str] | None = None,
        namespace: str | None = None,
    ) -> None:
        self._func = func
        self._inputs = inputs.copy() if isinstance(inputs, (list, dict)) else inputs
        self._outputs = outputs.copy() if isinstance(outputs, (list, dict)) else outputs
        self._short_name = name
        self._namespace = namespace
        try:
            self._input_names = names_in(inputs, "inputs")
            self._output_names = names_in(outputs, "outputs")
            self._confirms = tuple(dict.fromkeys(names_in(_in_list(confirms), "confirms")))
            self._tags = _tags_in(tags)
            for what, word in (("name", name), ("namespace", namespace)):
                if word is not None:
                    _check_word(what, word)
            _check_wiring(self._input_names, self._output_names)
            check_call(func, inputs)
        except PipelineError as exc:
            raise PipelineError(f"Node {_shown(name) or self._wiring()}: {exc}") from None
        short = self._wiring() if name is None else name
        self._name = short if namespace is None else f"{namespace}.{short}"
        self._key = (
            self._name,
            *_marked(inputs, self._input_names),
            *_marked(outputs, self._output_names),
        )
        self._needs = frozenset(self._input_names)

    @property
    def func(self) -> Callable[..., Any]:
        """The function."""
        return self._func

    @property
    def name(self) -> str:
        """The name, the namespace included."""
        return self._name

    @property
    def namespace(self) -> str | None:
        """What comes before the name, or None."""
        return self._namespace

    @property
    def inputs(self) -> list[str]:
        """The names of the datasets that are loaded, in the order they were given."""
        return list(self._input_names)

    @property
    def outputs(self) -> list[str]:
        """The names of the datasets that are saved, in the order they were given."""
        return list(self._output_names)

    @property
    def confirms(self) -> list[str]:
        """The names of the datasets that are confirmed."""
        return list(self._confirms)

    @property
    def tags(self) -> frozenset[str]:
        """The words by which pipelines are filtered."""
        return self._tags

    def tag(self, tags: str | Iterable[str]) -> Node:
        """Return this node with more tags."""
        more = _tags_in(tags)
        if more <= self._tags:
            return self
        tagged = copy.copy(self)
        tagged._tags |= more  # noqa: SLF001 - a Node, not yet given to anybody
        return tagged

    def run(self, inputs: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Call the function and return dataset name -> what it made.

        Args:
            inputs: Dataset name -> data, for exactly the node's inputs.

        Raises:
            PipelineError: The inputs, or what the function returned, do not fit the node.
        """
        values = {} if inputs is None else inputs
        if values.keys() != self._needs:
            raise PipelineError(
                f"Node '{self._name}' takes the inputs {sorted(self._needs)}, but got {sorted(values, key=str)}."
            )
        positional, named = arguments(self._inputs, values)
        returned = self._func(*positional, **named)
        try:
            return results(self._outputs, returned)
        except PipelineError as exc:
            raise PipelineError(f"Node '{self._name}': {exc}") from None

    def _wiring(self) -> str:
        return f"{name_of(self._func)}({_bracketed(self._inputs)}) -> {_bracketed(self._outputs)}"

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, Node) else NotImplemented

    def __lt__(self, other: object) -> bool:
        return self._key < other._key if isinstance(other, Node) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key)

    def __str__(self) -> str:
        return self._name if self._short_name is None else f"{self._name}: {self._wiring()}"

    def __repr__(self) -> str:
        named = "" if self._name == self._wiring() else f", name={self._name!r}"
        return f"Node({name_of(self._func)}, {self._inputs!r}, {self._outputs!r}{named})"


def _bracketed(names: Any) -> str:
    if not isinstance(names, (str, list, dict)):
        return repr(names)
    found = [names] if isinstance(names, str) else list(names.values() if isinstance(names, dict) else names)
    return f"[{';'.join(map(str, found))}]" if found else "None"


def _marked(given: Names, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return strings, which compare, that differ where the wiring does: a name alone is not a list of one name."""
    return (type(given).__name__, *(given if isinstance(given, dict) else ()), *names)


def _in_list(words: Any) -> Any:
    if words is None:
        return []
    return [words] if isinstance(words, str) else words


def _shown(name: Any) -> str:
    return "" if name is None else f"'{name}'"


def _tags_in(tags: Any) -> frozenset[str]:
    words = _in_list(tags)
    if not hasattr(words, "__iter__"):
        raise PipelineError(f"'tags' is {tags!r}: give a word or a list of words.")
    found = frozenset(words)
    for word in found:
        _check_word("tag", word)
    return found


def _check_word(what: str, word: Any) -> None:
    if not (isinstance(word, str) and _WORD.fullmatch(word)):
        raise PipelineError(f"the {what} {word!r} may have only letters, digits, '_', '-' and '.', and one at least.")


def _check_wiring(inputs: tuple[str, ...], outputs: tuple[str, ...]) -> None:
    if not inputs and not outputs:
        raise PipelineError("it has neither inputs nor outputs. Give it one, or call the function yourself.")
    bases = [base_name(name) for name in outputs]
    twice = sorted({base for base in bases if bases.count(base) > 1}) if len(bases) > 1 else []
    if twice:
        raise PipelineError(f"it writes {_quoted(twice)} more than once. Give each output a name of its own.")
    both = sorted({base_name(name) for name in inputs}.intersection(bases))
    if both:
        raise PipelineError(f"{_quoted(both)} is both input and output. Write what the node makes under another name.")


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
