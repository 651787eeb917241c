"""Node: a function wired to datasets by their names."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import total_ordering
from itertools import count
from typing import TYPE_CHECKING, Any

from tidemill.errors import PipelineError
from tidemill.pipeline.binding import arguments, names_in, results, streams
from tidemill.pipeline.preview import made_by
from tidemill.pipeline.signature import check_call, name_of, yields
from tidemill.pipeline.transcoding import base_names
from tidemill.pipeline.wiring import (
    bracketed,
    check_each,
    check_namespace,
    check_retries,
    check_wiring,
    check_word,
    in_list,
    marked,
    prefixes_of,
    renamed,
    tags_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from tidemill.pipeline.binding import Names
    from tidemill.pipeline.preview import PreviewPayload


def node(
    func: Callable[..., Any],
    inputs: Names,
    outputs: Names,
    *,
    name: str | None = None,
    tags: str | Iterable[str] | None = None,
    confirms: str | Collection[str] | None = None,
    namespace: str | None = None,
    each: str | None = None,
    retries: int | None = None,
    preview_fn: Callable[[], PreviewPayload] | None = None,
) -> Node:
    """Return a node: `node(clean, "raw", "clean")`, `node(split, ["cars", "params:share"], ["train", "test"])`.

    Args:
        func: What is called with the inputs' data. If it yields, each chunk is saved as it comes.
        inputs: A dataset's name, a list in the order of the arguments, a dict of argument -> name, or None.
        outputs: A dataset's name for the whole return value, a list or a dict that takes it apart, or None.
        name: Unique in its pipeline; left out, it is `func([inputs]) -> [outputs]`.
        tags: Words by which pipelines are filtered.
        confirms: Datasets that are confirmed once the node has run and its outputs are saved.
        namespace: Comes before the name, with a dot between.
        each: One of the inputs, a partitioned dataset: the function is called once for each of its partitions, with
            the partition's data, and what it makes is saved as the partition of that name of the outputs.
        retries: How often what fails of it is done again; left out, as often as the runner is told for all nodes.
        preview_fn: What `preview()` calls.

    Raises:
        PipelineError: The arguments do not make a node; the message says which and why.
    """
    return Node(
        func,
        inputs,
        outputs,
        name=name,
        tags=tags,
        confirms=confirms,
        namespace=namespace,
        each=each,
        retries=retries,
        preview_fn=preview_fn,
    )


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
        confirms: str | Collection[str] | None = None,
        namespace: str | None = None,
        each: str | None = None,
        retries: int | None = None,
        preview_fn: Callable[[], PreviewPayload] | None = None,
    ) -> None:
        self._func = func
        self._yields = yields(func)
        self._inputs = inputs.copy() if isinstance(inputs, (list, dict)) else inputs
        self._outputs = outputs.copy() if isinstance(outputs, (list, dict)) else outputs
        self._given_name = None if name == "" else name
        self._namespace = None if namespace == "" else namespace
        self._each = each
        self._retries = retries
        self._preview_fn = preview_fn
        try:
            self._tags = tags_in(tags)
            if self._given_name is not None:
                check_word("name", name)
            check_retries(retries)
            if preview_fn is not None and not callable(preview_fn):
                raise PipelineError(f"its 'preview_fn' is {preview_fn!r}, and must be a function.")
            self._wire(in_list(confirms))
            check_call(func, inputs, self._input_names)
        except PipelineError as exc:
            raise self._refused(exc) from None

    def _wire(self, confirms: Any) -> None:
        """Check the names of datasets and the namespace, and set what follows from them."""
        inputs, outputs = names_in(self._inputs, "inputs"), names_in(self._outputs, "outputs")
        self._input_names, self._output_names = inputs, outputs
        self._reads, self._writes = base_names(inputs), base_names(outputs)
        self._confirms = tuple(dict.fromkeys(names_in(confirms, "confirms")))
        if self._namespace is not None:
            check_namespace(self._namespace)
        check_wiring(self._reads, self._writes)
        check_each(self._each, inputs, yields=self._yields)
        short = self._wiring() if self._given_name is None else self._given_name
        self._name = short if self._namespace is None else f"{self._namespace}.{short}"
        self._key = (self._name, *marked(self._inputs, inputs), *marked(self._outputs, outputs), self._each or "")
        self._needs = frozenset(inputs)

    def _refused(self, exc: PipelineError) -> PipelineError:
        return PipelineError(f"Node {self._wiring() if self._given_name is None else repr(self._given_name)}: {exc}")

    @property
    def func(self) -> Callable[..., Any]:
        """The function."""
        return self._func

    @property
    def yields(self) -> bool:
        """Whether the function is written with `yield`: then it makes its outputs in chunks."""
        return self._yields

    @property
    def each(self) -> str | None:
        """The input for each of whose partitions the function is called, or None."""
        return self._each

    @property
    def retries(self) -> int | None:
        """How often what fails is done again; None leaves it to the runner."""
        return self._retries

    @property
    def name(self) -> str:
        """The name, the namespace included."""
        return self._name

    @property
    def short_name(self) -> str:
        """The name without the namespace; of a node that was given none, the function's name as words."""
        return name_of(self._func).replace("_", " ").title() if self._given_name is None else self._given_name

    @property
    def namespace(self) -> str | None:
        """What comes before the name, or None."""
        return self._namespace

    @property
    def namespace_prefixes(self) -> list[str]:
        """The namespaces that the node is in, outermost first."""
        return prefixes_of(self._namespace)

    @property
    def inputs(self) -> list[str]:
        """The names of the datasets that are loaded, in the order they were given."""
        return list(self._input_names)

    @property
    def outputs(self) -> list[str]:
        """The names of the datasets that are saved, in the order they were given."""
        return list(self._output_names)

    @property
    def reads(self) -> tuple[str, ...]:
        """The datasets behind `inputs`, transcoding left off."""
        return self._reads

    @property
    def writes(self) -> tuple[str, ...]:
        """The datasets behind `outputs`, transcoding left off."""
        return self._writes

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
        more = tags_in(tags)
        if more <= self._tags:
            return self
        tagged = copy.copy(self)
        tagged._tags |= more  # noqa: SLF001 - a Node, not yet given to anybody
        return tagged

    def rewired(self, rename: Callable[[str], str], namespace: str | None = None) -> Node:
        """Return this node with other datasets.

        Args:
            rename: Dataset name -> its new name, for inputs, outputs and what is confirmed.
            namespace: Comes before the node's own.

        Raises:
            PipelineError: With the new names it is no node.
        """
        again = copy.copy(self)
        again._rewire(rename, namespace)  # noqa: SLF001 - a Node, not yet given to anybody
        return again

    def _rewire(self, rename: Callable[[str], str], namespace: str | None) -> None:
        self._inputs, self._outputs = renamed(self._inputs, rename), renamed(self._outputs, rename)
        if self._each is not None:
            self._each = rename(self._each)
        if namespace is not None:
            self._namespace = namespace if self._namespace is None else f"{namespace}.{self._namespace}"
        try:
            self._wire([rename(name) for name in self._confirms])
        except PipelineError as exc:
            raise self._refused(exc) from None

    def run(self, inputs: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Call the function and return dataset name -> what it made; of one that yields, -> an iterator over it.

        Args:
            inputs: Dataset name -> data, for exactly the node's inputs.

        Raises:
            PipelineError: The inputs, or what the function returned, do not fit the node.
        """
        if self._yields:
            return streams(self._outputs, self.chunks(inputs))
        returned = self._called(inputs)
        try:
            return results(self._outputs, returned)
        except PipelineError as exc:
            raise PipelineError(f"Node '{self._name}': {exc}") from None

    def chunks(self, inputs: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Call the function and return dataset name -> what it made, once for each chunk that it yields.

        The function runs while the chunks are taken. One that does not yield makes one chunk.

        Args:
            inputs: Dataset name -> data, for exactly the node's inputs.

        Raises:
            PipelineError: The inputs, or a chunk, do not fit the node.
        """
        if not self._yields:
            return iter([self.run(inputs)])
        return self._bound(self._called(inputs))

    def preview(self) -> PreviewPayload | None:
        """Return what tools show of the node: what its `preview_fn` returns, or None if it has none.

        Raises:
            PipelineError: It returned no preview.
        """
        if self._preview_fn is None:
            return None
        try:
            return made_by(self._preview_fn)
        except PipelineError as exc:
            raise PipelineError(f"Node '{self._name}': {exc}") from None

    def __call__(self, **inputs: Any) -> dict[str, Any]:
        """Return `run(inputs)`."""
        return self.run(inputs)

    def _called(self, inputs: Mapping[str, Any] | None) -> Any:
        values = {} if inputs is None else inputs
        if not isinstance(values, Mapping):
            raise PipelineError(f"Node '{self._name}' takes a dictionary of dataset name -> data, not {values!r}.")
        if values.keys() != self._needs:
            raise PipelineError(
                f"Node '{self._name}' takes the inputs {sorted(self._needs)}, but got {sorted(values, key=str)}."
            )
        positional, named = arguments(self._inputs, values)
        return self._func(*positional, **named)

    def _bound(self, yielded: Iterator[Any]) -> Iterator[dict[str, Any]]:
        numbers = count(1)  # not by `enumerate`, which keeps hold of a chunk while the next one is made, as do we not
        for chunk in yielded:
            number = next(numbers)
            try:
                made = results(self._outputs, chunk)
            except PipelineError as exc:
                raise PipelineError(f"Node '{self._name}', chunk {number}: {exc}") from None
            del chunk
            yield made
            del made

    def _wiring(self) -> str:
        return f"{name_of(self._func)}({bracketed(self._inputs)}) -> {bracketed(self._outputs)}"

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, Node) else NotImplemented

    def __lt__(self, other: object) -> bool:
        return self._key < other._key if isinstance(other, Node) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key)

    def __str__(self) -> str:
        return self._name if self._given_name is None else f"{self._name}: {self._wiring()}"

    def __repr__(self) -> str:
        named = "" if self._name == self._wiring() else f", name={self._name!r}"
        per = "" if self._each is None else f", each={self._each!r}"
        return f"Node({name_of(self._func)}, {self._inputs!r}, {self._outputs!r}{named}{per})"
