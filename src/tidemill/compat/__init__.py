"""`import kedro...` resolves to Tidemill: `install()` here, or `python -m tidemill.compat script.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.compat.finder import install as install
    from tidemill.compat.finder import uninstall as uninstall

__getattr__, __dir__, __all__ = front_door(
    __name__, {"install": "tidemill.compat.finder", "uninstall": "tidemill.compat.finder"}
)
