"""One node of a run: load its inputs, call it, save its outputs, confirm."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tidemill.io.memory import MemoryDataset
from tidemill.io.provenance import saving

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.pipeline.node import Node

_LOG = logging.getLogger(__name__)
_ALL, _ONE = "parameters", "params:"


@dataclass(frozen=True)
class Task:
    """Runs any node of one run, wherever it is called with the node's position."""

    nodes: Sequence[Node]
    catalog: DataCatalog
    run_id: str

    def __call__(self, position: int) -> None:
        """Run a node.

        Raises:
            Exception: What the function or a dataset raised, as it was, with a note that names the node.
        """
        node = self.nodes[position]
        doing = "loading the inputs of"
        try:
            values = {name: self.catalog.load(name) for name in dict.fromkeys(node.inputs)}
            versions = self._versions(node)
            doing = "running"
            made = node.run(values)
            del values  # what only the function needed does not have to outlive it
            doing = "saving the outputs of"
            if versions is None:
                self._save(made)
            else:
                run = {"id": self.run_id, "node": node.name}
                with saving(run=run, inputs=versions, parameters=self._parameters(node)):
                    self._save(made)
            doing = "confirming for"
            for name in node.confirms:
                self.catalog.confirm(name)
        except Exception as error:
            _add_note(error, f"While {doing} node '{node}'.")
            raise

    def _save(self, made: Mapping[str, Any]) -> None:
        for name, data in made.items():
            self.catalog.save(name, data)

    def _versions(self, node: Node) -> dict[str, str | None] | None:
        """Return what identifies the data that was loaded, or None where nobody records it: all outputs in memory."""
        if all(type(self.catalog[name]) is MemoryDataset for name in node.outputs):
            return None
        return {name: self.catalog[name].fingerprint() for name in node.inputs if not _is_parameter(name)}

    def _parameters(self, node: Node) -> dict[str, Any]:
        """Return the parameters the node was given, loaded once more: the function may have changed its own copy."""
        found: dict[str, Any] = {}
        for name in filter(_is_parameter, node.inputs):
            value = self.catalog.load(name)
            found.update(value if name == _ALL and isinstance(value, dict) else {name.removeprefix(_ONE): value})
        return found


def _is_parameter(name: str) -> bool:
    return name == _ALL or name.startswith(_ONE)


def _add_note(error: Exception, note: str) -> None:
    if sys.version_info >= (3, 11):
        error.add_note(note)
    else:  # tracebacks show no notes yet
        _LOG.error("%s", note)
        vars(error)["__notes__"] = [*getattr(error, "__notes__", []), note]
