"""The datasets of one node: loaded and saved with hooks around, one after the other or at once, again if need be."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from tidemill.errors import VersionAlreadyExistsError
from tidemill.io.cached import uncached
from tidemill.io.show import printed
from tidemill.io.versioned import AbstractVersionedDataset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.hooks import NodeHooks
    from tidemill.pipeline.node import Node
    from tidemill.runner.threads import Crew

_LOG = logging.getLogger(__name__)
_THREADS, _GRACE = 16, 0.5
Result = TypeVar("Result")


class Transfer:
    """Loads and saves for the nodes of one run, in one process."""

    def __init__(
        self, catalog: DataCatalog, hooks: NodeHooks | None, *, is_async: bool, run_id: str, began: str
    ) -> None:
        """Set how.

        Args:
            catalog: Where the datasets are.
            hooks: What is called around each load and save, or None.
            is_async: Whether the datasets of one node are loaded, and saved, at once, in threads.
            run_id: Names the run.
            began: When it began, as manifests write it.
        """
        self._catalog, self._hooks = catalog, hooks
        self._run_id, self._began = run_id, began
        self._is_async = is_async
        self._threads: Crew | None = None
        self._lock = threading.Lock()

    def load(self, node: Node, names: Iterable[str], retries: int = 0) -> dict[str, Any]:
        """Return dataset name -> data."""
        if self._hooks is None and not retries and not self._is_async:
            load = self._catalog.load
            return {name: load(name) for name in dict.fromkeys(names)}
        wanted = list(dict.fromkeys(names))
        loaded = self._each(lambda name: again(lambda: self._load(node, name), retries, node), wanted)
        return dict(zip(wanted, loaded, strict=True))

    def save(self, node: Node, made: Mapping[str, Any], retries: int = 0) -> None:
        """Save dataset name -> data."""
        if self._hooks is None and not retries and not self._is_async:
            for name, data in made.items():
                self._keep(node, name, data)
            return
        self._each(lambda item: again(lambda: self._save(node, *item), retries, node), list(made.items()))

    def end(self) -> None:
        """Let go of the threads; what they are saving may come to its end."""
        if self._threads is not None:
            self._threads.dismiss(_GRACE)

    def _load(self, node: Node, name: str) -> Any:
        hooks = self._hooks
        if hooks is not None and hooks.before_load is not None:
            hooks.before_load(dataset_name=name, node=node)
        data = self._catalog.load(name)
        if hooks is not None and hooks.after_load is not None:
            hooks.after_load(dataset_name=name, data=data, node=node)
        return data

    def _save(self, node: Node, name: str, data: Any) -> None:
        hooks = self._hooks
        if hooks is not None and hooks.before_save is not None:
            hooks.before_save(dataset_name=name, data=data, node=node)
        self._keep(node, name, data)
        if hooks is not None and hooks.after_save is not None:
            hooks.after_save(dataset_name=name, data=data, node=node)

    def _keep(self, node: Node, name: str, data: Any) -> None:
        try:
            self._catalog.save(name, data)
        except VersionAlreadyExistsError:
            if not self._is_own(node, name):
                raise

    def _is_own(self, node: Node, name: str) -> bool:
        """Tell whether the version that is there was saved by this node in this run, before its worker was lost."""
        dataset = uncached(self._catalog[name])
        if not isinstance(dataset, AbstractVersionedDataset):
            return False
        version = dataset.resolve_save_version()
        manifest = dataset.manifest(version) if version else None
        if manifest is None or manifest.saved_at < self._began:  # another run may have had the same name
            return False
        return manifest.run.get("id") == self._run_id and manifest.run.get("node") == node.name

    def _each(self, function: Callable[[Any], Any], items: list[Any]) -> list[Any]:
        if not self._is_async or len(items) < 2:
            return [function(item) for item in items]
        with self._lock:
            if self._threads is None:
                from tidemill.runner.threads import Crew

                self._threads = Crew(_THREADS, "tidemill-io")
        return self._threads.map(function, items)


def again(step: Callable[[], Result], retries: int, node: Node) -> Result:
    """Do one step of a node, and when it fails do it again, as often as it may be."""
    for left in range(retries, 0, -1):
        try:
            return step()
        except Exception as exc:  # noqa: BLE001 - told, and the last one is raised
            _LOG.warning(
                "Node '%s': %s: %s. Trying again; %d left.", node.name, type(exc).__name__, printed(exc)[:200], left - 1
            )
    return step()
