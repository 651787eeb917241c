"""`import kedro...` resolves to Tidemill: `install()` here, or `python -m tidemill.compat script.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.compat.finder import install as install
    from tidemill.compat.finder import is_installed as is_installed
    from tidemill.compat.finder import uninstall as uninstall
    from tidemill.compat.projects import bootstrap as bootstrap

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "bootstrap": "tidemill.compat.projects",
        "install": "tidemill.compat.finder",
        "is_installed": "tidemill.compat.finder",
        "uninstall": "tidemill.compat.finder",
    },
)
