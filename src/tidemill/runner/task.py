"""Task: what there is to do for a node: load its inputs, call it, save its outputs, confirm."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tidemill.io.memory import MemoryDataset
from tidemill.io.provenance import saving
from tidemill.pipeline.wiring import ALL_PARAMETERS, ONE_PARAMETER, is_parameter
from tidemill.runner import chunks, fanout, known
from tidemill.runner.failure import add_note, note, noted
from tidemill.runner.transfer import Transfer, again
from tidemill.runner.work import Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.hooks import NodeHooks
    from tidemill.pipeline.node import Node
    from tidemill.runner.work import Work


@dataclass
class Task:
    """Does any work of one run, wherever it is called. It pickles, and makes what it needs where it is."""

    nodes: Sequence[Node]
    catalog: DataCatalog
    run_id: str
    #: The datasets that only this run has.
    in_memory: frozenset[str] = frozenset()
    #: Those of them that are saved partition by partition.
    gathered: frozenset[str] = frozenset()
    hooks: NodeHooks | None = None
    is_async: bool = False
    retries: int | Mapping[str, int] = 0
    only_missing: bool = False
    #: Whether to report what loads fixed for the rest of the run.
    reports: bool = False
    began: str = ""
    #: What manifests say of the run besides: the state of the code, where an application knows it.
    origin: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        #: Entered while something is saved; it refuses where work goes on that nobody waits for any more.
        self.saving: contextlib.AbstractContextManager[Any] = _PLAIN
        self._transfer = Transfer(
            self.catalog, self.hooks, is_async=self.is_async, run_id=self.run_id, began=self.began
        )
        self._fan = fanout.Fan()

    def __call__(self, work: Work) -> Report | None:
        """Do a piece of work.

        Raises:
            Exception: What the function, a dataset or a hook raised, as it was, with a note that names the node.
        """
        node = self.nodes[work.position]
        if work.known:
            known.keep_to(self.catalog, work.known)
        if work.step == "node":
            self._run(node)
            parts: tuple[str, ...] = ()
        elif work.step == "plan":
            parts = self._plan(node)
        elif work.step == "part":
            self._run(node, work.part)
            parts = ()
        else:
            self._end(node)
            parts = ()
        learnt = known.learnt(self.catalog, (*node.inputs, *node.outputs)) if self.reports else None
        return Report(parts, learnt) if parts or learnt else None

    def retries_of(self, node: Node) -> int:
        """Return how often what fails of a node is done again: as told for it by name, by itself, or for all."""
        if isinstance(self.retries, int):
            return self.retries if node.retries is None else node.retries
        return self.retries.get(node.name, node.retries or 0)

    def end(self) -> None:
        """Let go of what was made to do the work here."""
        self._transfer.end()

    # The steps.

    def _run(self, node: Node, part: str | None = None) -> None:
        """Run a node, or of one that runs for each partition, run one."""
        retries = self.retries_of(node)
        doing = "loading the inputs of"
        try:
            values = self._load(node, part, retries)
            with self._recorded(node):
                doing = "running"
                if node.yields:
                    chunks.save(node, self._chunks(node, values), self._save, self.in_memory)
                else:
                    made = self._call(node, values, part, retries)
                    del values  # what only the function needed does not have to outlive it
                    self._save(node, made, part)
            if part is None:
                doing = "confirming for"
                self._confirm(node)
        except (Exception, SystemExit) as error:
            note(error, node, doing, part)
            raise

    def _plan(self, node: Node) -> tuple[str, ...]:
        """Return the partitions for which a node is to run."""
        try:
            partitions = self._fan.partitions(node, self._transfer)
            for name in node.outputs:
                if name in self.gathered:
                    self.catalog.save(name, {})  # there may be no partition at all
            return fanout.todo(node, partitions, self.catalog, self.in_memory, only_missing=self.only_missing)
        except (Exception, SystemExit) as error:
            note(error, node, "finding the partitions for")
            raise

    def _end(self, node: Node) -> None:
        """End a node all of whose partitions are done."""
        self._fan.forget(node)
        try:
            fanout.finish(node, self.catalog)
            self._confirm(node)
        except (Exception, SystemExit) as error:
            note(error, node, "confirming for")
            raise

    # What they consist of.

    def _load(self, node: Node, part: str | None, retries: int) -> dict[str, Any]:
        if part is None or node.each is None:
            return self._transfer.load(node, node.inputs, retries)
        partitions = self._fan.partitions(node, self._transfer)
        values = self._transfer.load(node, [name for name in node.inputs if name != node.each], retries)
        values[node.each] = again(lambda: fanout.value(partitions, part, own=bool(retries)), retries, node)
        return values

    def _call(self, node: Node, values: dict[str, Any], part: str | None, retries: int) -> dict[str, Any]:
        if not retries:
            return node.run(values) if self.hooks is None else self._call_hooked(node, values, part)
        given = [values]

        def call() -> dict[str, Any]:
            # Loaded anew: the function that failed may have changed what it was given.
            inputs = given.pop() if given else self._load(node, part, retries)
            return self._call_hooked(node, inputs, part)

        return again(call, retries, node)

    def _call_hooked(self, node: Node, values: dict[str, Any], part: str | None) -> dict[str, Any]:
        with self._hooked(node, values, part) as given:
            made = node.run(given)
        if self.hooks is not None and self.hooks.after_node_run is not None:
            self.hooks.after_node_run(outputs=made, **self._about(node, given))
        return made

    def _chunks(self, node: Node, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield what a generator node makes, chunk by chunk; the hook after it runs once, after all of them."""
        if self.hooks is None:
            yield from node.chunks(values)
            return
        with self._hooked(node, values) as given:
            yield from node.chunks(given)
        if self.hooks.after_node_run is not None:
            self.hooks.after_node_run(outputs={}, **self._about(node, given))

    @contextlib.contextmanager
    def _hooked(self, node: Node, values: dict[str, Any], part: str | None = None) -> Iterator[dict[str, Any]]:
        """Call the hooks before a node runs, and when it fails."""
        hooks = self.hooks
        about = self._about(node, values)
        if hooks is not None and hooks.before_node_run is not None:
            for replaced in hooks.before_node_run(**about):
                if not isinstance(replaced, Mapping):
                    raise TypeError(
                        f"A `before_node_run` hook returned a {type(replaced).__name__}; it returns None, or a "
                        "dictionary of input name -> data."
                    )
                values = {**values, **replaced}
        try:
            yield values
        except (Exception, SystemExit) as error:
            failed = noted(error, node, "running", part)
            if hooks is not None and hooks.on_node_error is not None:
                try:
                    hooks.on_node_error(error=failed, **self._about(node, values))
                except Exception as another:  # noqa: BLE001 - must not hide what is being told
                    add_note(failed, f"The hook `on_node_error` raised too: {type(another).__name__}: {another}")
            if failed is error:
                raise
            raise failed from error

    def _about(self, node: Node, inputs: dict[str, Any]) -> dict[str, Any]:
        return {
            "node": node,
            "catalog": self.catalog,
            "inputs": inputs,
            "is_async": self.is_async,
            "run_id": self.run_id,
            "session_id": self.run_id,
        }

    def _save(self, node: Node, made: Mapping[str, Any], part: str | None = None) -> None:
        pieces = made if part is None else {name: {part: data} for name, data in made.items()}
        try:
            with self.saving:
                self._transfer.save(node, pieces, self.retries_of(node))
        except (Exception, SystemExit) as error:
            note(error, node, "saving the outputs of", part)
            raise

    def _confirm(self, node: Node) -> None:
        for name in node.confirms:
            self.catalog.confirm(name)

    def _recorded(self, node: Node) -> contextlib.AbstractContextManager[None]:
        """Return the block in which what is saved knows where it comes from; where all stays in memory, a plain one."""
        if all(name in self.in_memory or type(self.catalog[name]) is MemoryDataset for name in node.outputs):
            return _PLAIN
        versions = {name: self.catalog[name].fingerprint() for name in node.inputs if not is_parameter(name)}
        run = {**self.origin, "id": self.run_id, "node": node.name}
        return saving(run=run, inputs=versions, parameters=self._parameters(node))

    def _parameters(self, node: Node) -> dict[str, Any]:
        """Return the parameters that the node is given, a copy: the function may change its own."""
        found: dict[str, Any] = {}
        for name in filter(is_parameter, node.inputs):
            value = self.catalog.load(name)
            is_all = name == ALL_PARAMETERS and isinstance(value, dict)
            found.update(value if is_all else {name.removeprefix(ONE_PARAMETER): value})
        return found

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in vars(self).items() if key not in {"_transfer", "_fan", "saving"}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.__post_init__()


_PLAIN: contextlib.AbstractContextManager[None] = contextlib.nullcontext()
