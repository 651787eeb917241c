"""What `%load_ext tidemill.ipython` does, and undoes."""

from __future__ import annotations

import sys
from typing import Any

from tidemill.errors import TidemillError
from tidemill.ipython.completion import matcher
from tidemill.ipython.magics import magics
from tidemill.ipython.reloading import open_if_there

_MATCHER = "_tidemill_matcher"


def load_ipython_extension(ipython: Any) -> None:
    """Add the magics, the completion and short errors; open the project that one is in."""
    for name, magic in magics(ipython).items():
        ipython.register_magic_function(magic, magic_kind="line", magic_name=name)
    if getattr(ipython, _MATCHER, None) is None and ipython.Completer is not None:
        completing = matcher(ipython)
        ipython.Completer.custom_matchers.append(completing)
        setattr(ipython, _MATCHER, completing)
    ipython.set_custom_exc((TidemillError,), _shortly)
    open_if_there(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """Take the magics, the completion and the short errors away; the variables stay."""
    for name in magics(ipython):
        ipython.magics_manager.magics["line"].pop(name, None)
    completing = getattr(ipython, _MATCHER, None)
    if completing is not None:
        ipython.Completer.custom_matchers.remove(completing)
        setattr(ipython, _MATCHER, None)
    ipython.set_custom_exc((), None)


def _shortly(shell: Any, kind: type[BaseException], value: BaseException, traceback: Any, tb_offset: Any = None) -> Any:
    """Show an error of ours without its traceback, which `%tb` shows."""
    del tb_offset
    sys.last_type, sys.last_value, sys.last_traceback = kind, value, traceback
    shown = [f"{kind.__name__}: {value}", "(%tb shows the whole traceback.)"]
    shell._showtraceback(kind, value, shown)  # noqa: SLF001 - what every kind of IPython shows its own errors with
    return shown
