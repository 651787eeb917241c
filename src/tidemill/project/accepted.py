"""Arguments for a class that the user may have written: those of what is known that it takes."""

from __future__ import annotations

import inspect
from typing import Any


def accepted(kind: type, known: dict[str, Any], *, either: tuple[str, str] | None = None) -> dict[str, Any]:
    """Return the arguments that a class takes by name.

    Args:
        kind: The class.
        known: Name -> value, of all that could be given.
        either: The newer and the older name of one argument: only one of them is given, the newer where both are taken.
    """
    parameters = inspect.signature(kind).parameters
    takes_all = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values())
    wanted = known if takes_all else {name: value for name, value in known.items() if name in parameters}
    if either is None:
        return wanted
    newer, older = either
    left_out = newer if older in parameters and newer not in parameters else older
    return {name: value for name, value in wanted.items() if name != left_out}
