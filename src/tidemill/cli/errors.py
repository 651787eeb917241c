"""Errors as the command line tells them: what, where, the user's own line, the way out; all of it in a file."""

from __future__ import annotations

import os
import sys
import time
import traceback
from typing import TYPE_CHECKING, Any

import click

from tidemill.errors import RunError, TidemillError

if TYPE_CHECKING:
    from pathlib import Path

    from tidemill.cli.invocation import Invocation

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
_MOST_LINES, _MOST_OF_ONE, _LONGEST = 9, 5, 400
_FILE = "last_error.txt"


class CommandError(click.ClickException):
    """What a command cannot do, in words for the user: it is told as it is, without a traceback."""


def tell(error: BaseException, invocation: Invocation) -> int:
    """Tell an error on standard error, keep the whole of it in a file, and return the exit code."""
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        click.echo(" ".join(["Stopped.", *(_after(error, invocation)[:-1])]), err=True)
        click.echo("".join(f"{line}\n" for line in _after(error, invocation)[-1:]), err=True, nl=False)
        return INTERRUPTED
    if invocation.traceback and not isinstance(error, click.UsageError):
        traceback.print_exception(type(error), error, error.__traceback__)
        return error.exit_code if isinstance(error, click.ClickException) else FAILED
    if type(error).__name__ == "NoArgsIsHelpError":  # of click 8.2: a group without a command shows its help
        click.echo(str(error), err=True)
        return MISUSED
    if isinstance(error, click.UsageError):
        click.echo(f"Error: {_usage(error)}", err=True)
        if error.ctx is not None:
            click.echo(f"See `{error.ctx.command_path} --help`.", err=True)
        return MISUSED
    if isinstance(error, click.ClickException):
        click.echo(f"Error: {error.format_message()}", err=True)
        return error.exit_code
    from tidemill.runner.failure import ADVICE

    lines = [line for line in described(error) if not line.startswith(ADVICE)] + _after(error, invocation)
    click.echo("\n".join([f"Error: {lines[0]}", *lines[1:]]), err=True)
    kept = keep(error, invocation)
    if kept is not None:
        click.echo(f"The whole traceback: {kept}", err=True)
    else:
        click.echo("The whole traceback: the same command with --traceback.", err=True)
    return FAILED


def _after(error: BaseException, invocation: Invocation) -> list[str]:
    """Return how to go on."""
    return _advice(error) if invocation.after is None else invocation.after


def described(error: BaseException) -> list[str]:
    """Return what there is to say of an error, without a traceback, in a few lines."""
    from tidemill.io.show import printed
    from tidemill.runner.failure import failure_of, told, user_line

    failure = failure_of(error)
    if failure is not None:
        message = [line for line in printed(error).splitlines() if line.strip()][:_MOST_OF_ONE]
        told_of = [f"{type(error).__name__}: {message[0]}" if message else type(error).__name__, *message[1:]]
        place = [] if failure.place is None else [f"  {_relative(str(failure.place))}"]
        return _short([told(error).splitlines()[0], *(f"  {line.strip()}" for line in told_of), *place])
    text = printed(error)
    lines = [line for line in text.splitlines() if line.strip()] or [type(error).__name__]
    if not isinstance(error, TidemillError):
        lines[0] = f"{type(error).__name__}: {lines[0]}" if text.strip() else type(error).__name__
    where: Any = user_line(error)
    if isinstance(error, SyntaxError) and error.filename:
        lines = [f"{type(error).__name__}: {error.msg}"]
        where = f"{_relative(error.filename)}:{error.lineno}: {(error.text or '').strip()}"
    if isinstance(error, RunError):  # it has the lines of all that failed
        lines, where = [line.replace(_here(), "") for line in lines], None
    lines = _short(lines)
    if where is not None and (isinstance(where, str) or os.path.exists(where.file)):  # not what was compiled
        lines.append(f"  {_relative(str(where))}"[:_LONGEST])
    if isinstance(error, ModuleNotFoundError) and error.name and not isinstance(error, TidemillError):
        lines.append(f"Install what has it, such as `pip install {error.name.partition('.')[0]}`, or correct the name.")
    if isinstance(error, PermissionError):
        lines.append("This user may not do that there: change the permissions, or name another place.")
    return lines


def keep(error: BaseException, invocation: Invocation) -> str | None:
    """Write the whole traceback to a file, and return its path as the user would type it; None if it cannot be."""
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    for folder in _folders(invocation):
        path = folder / _FILE
        try:
            make_own_folder(folder)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  Python {sys.version.split()[0]}\n\n{text}")
        except OSError:
            continue  # read-only, full: the next place
        return _relative(str(path))
    return None


def make_own_folder(folder: Path) -> None:
    """Make a folder of ours, which git leaves alone."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        (folder / ".gitignore").write_text("*\n", encoding="ascii")


def format_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
) -> str:
    """Return a warning in one line of its own, with the place where it was given, if that is the user's."""
    del line
    kind = "" if category is UserWarning else f"{category.__name__}: "
    ours = os.path.dirname(os.path.dirname(__file__)) + os.sep
    is_users = f"{os.sep}site-packages{os.sep}" not in filename and not filename.startswith((ours, "<", sys.argv[0]))
    place = f" ({_relative(filename)}:{lineno})" if is_users else ""
    return f"Warning: {kind}{message}{place}\n"


def _folders(invocation: Invocation) -> list[Path]:
    from pathlib import Path

    try:
        project = invocation.find_project()
    except (TidemillError, OSError):
        project = None
    folders = [] if project is None else [project.project_path / ".tidemill"]
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # a container's user without a home
        return folders
    return [*folders, cache / "tidemill"]


def _usage(error: click.UsageError) -> str:
    from tidemill.names import did_you_mean

    if isinstance(error, click.NoSuchOption):
        known = [name for each in error.ctx.command.params for name in each.opts] if error.ctx is not None else []
        return f"There is no option '{error.option_name}'{did_you_mean(error.option_name, known) or '.'}"
    return error.format_message()


def _advice(error: BaseException) -> list[str]:
    from tidemill.runner.failure import ADVICE

    following: BaseException | None = error
    while following is not None:
        found = [each for each in getattr(following, "__notes__", []) if each.startswith(ADVICE)]
        if found:
            return found[-1:]
        following = following.__cause__ or following.__context__
    return []


def _short(lines: list[str]) -> list[str]:
    cut = [line if len(line) <= _LONGEST else f"{line[:_LONGEST]} ..." for line in lines[:_MOST_LINES]]
    return cut if len(lines) <= _MOST_LINES else [*cut[:-1], f"  and {len(lines) - _MOST_LINES + 1} more lines"]


def _relative(path: str) -> str:
    """Return a path below the working directory as the user would type it."""
    return path.removeprefix(_here())


def _here() -> str:
    try:
        return os.getcwd() + os.sep
    except FileNotFoundError:  # somebody has removed the folder
        return ""
