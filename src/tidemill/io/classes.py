"""From the `type` of a definition to a class, and what to say where there is none."""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

from tidemill.errors import DatasetConfigError
from tidemill.io.secrets.hiding import hide
from tidemill.io.secrets.redaction import mask_url
from tidemill.io.show import first_lines
from tidemill.names import did_you_mean, modern

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeGuard

    from tidemill.io.dataset import AbstractDataset

#: Where a short `type` is looked up, by name: the table of datasets is a string here, for `io` stands below it.
TABLE = "tidemill.datasets"
_ROOM = "tidemill.io"
#: Where other people's datasets have short names too.
_THEIRS = "kedro_datasets."
#: What may stand before a short name in definitions that were written for other releases.
OLD_ROOTS = (
    "kedro.extras.datasets.",
    "kedro.contrib.io.",
    "kedro_datasets.",
    "kedro.io.",
    "tidemill.datasets.",
    "tidemill.extras.datasets.",
    "tidemill.io.",
)
_PARTITIONS = "partitions."
# Libraries that are installed under another name than they are imported by.
_DISTRIBUTIONS = {
    "PIL": "Pillow",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "git": "GitPython",
    "jwt": "PyJWT",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "snowflake": "snowflake-connector-python",
    "yaml": "PyYAML",
}
_HOW = (
    ". It is none of Tidemill's datasets, and no class that can be imported.\n"
    "Write it in full, such as `my_project.datasets.MyDataset`, and see that its package is installed or on the path."
)


def is_dataset_class(kind: object) -> TypeGuard[type[AbstractDataset[Any, Any]]]:
    """Tell whether this is a subclass of AbstractDataset, which imports this module and so cannot be imported here."""
    return isinstance(kind, type) and getattr(kind, "_is_dataset", False) is True


def resolve(kind: Any, name: str = "") -> type[AbstractDataset[Any, Any]]:
    """Return the dataset class that a `type` names: a class, a full path, or a short one such as `pandas.CSVDataset`.

    Raises:
        DatasetConfigError: There is none; or its library is missing, and the message has the pip command.
    """
    try:
        return _find(kind) if isinstance(kind, str) else _checked(kind, "")
    except DatasetConfigError as exc:
        raise DatasetConfigError(f"'{name}': {exc}" if name else str(exc)) from exc.__cause__


def install_command(module: str) -> str | None:
    """Return how to install the library that has a module; None where it is installed, or what lacks is ours."""
    library = module.partition(".")[0]
    return None if is_installed(library) else f"pip install {_DISTRIBUTIONS.get(library, library.replace('_', '-'))}"


def is_installed(library: str) -> bool:
    """Tell whether a top-level module can be found; nothing is imported."""
    try:
        return importlib.util.find_spec(library) is not None
    except (ImportError, ValueError):  # hidden on purpose, or half imported
        return False


def _find(path: str) -> type[AbstractDataset[Any, Any]]:
    # A class of our own is looked up once; a user's module may be edited and imported again.
    return _from_table(path) or _checked(_import(path), path)


@functools.lru_cache(maxsize=1024)
def _from_table(path: str) -> type[AbstractDataset[Any, Any]] | None:
    if not path.strip() or ".." in path or path[0] == "." or path[-1] == ".":
        raise DatasetConfigError(
            f"type '{mask_url(path)}' is no path of a class. Relative paths are not looked up: write it in full, "
            "such as `my_project.datasets.MyDataset`."
        )
    room = importlib.import_module(_ROOM)
    path = modern(path)
    if path in room.__all__:
        return _checked(getattr(room, path), path)
    for short in _short_names(path):
        found = importlib.import_module(TABLE).find(short)
        if found is not None:
            return _checked(found, path)
    bare = _in_room(path)
    return _checked(getattr(room, bare), path) if bare in room.__all__ else None


def _short_names(path: str) -> Iterator[str]:
    """Yield the names under which a path may stand in our own table: `CSVDataset`, `pandas.CSVDataset`."""
    rest = _without_root(path)
    parts = rest.split(".")
    if rest != path or len(parts) <= 2:
        yield rest
    if rest != path and len(parts) > 2:
        yield f"{parts[0]}.{parts[-1]}"


def _in_room(path: str) -> str:
    """Return the class in a path of this room's datasets, such as `kedro.io.partitioned_dataset.PartitionedDataset`."""
    rest = _without_root(path)
    root = path[: len(path) - len(rest)]
    return rest.rpartition(".")[2] if root.endswith("io.") or rest.startswith(_PARTITIONS) else ""


def _without_root(path: str) -> str:
    return next((path[len(root) :] for root in OLD_ROOTS if path.startswith(root)), path)


def _import(path: str) -> Any:
    """Return what a path names, or what it names among the datasets of others."""
    try:
        return _attribute(path)
    except _UnknownError:
        if not path.startswith(_THEIRS):
            with contextlib.suppress(_UnknownError):
                return _attribute(_THEIRS + path)
        raise


class _UnknownError(DatasetConfigError):
    """A path names nothing."""


def _attribute(path: str) -> Any:
    home, _, name = path.rpartition(".")
    unknown = f"type '{mask_url(path)}' is unknown"
    if not home:
        raise _UnknownError(f"{unknown}{_known_near(path) or _HOW}")
    try:
        module = importlib.import_module(home)
        found = getattr(module, name, None)
    except ModuleNotFoundError as exc:
        missing = exc.name or ""
        if home == missing or home.startswith(f"{missing}."):
            raise _UnknownError(f"{unknown}{_known_near(path) or _HOW}") from None
        raise DatasetConfigError(_unimportable(path, missing, exc)) from exc
    except (Exception, SystemExit) as exc:  # a script that is imported may exit
        raise DatasetConfigError(_unimportable(path, "", exc)) from exc
    if found is None:
        here = did_you_mean(name, [each for each in dir(module) if not each.startswith("_")])
        # `pandas` is a library and a room of ours: there, what is near is a dataset.
        near = _known_near(path) or here if home in _rooms() else here or _known_near(path)
        raise _UnknownError(f"{unknown}: module '{home}' has no '{name}'{near or '.'}")
    return found


def _unimportable(path: str, missing: str, exc: BaseException) -> str:
    hide(exc)
    command = install_command(missing) if missing else None
    if command:
        return f"type '{path}' needs '{missing}', which is not installed: {command}"
    why = f"{type(exc).__name__}: {first_lines(exc)}"
    return f"type '{path}': its module cannot be imported. Mend it there:\n  {why}"


def _known_near(path: str) -> str:
    table, room = importlib.import_module(TABLE), importlib.import_module(_ROOM)
    ours = [each for each in room.__all__ if each.endswith("Dataset") and "Abstract" not in each]
    if "." in path:
        return did_you_mean(modern(path), [*table.DATASETS, *ours], most=1)
    full = {each.rpartition(".")[2]: each for each in reversed([*table.DATASETS, *ours])}  # the table's first wins
    near = did_you_mean(modern(path), [*full], most=1)
    return next((near.replace(f"'{bare}'", f"'{each}'") for bare, each in full.items() if f"'{bare}'" in near), near)


def _rooms() -> set[str]:
    """Return what stands before the dot in short names: `pandas`, `json` ..."""
    return {each.partition(".")[0] for each in importlib.import_module(TABLE).DATASETS}


def _checked(found: object, path: str) -> type[AbstractDataset[Any, Any]]:
    if is_dataset_class(found):
        return found
    what = f"type '{path}'" if path else "`type`"
    if not isinstance(found, type):
        raise DatasetConfigError(
            f"{what} must be a class or its path, such as `pandas.CSVDataset`; it is {_what_it_is(found)}."
        )
    kind = found.__name__
    if any(each.__module__.startswith("kedro.") and each.__name__ == "AbstractDataset" for each in found.__mro__):
        raise DatasetConfigError(
            f"type '{path or kind}' is a dataset of Kedro's. To use it here, call `tidemill.compat.install()` before "
            "it is imported."
        )
    raise DatasetConfigError(f"type '{path or kind}' is a class, but no dataset: it must inherit AbstractDataset.")


def _what_it_is(found: object) -> str:
    return "empty" if found is None or found == "" else f"of type {type(found).__name__}"
