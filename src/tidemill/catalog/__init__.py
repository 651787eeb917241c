"""Names -> datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.catalog.catalog import DataCatalog as DataCatalog
    from tidemill.catalog.check import Problem as Problem

__getattr__, __dir__, __all__ = front_door(
    __name__, {"DataCatalog": "tidemill.catalog.catalog", "Problem": "tidemill.catalog.check"}
)
