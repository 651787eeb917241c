"""IPython and Jupyter: `%load_ext tidemill.ipython` gives `catalog`, `context`, `session`, `pipelines`, and magics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.names import front_door

if TYPE_CHECKING:
    from tidemill.ipython.extension import load_ipython_extension as load_ipython_extension
    from tidemill.ipython.extension import unload_ipython_extension as unload_ipython_extension
    from tidemill.ipython.reloading import reload_kedro as reload_kedro
    from tidemill.ipython.reloading import reload_tidemill as reload_tidemill

__getattr__, __dir__, __all__ = front_door(
    __name__,
    {
        "load_ipython_extension": "tidemill.ipython.extension",
        "reload_kedro": "tidemill.ipython.reloading",
        "reload_tidemill": "tidemill.ipython.reloading",
        "unload_ipython_extension": "tidemill.ipython.extension",
    },
)
