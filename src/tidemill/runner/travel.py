"""What travels to other processes: what cannot, found before anything runs, and what comes back afterwards."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

from tidemill.io.memory import MemoryDataset
from tidemill.io.show import printed
from tidemill.pipeline.wiring import is_parameter
from tidemill.runner import exchange
from tidemill.runner.fanout import Gathered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.io.dataset import AbstractDataset
    from tidemill.pipeline.node import Node

_LONGEST_REASON = 200


def names_of(nodes: Iterable[Node]) -> list[str]:
    """Return every dataset that these nodes load, save or confirm."""
    return list(dict.fromkeys(name for node in nodes for name in (*node.inputs, *node.outputs, *node.confirms)))


def node_problems(nodes: Iterable[Node], dumps: Callable[[Any], object] = pickle.dumps) -> list[str]:
    """Return why nodes cannot be sent to a worker.

    Args:
        nodes: The nodes.
        dumps: What will pickle them.
    """
    together = list(nodes)
    if _reason(together, dumps) is None:
        return []
    problems = []
    for node in together:
        reason = _reason(node, dumps)
        if reason is not None:
            problems.append(
                f"Node '{node.name}' cannot be sent to another process: {reason} Give it a function that stands at "
                "the top level of a module, no lambda and none defined inside another."
            )
    return problems


def dataset_problems(
    nodes: Iterable[Node], catalog: DataCatalog, dumps: Callable[[Any], object] = pickle.dumps
) -> list[str]:
    """Return why datasets cannot be used from several processes."""
    together = list(nodes)
    written = {name for node in together for name in node.outputs}
    problems = []
    for name in names_of(together):
        if name in catalog and not isinstance(catalog[name], Gathered):
            why = _why_not(catalog[name], is_written=name in written, dumps=dumps)
            if why:
                problems.append(f"'{name}' ({type(catalog[name]).__name__}) {why}")
    return problems


def drop_unused(catalog: DataCatalog, nodes: Iterable[Node]) -> None:
    """Leave out of a run's catalog the datasets that hold data or connections, and that no node uses.

    Definitions stay, and so do parameters: hooks look at them.
    """
    used = set(names_of(nodes))
    for name in catalog:
        dataset = catalog._entries[name].dataset  # noqa: SLF001 - asking for it by name would make it
        if dataset is None or name in used:
            continue
        if not (is_parameter(name) and is_in_memory(dataset) and _reason(dataset, exchange.check) is None):
            del catalog[name]


def is_in_memory(dataset: AbstractDataset[Any, Any]) -> bool:
    """Tell whether it is the user's data in memory, which can be handed over and brought back."""
    return type(dataset) is MemoryDataset


def data_of(dataset: AbstractDataset[Any, Any]) -> Any:
    """Return the data of a MemoryDataset as it is: to load it would be to copy it."""
    return vars(dataset)["_data"]


def bring_back(users: Mapping[str, AbstractDataset[Any, Any]], catalog: DataCatalog) -> None:
    """Let the user's datasets hold what the run has left in their places.

    Args:
        users: Dataset name -> the one that was in the user's memory.
        catalog: The run's; the dataset that took its place there has `has_news` if a node has made it anew.
    """
    for name, dataset in users.items():
        place: Any = catalog[name]
        if place.has_news:
            dataset.save(place.load())
        elif not place.exists():
            dataset.release()


def _why_not(dataset: AbstractDataset[Any, Any], *, is_written: bool, dumps: Callable[[Any], object]) -> str | None:
    if dataset._SINGLE_PROCESS:
        return "can be used in one process only (`_SINGLE_PROCESS`). Use another kind of dataset, or a ThreadRunner."
    if is_in_memory(dataset):
        reason = _reason(data_of(dataset), exchange.check) if dataset.exists() else None
        return None if reason is None else f"holds data that cannot be sent to another process: {reason}"
    if dataset._EPHEMERAL and is_written:
        return (
            "keeps its data in the memory of one process (`_EPHEMERAL`), so what a worker saves would be lost. "
            "Leave it out of the catalog, or give it a place on disk."
        )
    if "memory" in _protocols(dataset):
        return (
            "is on `memory://`, which each process has for itself. Give it a place that all processes see, or use "
            "a ThreadRunner."
        )
    reason = _reason(dataset, dumps)
    return None if reason is None else f"cannot be sent to another process: {reason}"


def _protocols(dataset: AbstractDataset[Any, Any]) -> tuple[str, ...]:
    attributes: dict[str, Any] = vars(dataset)
    function = attributes.get("_glob_function") or attributes.get("_exists_function")
    found: Any = attributes.get("_protocol") or getattr(getattr(function, "fs", None), "protocol", ())
    return (found,) if isinstance(found, str) else tuple(found)


def _reason(value: Any, dumps: Callable[[Any], object]) -> str | None:
    try:
        dumps(value)
    except Exception as exc:  # noqa: BLE001 - told to the user, whatever it is
        return f"{type(exc).__name__}: {printed(exc)[:_LONGEST_REASON]}"
    return None
