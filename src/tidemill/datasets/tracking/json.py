"""tracking.JSONDataset."""

from __future__ import annotations

from tidemill.datasets.json import JSONDataset as PlainJSONDataset


class JSONDataset(PlainJSONDataset):
    """What is kept of each run, as JSON: versioned without being asked to."""

    versioned = True
