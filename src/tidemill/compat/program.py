"""The program that `python -m tidemill.compat` was asked for: a script or a module, run in the place of `__main__`.

Processes that are started anew, by `spawn` or `forkserver`, import the main module of their parent before anything
else. They find it by the name in its `__spec__`: that leads them to `tidemill.compat.again`, where `import kedro...`
means Tidemill before the first line of the program is run.
"""

from __future__ import annotations

import builtins
import importlib.util
import io
import os
import runpy
import sys
import zipfile
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING, Any

from tidemill.compat.finder import install

if TYPE_CHECKING:
    from types import CodeType

#: Where processes started from here read which program it is: the path of a script, or `-m` and the name of a module.
_VARIABLE = "TIDEMILL_COMPAT_PROGRAM"
_MODULE = "-m "


def ask_for(script: str | None, module: str | None) -> None:
    """Note which program this process, and those that it starts, are to run."""
    os.environ[_VARIABLE] = f"{_MODULE}{module}" if script is None else os.path.abspath(script)


def run_in(namespace: dict[str, Any]) -> None:
    """Run the program that was asked for in the namespace of a module, which is emptied first.

    Args:
        namespace: Its `__name__` stays: `__main__`, or what `multiprocessing` calls the program in other processes.

    Raises:
        ModuleNotFoundError: There is no such module, or it cannot be run.
        BaseException: What the program raised.
    """
    install()
    program, name = os.environ[_VARIABLE], namespace["__name__"]
    if not program.startswith(_MODULE) and (os.path.isdir(program) or zipfile.is_zipfile(program)):
        namespace.update(runpy.run_path(program, run_name=name))
        return
    if program.startswith(_MODULE):
        found = _runnable(program.removeprefix(_MODULE))
        code, file, package = _code_of(found), found.origin, found.parent
        if name == "__main__":
            sys.argv[0] = file or sys.argv[0]
    else:
        with io.open_code(program) as opened:
            code, file, package = compile(opened.read(), program, "exec", dont_inherit=True), program, None
    spec = _Again(file, package)
    namespace.clear()
    namespace.update(
        __name__=name,
        __file__=file,
        __package__=package,
        __spec__=spec,
        __loader__=None,
        __cached__=None,
        __doc__=None,
        __builtins__=builtins,
    )
    exec(code, namespace)  # noqa: S102 - the program that the user named


class _Again(ModuleSpec):
    """Leads new processes to `tidemill.compat.again`, and relative imports to the program's own package."""

    def __init__(self, file: str | None, package: str | None) -> None:
        super().__init__("tidemill.compat.again", None, origin=file)
        self._package = package

    @property
    def parent(self) -> str | None:
        return self._package


def _runnable(name: str) -> ModuleSpec:
    """Return where a module is, or what a package has to be run."""
    found = importlib.util.find_spec(name)
    if found is not None and found.submodule_search_locations is not None:
        name = f"{name}.__main__"
        found = importlib.util.find_spec(name)
    if found is None:
        raise ModuleNotFoundError(f"There is no module {name!r} to run.", name=name)
    return found


def _code_of(found: ModuleSpec) -> CodeType:
    code = found.loader.get_code(found.name) if found.loader is not None and hasattr(found.loader, "get_code") else None
    if code is None:
        raise ModuleNotFoundError(
            f"The module {found.name!r} cannot be run: it has no code of Python.", name=found.name
        )
    return code  # type: ignore[no-any-return]
