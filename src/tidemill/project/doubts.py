"""Before the first node starts: what may be meant so, and is more likely a mistake. It is told, and the run goes on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tidemill.io.cached import uncached
from tidemill.io.incremental import IncrementalDataset
from tidemill.io.secrets.redaction import mask_url
from tidemill.io.show import listed
from tidemill.io.versioned import AbstractVersionedDataset
from tidemill.pipeline.transcoding import base_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidemill.catalog.catalog import DataCatalog
    from tidemill.pipeline.pipeline import Pipeline


def doubts(pipeline: Pipeline, catalog: DataCatalog) -> Iterator[str]:
    """Yield what to tell of a pipeline whose datasets can all be made."""
    yield from _shared_paths(pipeline, catalog)
    yield from _folders_that_are_not_there(pipeline, catalog)


def _shared_paths(pipeline: Pipeline, catalog: DataCatalog) -> Iterator[str]:
    """Find files that the run writes for more than one dataset; transcoded names are one dataset."""
    owners: dict[tuple[str, str], list[str]] = {}
    for name in sorted(pipeline.all_outputs()):
        dataset = uncached(catalog.get(name))
        place = vars(dataset) if isinstance(dataset, AbstractVersionedDataset) else {}
        if place.get("_filepath") is not None:
            owners.setdefault((str(place.get("_protocol")), str(place["_filepath"])), []).append(name)
    for (_, path), names in owners.items():
        if len(set(map(base_name, names))) > 1:
            yield f"{listed(names)} share the path {mask_url(path)}: a save that writes all of it replaces the other's."


def _folders_that_are_not_there(pipeline: Pipeline, catalog: DataCatalog) -> Iterator[str]:
    """Find increments of nothing: where there is no folder, nothing is new, and nothing is read."""
    for name in sorted(pipeline.inputs()):
        dataset = uncached(catalog.get(name))
        if isinstance(dataset, IncrementalDataset) and vars(dataset).get("_protocol") == "file":
            path = str(vars(dataset)["_path"])
            if not os.path.isdir(path):
                yield f"'{name}': there is no folder {path}, so nothing of it is read. Make it, or correct the path."
