"""History: what runs there were in a project, and how long their nodes took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.history.records import NodeRecord as NodeRecord
    from tidemill.history.records import RunRecord as RunRecord
    from tidemill.history.store import History as History

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "History": "tidemill.history.store",
        "NodeRecord": "tidemill.history.records",
        "RunRecord": "tidemill.history.records",
    },
)
