"""`%reload_tidemill`, `%reload_kedro` and `%load_node`."""

from __future__ import annotations

import argparse
import shlex
from typing import TYPE_CHECKING, Any, NoReturn

from tidemill.errors import TidemillError
from tidemill.ipython.node_code import code_of
from tidemill.ipython.reloading import parameters, reload_tidemill

if TYPE_CHECKING:
    from collections.abc import Callable

_RELOAD_USAGE = "%reload_tidemill [folder] [--env NAME] [--params NAME=VALUE,...] [--conf-source FOLDER]"


class MagicError(TidemillError):
    """A magic was called as it cannot be."""


class _Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise MagicError(f"{message}.\nWrite {_RELOAD_USAGE}")


def magics(shell: Any) -> dict[str, Callable[[str], None]]:
    """Return the line magics, by their names, for this IPython."""

    def reload(line: str) -> None:
        """Open a project, its code and configuration read anew.

        %reload_tidemill [folder] [--env NAME] [--params a=1,b.c=2] [--conf-source FOLDER]
        """
        given = _reload_parser().parse_args(_words(line))
        try:
            params = parameters(given.params)
        except ValueError as exc:
            raise MagicError(f"--params: {exc}\nWrite {_RELOAD_USAGE}") from None
        reload_tidemill(given.path, given.env, params, conf_source=given.conf_source)

    def load_node(line: str) -> None:
        """Write a node into the next cell, where it can be looked into: `%load_node NAME`."""
        name = line.strip().strip("'\"")
        if not name:
            raise MagicError("%load_node needs the name of a node.\nWrite %load_node NAME")
        code = code_of(name)
        if getattr(shell, "simple_prompt", False):  # a prompt that cannot be filled
            print(code)  # noqa: T201
        else:
            shell.set_next_input(code, replace=False)

    return {"reload_tidemill": reload, "reload_kedro": reload, "load_node": load_node}


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as exc:
        raise MagicError(f"{exc}.\nWrite {_RELOAD_USAGE}") from None


def _reload_parser() -> _Arguments:
    parser = _Arguments(prog="%reload_tidemill", add_help=False)
    parser.add_argument("path", nargs="?")
    parser.add_argument("-e", "--env")
    parser.add_argument("--params", "-p")
    parser.add_argument("--conf-source", "-c")
    return parser
