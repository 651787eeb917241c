"""AbstractDataset: what every dataset is, and the guard around what its author wrote."""

from __future__ import annotations

import abc
import copy
import functools
import threading
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from tidemill.errors import DatasetError
from tidemill.io.failure import failure, secrets_of, tell
from tidemill.io.secrets.redaction import redact
from tidemill.io.show import short, short_value
from tidemill.io.warning import warn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from typing_extensions import Self

In = TypeVar("In")
Out = TypeVar("Out")
_PAIRS = {"load": "_load", "save": "_save"}
_WRITTEN = frozenset({*_PAIRS, *_PAIRS.values()})
_GUARDED = "__tidemill_guarded__"


class AbstractDataset(abc.ABC, Generic[In, Out]):
    """Knows how to load and save one thing at one place.

    Authors write `_load`, `_save` and `_describe`, or the public `load` and `save` instead of the first two, and where
    it makes sense `_exists` and `_release`. Users call `load`, `save`, `exists` and `release`; whatever fails in the
    author's code reaches them as a `DatasetError` that says which dataset, what was tried, where, and why.
    """

    #: Set by authors whose dataset cannot be used from another process.
    _SINGLE_PROCESS: ClassVar[bool] = False
    #: Set by authors whose dataset holds its data in memory only.
    _EPHEMERAL: ClassVar[bool] = False
    _is_dataset: ClassVar[bool] = True
    #: What an author has yet to write, found when the class is made.
    _unwritten: ClassVar[tuple[str, ...]] = ("`_load` or `load`", "`_save` or `save`")
    #: Which of `load`, `_load`, `save` and `_save` the author of this very class wrote.
    _written: ClassVar[frozenset[str]] = frozenset()
    #: The name in the catalog, once there is one.
    _name: str | None = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Remember the arguments of the outermost call, from which `to_config` tells how to make it again."""
        if cls._unwritten:
            raise TypeError(f"{cls.__name__} cannot be made: its author wrote no {' and no '.join(cls._unwritten)}.")
        if (args or kwargs) and cls.__init__ is object.__init__:
            raise TypeError(f"{cls.__name__} takes no arguments: it has no `__init__`.")
        self = super().__new__(cls)
        # Not through `__dict__`: asking for it would give each of very many datasets a dictionary of its own.
        object.__setattr__(self, "_init_call", (args, kwargs))
        return self

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._written = _WRITTEN & vars(cls).keys()
        cls._unwritten = tuple(
            f"`{private}` or `{public}`" for public, private in _PAIRS.items() if not _pair(cls, public, private)
        )

    def load(self) -> Out:
        """Return the data.

        Raises:
            DatasetError: It could not be loaded; the cause is chained.
        """
        return self._load()

    def save(self, data: In) -> None:
        """Save the data.

        Raises:
            DatasetError: It could not be saved, or is None; the cause is chained.
        """
        self._save(data)

    def _load(self) -> Out:
        """Return the data; authors write this, or `load`."""
        raise NotImplementedError(f"{type(self).__name__} has no `_load`.")

    def _save(self, data: In) -> None:
        """Save the data; authors write this, or `save`."""
        raise NotImplementedError(f"{type(self).__name__} has no `_save`.")

    @abc.abstractmethod
    def _describe(self) -> Mapping[str, Any]:
        """Return the attributes that `repr` shows."""

    def exists(self) -> bool:
        """Tell whether there is something to load.

        Raises:
            DatasetError: The place could not be asked.
        """
        try:
            return self._exists()
        except DatasetError as exc:
            tell(self, exc)
            raise
        except Exception as exc:
            raise failure(self, "Looking for", exc) from exc

    def release(self) -> None:
        """Forget what is cached: the next load reads anew.

        Raises:
            DatasetError: The author's `_release` failed.
        """
        try:
            self._release()
        except DatasetError as exc:
            tell(self, exc)
            raise
        except Exception as exc:
            raise failure(self, "Releasing", exc) from exc

    def fingerprint(self) -> str | None:
        """Return what identifies the data that loads read: a version, or sizes and times; None where nothing is known.

        It goes into the manifests of what is made from this dataset.
        """
        return None

    def _exists(self) -> bool:
        warn(
            f"{type(self).__name__} has no `_exists` method, so Tidemill takes it that '{self._name or 'it'}' "
            "does not exist. Give it one that returns a bool."
        )
        return False

    def _release(self) -> None:
        pass

    def _around_save(self, write: Callable[[], None], data: Any) -> None:  # noqa: ARG002 - for those who override it
        """Call `write`, which runs the author's code; datasets with transactions begin and end them here."""
        write()

    def _why_missing(self) -> str | None:
        """Return what to tell the user when a load found no file, or None."""
        return None

    def __repr__(self) -> str:
        try:
            described = self._describe()
            shown = redact(dict(described), secrets_of(self)) if described else {}
        except Exception as exc:  # noqa: BLE001 - a broken `_describe` must not hide the error that is being told
            return f"{type(self).__name__}(<_describe failed: {type(exc).__name__}>)"
        return short(type(self).__name__, shown)

    def _repr_html_(self) -> str:
        from tidemill.io.html import table

        try:
            described = {key: value for key, value in (self._describe() or {}).items() if value is not None}
            rows = [(key, short_value(value)) for key, value in redact(described, secrets_of(self)).items()]
        except Exception:  # noqa: BLE001 - as above; `repr` tells what is wrong
            rows = [("", repr(self))]
        name = f"{self._name}: " if self._name else ""
        return table(f"{name}{type(self).__name__}", ("argument", "value"), rows, len(rows))

    def to_config(self) -> dict[str, Any]:
        """Return a definition from which `from_config` makes the same dataset; secrets are left out or masked."""
        from tidemill.io.definition import definition_of

        return definition_of(self)

    @classmethod
    def from_config(
        cls, name: str, config: Mapping[str, Any], load_version: str | None = None, save_version: str | None = None
    ) -> AbstractDataset[Any, Any]:
        """Return the dataset of a definition: `{"type": "pandas.CSVDataset", "filepath": ..., "versioned": True}`.

        Args:
            name: What messages call it.
            config: The definition: `type`, a short name, a class or its path; `versioned`; and what the constructor
                of that class takes. It is not changed.
            load_version: The version to load, if it is versioned; the latest if left out.
            save_version: The version that saves make, if it is versioned; a new one if left out.

        Raises:
            DatasetConfigError: The definition is wrong; the message names the dataset, the key and the remedy.
        """
        from tidemill.io.definition import build

        return build(name, config, load_version, save_version)

    def _copy(self, **attributes: Any) -> Self:
        """Return a deep copy with these attributes replaced."""
        other = copy.deepcopy(self)
        for key, value in attributes.items():
            setattr(other, key, value)
        return other


class _Active(threading.local):
    """The datasets whose save is going on in this thread: `super().save()` must not begin another."""

    def __init__(self) -> None:
        self.ids: set[int] = set()


_ACTIVE = _Active()


def known_as(dataset: AbstractDataset[Any, Any]) -> str:
    """Return what errors call a dataset: its name in the catalog, or that of its class."""
    return dataset._name or type(dataset).__name__


def _pair(cls: type, public: str, private: str) -> bool:
    """Let `_load` and `load` of one class be one method, whichever its author wrote, and guard the public one.

    Of a class and those it inherits, the first that wrote either counts; one that wrote both calls one from the other.

    Returns:
        Whether anybody wrote one: this class, a mixin, or a class that it inherits.
    """
    authors = [each for each in cls.__mro__ if {public, private} & _written_by(each)]
    if not authors:
        return False
    owner, names = authors[0], _written_by(authors[0])
    if owner is not cls and issubclass(owner, AbstractDataset):
        return True  # paired when it was made
    if public not in names and {public, private} <= {*(_written_by(authors[1]) if authors[1:] else ())}:
        return True  # the `load` that is inherited calls `_load`
    written = vars(owner)[public if public in names else private]
    if not any(private in _written_by(each) for each in authors):
        setattr(cls, private, written)
    if not hasattr(written, _GUARDED):
        guarded = (_guard_load if public == "load" else _guard_save)(written)
        guarded.__name__ = public
        guarded.__doc__ = written.__doc__ or getattr(AbstractDataset, public).__doc__
        setattr(cls, public, guarded)
    return True


def _written_by(owner: type) -> frozenset[str]:
    """Return which of the paired names stand in a class itself; a mixin need not be a dataset."""
    written: frozenset[str] = vars(owner).get("_written", _WRITTEN & vars(owner).keys())
    return written


def _guard_load(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def load(self: AbstractDataset[Any, Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return function(self, *args, **kwargs)
        except DatasetError as exc:
            tell(self, exc)
            raise
        except Exception as exc:
            raise failure(self, "Loading", exc) from exc

    load.__tidemill_guarded__ = True  # type: ignore[attr-defined]
    return load


def _guard_save(function: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(function)
    def save(self: AbstractDataset[Any, Any], data: Any, *args: Any, **kwargs: Any) -> None:
        if id(self) in _ACTIVE.ids:
            return function(self, data, *args, **kwargs)
        if data is None:
            raise DatasetError(
                f"Saving '{known_as(self)}': None cannot be saved. Return a value from the node, "
                "or give the node no outputs."
            )
        _ACTIVE.ids.add(id(self))
        try:
            self._around_save(functools.partial(function, self, data, *args, **kwargs), data)
        except DatasetError as exc:
            tell(self, exc)
            raise
        except Exception as exc:
            raise failure(self, "Saving", exc, data) from exc
        finally:
            _ACTIVE.ids.discard(id(self))

    save.__tidemill_guarded__ = True  # type: ignore[attr-defined]
    return save
