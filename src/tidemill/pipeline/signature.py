"""Functions: their names, and whether a node can call them with its inputs."""

from __future__ import annotations

from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING, Any

from tidemill.errors import PipelineError
from tidemill.pipeline.binding import arguments, names_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from tidemill.pipeline.binding import Names


def name_of(func: Any) -> str:
    """Return a function's name: of what a partial wraps, of the class of an object that can be called."""
    func = _unwrapped(func)
    return str(getattr(func, "__name__", None) or type(func).__name__)


def check_call(func: Any, names: Names) -> None:
    """Refuse what is no function, does not return once, or could not be called with these inputs.

    Raises:
        PipelineError: The message says what does not fit.
    """
    if not callable(func):
        raise PipelineError(f"its first argument is {func!r}, and must be a function.")
    _check_kind(func)
    if not _fits_plainly(func, names):
        _check_signature(func, names)


def _unwrapped(func: Any) -> Any:
    while isinstance(func, partial):
        func = func.func
    return func


def _check_kind(func: Callable[..., Any]) -> None:
    import inspect

    flags = getattr(getattr(_unwrapped(func), "__code__", None), "co_flags", 0)
    if flags & (inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR):
        raise PipelineError("its function yields. Let it return what it makes, as a list or as a dict of partitions.")
    if flags & inspect.CO_COROUTINE:
        raise PipelineError("its function is `async`. Give one that calls it through `asyncio.run`.")


def _fits_plainly(func: Callable[..., Any], names: Names) -> bool:
    """Tell at a glance, which is 20 times faster than asking for a signature, whether the number of arguments fits."""
    if type(func) is not FunctionType or isinstance(names, dict):
        return False
    code = func.__code__
    count = code.co_argcount
    return (
        not code.co_kwonlyargcount and count - len(func.__defaults__ or ()) <= len(names_in(names, "inputs")) <= count
    )


def _check_signature(func: Callable[..., Any], names: Names) -> None:
    import inspect

    try:
        # Of what is really called: a decorator may take other arguments than the function it wraps.
        signature = inspect.signature(func, follow_wrapped=False)
    except (TypeError, ValueError):
        return  # some builtins do not tell
    positional, named = arguments(names, dict.fromkeys(names_in(names, "inputs")))
    try:
        signature.bind(*positional, **named)
    except TypeError as exc:
        raise PipelineError(f"the function takes {signature}, and the inputs are {names!r}: {exc}.") from None
