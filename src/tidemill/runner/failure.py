"""What failed where: noted on the exception where it happens, told in a few lines where it is shown."""

from __future__ import annotations

import functools
import logging
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from tidemill.errors import PipelineError, RunError
from tidemill.io.show import printed

if TYPE_CHECKING:
    from tidemill.pipeline.node import Node

_LOG = logging.getLogger(__name__)
_KEY = "_tidemill_failure"
_LONG, _SHOWN, _MOST = 160, 5, 20
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


class Place(NamedTuple):
    """A line of code."""

    file: str
    line: int
    function: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} in {self.function}" + (f": {self.text}" if self.text else "")


class Failure(NamedTuple):
    """What a node was doing when it failed, and the user's own line that was running. It pickles."""

    node: str
    doing: str
    part: str | None = None
    place: Place | None = None

    def __str__(self) -> str:
        part = "" if self.part is None else f", partition '{self.part}'"
        return f"While {self.doing} node '{self.node}'{part}."


def noted(error: BaseException, node: Node, doing: str, part: str | None = None) -> BaseException:
    """Note on an exception, once, which node was doing what; in its `__dict__`, so that it goes where it goes.

    Returns:
        The exception; in the place of `SystemExit`, which would end a program, or a worker, and say nothing, another.
    """
    failed = error
    if isinstance(error, SystemExit):
        failed = PipelineError(f"Node '{node.name}' called `sys.exit({error.code!r})`. Raise an exception instead.")
    if _KEY not in vars(failed):
        vars(failed)[_KEY] = Failure(node.name, doing, part, user_line(error))
        add_note(failed, str(Failure(str(node), doing, part)))
    return failed


def note(error: BaseException, node: Node, doing: str, part: str | None = None) -> None:
    """Note the same on an exception that is about to be raised again.

    Raises:
        PipelineError: In the place of `SystemExit`.
    """
    failed = noted(error, node, doing, part)
    if failed is not error:
        raise failed from error


def failure_of(error: BaseException | None) -> Failure | None:
    """Return what was noted on an exception, or None."""
    found = None if error is None else vars(error).get(_KEY)
    return found if isinstance(found, Failure) else None


def add_note(error: BaseException, text: str) -> None:
    """Add a line that tracebacks show below the exception."""
    if sys.version_info >= (3, 11):
        error.add_note(text)
    else:  # tracebacks show no notes yet
        _LOG.error("%s", text)
        vars(error)["__notes__"] = [*getattr(error, "__notes__", []), text]


def user_line(error: BaseException) -> Place | None:
    """Return the innermost line of code that belongs neither to Tidemill nor to an installed library, or None."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        found = _innermost(following)
        if found is not None:
            return found
        following = following.__cause__ or following.__context__
    return None


def told(error: BaseException) -> str:
    """Return a few lines, five at most for one failure: what failed, where, on which line of the user, and what next.

    Args:
        error: What `run` raised.
    """
    if isinstance(error, RunError):
        return str(error)
    failure = failure_of(error)
    advice = [each for each in getattr(error, "__notes__", []) if each.startswith(ADVICE)][-1:]
    message = [line for line in printed(error).splitlines() if line.strip()]
    what = f"{type(error).__name__}: {message[0]}" if message else type(error).__name__
    if failure is None:
        return "\n".join([what, *message[1:], *advice])
    part = "" if failure.part is None else f", partition '{failure.part}'"
    lines = [f"Node '{failure.node}'{part} failed while {_doing(failure)}."]
    lines.append(f"  {what[:_LONG]}")
    if len(message) > 1:
        lines.append(f"  {message[1].strip()[:_LONG]}")
    if failure.place is not None:
        lines.append(f"  {failure.place}"[: _LONG * 2])
    return "\n".join([*lines, *advice])


#: How the note begins that says how to go on.
ADVICE = "To go on from here: "


def together(failures: dict[str, BaseException], skipped: tuple[str, ...], done: int, advice: str | None) -> str:
    """Return the message about a run that went on after failures."""
    lines = [f"{len(failures)} failed, {len(skipped)} could not run, {done} done."]
    for name, error in list(failures.items())[:_MOST]:
        failure = failure_of(error)
        what = printed(error).strip().splitlines()
        lines.append(f"  {name}: {type(error).__name__}{': ' + what[0][:_LONG] if what else ''}")
        if failure is not None and failure.place is not None:
            lines.append(f"    {failure.place}")
    if len(failures) > _MOST:
        lines.append(f"  and {len(failures) - _MOST} more")
    if skipped:
        more = f" and {len(skipped) - _SHOWN} more" if len(skipped) > _SHOWN else ""
        lines.append(f"  Could not run: {', '.join(map(repr, skipped[:_SHOWN]))}{more}.")
    return "\n".join([*lines, *([advice] if advice else [])])


def _doing(failure: Failure) -> str:
    return {"running": "running", "confirming for": "confirming"}.get(failure.doing, failure.doing.removesuffix(" of"))


def _innermost(error: BaseException) -> Place | None:
    found = None
    following = error.__traceback__
    while following is not None:
        code = following.tb_frame.f_code
        if _is_users(code.co_filename):
            found = code, following.tb_lineno
        following = following.tb_next
    if found is None:
        return None
    import linecache

    code, line = found
    return Place(code.co_filename, line, code.co_name, linecache.getline(code.co_filename, line).strip())


def _is_users(file: str) -> bool:
    return not file.startswith((_OURS, "<frozen", *_libraries())) and f"{os.sep}site-packages{os.sep}" not in file


@functools.cache
def _libraries() -> tuple[str, ...]:
    """Return where Python's own modules and those of others are."""
    import sysconfig  # only when something failed

    return tuple({sysconfig.get_path(each) + os.sep for each in ("stdlib", "platstdlib", "purelib", "platlib")})
