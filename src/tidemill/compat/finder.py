"""The importer that answers `import kedro...`, and the two functions that put it in place and take it away."""

from __future__ import annotations

import sys
import threading
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from typing import TYPE_CHECKING

from tidemill.compat.facade import Facade, no_counterpart
from tidemill.compat.tables import COUNTERPARTS, FRAMEWORK, PLUGIN, modern
from tidemill.runner.preparation import no_longer_prepare_workers_with, prepare_workers_with

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType


class Importer(MetaPathFinder, Loader):
    """Finds every module of Kedro in the table, and nothing else.

    `kedro_datasets` is left to Python where it is installed: its datasets then stand on Tidemill's base classes.
    """

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - as Python calls it
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Return how to load a module of Kedro's, or None for any other.

        Raises:
            ModuleNotFoundError: It has no counterpart.
        """
        root = fullname.partition(".")[0]
        if root not in (FRAMEWORK, PLUGIN) or (root == PLUGIN and PathFinder.find_spec(PLUGIN) is not None):
            return None
        if modern(fullname) not in COUNTERPARTS:
            # Named after its top package: where the error names the very thing that `from ... import` asks for,
            # Python takes it as "no such submodule" and puts its own message in place of ours.
            raise ModuleNotFoundError(no_counterpart(fullname), name=root)
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> Facade:
        """Return the module that stands for the one of Kedro."""
        return Facade(spec.name, f"Tidemill under the name {spec.name}.")

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: what is in it is looked up when it is asked for."""


_IMPORTER = Importer()
_LOCK = threading.RLock()
_set_aside: dict[str, ModuleType] = {}


def install() -> None:
    """Let `import kedro...` mean Tidemill, also where Kedro is installed or imported already.

    What was imported from Kedro before stays what it is: call this first. The workers of runners do the same.
    """
    with _LOCK:
        if _IMPORTER not in sys.meta_path:
            _set_aside.update(_take_out())
            sys.meta_path.insert(0, _IMPORTER)
            prepare_workers_with(install)


def is_installed() -> bool:
    """Tell whether `import kedro...` means Tidemill."""
    return _IMPORTER in sys.meta_path


def uninstall() -> None:
    """Let `import kedro...` mean what it meant before `install`."""
    with _LOCK:
        if _IMPORTER in sys.meta_path:
            sys.meta_path.remove(_IMPORTER)
            _take_out()
            sys.modules.update(_set_aside)
            _set_aside.clear()
            no_longer_prepare_workers_with(install)


def _take_out() -> dict[str, ModuleType]:
    """Take every module of Kedro's names out of what is imported, and return them."""
    names = [name for name in sys.modules if name.partition(".")[0] in (FRAMEWORK, PLUGIN)]
    return {name: sys.modules.pop(name) for name in names}
