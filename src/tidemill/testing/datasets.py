"""DatasetTests: the behaviours of every dataset, as a suite to inherit."""

from __future__ import annotations

import functools
import os
import pickle
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from tidemill.errors import DatasetError, PipelineError
from tidemill.io.versioned import AbstractVersionedDataset
from tidemill.testing import apart, faults, pipelines
from tidemill.testing.places import PLACES, leftovers, new_place
from tidemill.testing.steps import DiskSteps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tidemill.io.dataset import AbstractDataset
    from tidemill.io.versions import Version

_LONGEST_REPR = 1000
#: At how many points a save dies, unless the tests marked `slow` are asked for: they let it die at every one.
_SOME_POINTS = 5


#: What the author of a format writes, where it is not `_save`; and the classes that formats inherit it from.
_WRITING = ("_write", "_write_path")
_BASES = {"FileDataset", "PathDataset", "LocalPathDataset"}


class Interrupted(Exception):  # noqa: N818 - no error of anybody: the suites raise it in the middle of a save
    """A serialiser's error."""


class DatasetTests:
    """What a dataset at a path does: round trips, existence, copies, pickles, and saves that fail or die.

        class TestImageDataset(DatasetTests):
            sample = numpy.zeros((2, 2, 4), "uint8")
            filename = "pikachu.png"

            def make(self, filepath, version=None):
                return ImageDataset(filepath)

            def equal(self, a, b):
                return numpy.array_equal(a, b)

    Each test runs at every place that makes a difference to it: local disk, a `file://` URL, `memory://`, and an S3
    server on this machine, which the dataset finds by environment variables. What depends on the dataset being staged
    (a save that fails leaves the old content) is asked of those that inherit AbstractVersionedDataset, with or without
    versions: nobody can promise it of a class that writes to a path of its own choice.
    """

    #: What is saved.
    sample: ClassVar[Any]
    #: Something else that can be saved, so that old and new can be told apart; the same if left out.
    other: ClassVar[Any] = None
    #: What the file is called, where its ending matters.
    filename: ClassVar[str] = "data"
    #: The places that this dataset can be at.
    places: ClassVar[tuple[str, ...]] = PLACES
    #: Whether a process that has used its library may fork; where it may not, children come of one that only imported
    #: it, and this class must be importable.
    forks: ClassVar[bool] = True

    def make(self, filepath: str, version: Version | None = None) -> AbstractDataset[Any, Any]:
        """Return the dataset at this path or URL."""
        raise NotImplementedError(f"{type(self).__name__} needs a method `make(filepath, version=None)`.")

    def equal(self, a: Any, b: Any) -> bool:
        """Tell whether what was loaded is what was saved."""
        return bool(a == b)

    # How the tests are set up.

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run what asks for a place at each of them, and drills at some points; at every point where slow tests run."""
        if "place" in metafunc.fixturenames:
            metafunc.parametrize("place", self.places, indirect=True)
        if "most_points" in metafunc.fixturenames:
            metafunc.config.addinivalue_line("markers", "slow: drills at every point")
            every = pytest.param(None, id="every", marks=pytest.mark.slow)
            metafunc.parametrize("most_points", [pytest.param(_SOME_POINTS, id="some"), every])

    @pytest.fixture
    def place(self, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
        """An empty folder at one of the places."""
        with new_place(request.param, tmp_path, monkeypatch) as folder:
            yield folder

    @pytest.fixture
    def new_folder(self, tmp_path: Path) -> Callable[[], str]:
        """A function that returns an empty folder on local disk, another one each time."""
        made: list[str] = []

        def new() -> str:
            made.append(str(tmp_path / f"{len(made)}"))
            os.mkdir(made[-1])
            return made[-1]

        return new

    def at(self, place: str) -> AbstractDataset[Any, Any]:
        """Return the dataset at a place, without versions."""
        return self.make(f"{place}/{self.filename}")

    @property
    def replacement(self) -> Any:
        """What is saved over the sample."""
        return self.sample if self.other is None else self.other

    def is_staged(self) -> bool:
        """Tell whether its saves are staged, so that they can be held to more."""
        return isinstance(self.at("/nowhere"), AbstractVersionedDataset)

    # The behaviours.

    def test_what_is_saved_is_loaded(self, place: str) -> None:
        self.at(place).save(self.sample)

        assert self.equal(self.at(place).load(), self.sample)

    def test_a_save_replaces_what_was_there(self, place: str) -> None:
        dataset = self.at(place)
        dataset.save(self.sample)
        dataset.save(self.replacement)

        assert self.equal(self.at(place).load(), self.replacement)

    def test_it_exists_once_it_is_saved(self, place: str) -> None:
        dataset = self.at(place)
        assert not dataset.exists()

        dataset.save(self.sample)
        assert dataset.exists()
        assert self.at(place).exists()

    def test_loading_what_is_not_there_is_an_error(self, place: str) -> None:
        with pytest.raises(DatasetError):
            self.at(place).load()

    def test_none_is_refused_and_changes_nothing(self, tmp_path: Path) -> None:
        dataset = self.at(str(tmp_path))
        dataset.save(self.sample)

        with pytest.raises(DatasetError, match="None"):
            dataset.save(None)

        assert self.equal(dataset.load(), self.sample)

    def test_folders_are_made(self, tmp_path: Path) -> None:
        if not self.is_staged():
            pytest.skip("its saves are not staged: they write where it chooses")
        dataset = self.at(str(tmp_path / "not" / "yet"))
        dataset.save(self.sample)

        assert self.equal(dataset.load(), self.sample)

    def test_a_release_changes_nothing_but_what_is_cached(self, place: str) -> None:
        dataset = self.at(place)
        dataset.save(self.sample)
        dataset.load()
        self.at(place).save(self.replacement)
        dataset.release()

        assert self.equal(dataset.load(), self.replacement)

    def test_a_copy_is_a_dataset_of_its_own(self, tmp_path: Path) -> None:
        dataset = self.at(str(tmp_path))
        dataset.save(self.sample)

        copy = dataset._copy()

        assert copy is not dataset
        assert self.equal(copy.load(), self.sample)
        assert repr(copy) == repr(dataset)

    @pytest.mark.parametrize("dumps", [pickle.dumps, ForkingPickler.dumps], ids=["pickle", "multiprocessing"])
    def test_it_pickles(self, place: str, dumps: Callable[[Any], bytes]) -> None:
        dataset = self.at(place)
        if dataset._SINGLE_PROCESS:
            pytest.skip("its author says that it stays in one process")
        dataset.save(self.sample)

        twin = pickle.loads(dumps(dataset))  # noqa: S301 - pickled a moment ago

        assert repr(twin) == repr(dataset)
        assert self.equal(twin.load(), self.sample)
        twin.save(self.replacement)
        assert self.equal(self.at(place).load(), self.replacement)

    def test_its_repr_is_short_and_says_what_it_is(self, tmp_path: Path) -> None:
        dataset = self.at(str(tmp_path))
        before = repr(dataset)
        dataset.save(self.sample)

        assert repr(dataset).startswith(type(dataset).__name__)
        assert len(repr(dataset)) < _LONGEST_REPR
        assert "\n" not in before

    @pytest.mark.parametrize("runner", pipelines.RUNNERS)
    def test_nodes_save_and_load_it(self, tmp_path: Path, runner: str) -> None:
        dataset = self.at(str(tmp_path))
        if runner == "processes" and dataset._SINGLE_PROCESS:
            with pytest.raises(PipelineError, match="_SINGLE_PROCESS"):
                pipelines.survives(self, dataset, runner)
            return

        assert pipelines.survives(self, dataset, runner)

    # Faults.

    def test_an_error_in_the_middle_of_a_save_leaves_the_old_content(self, place: str) -> None:
        if not self.is_staged():
            pytest.skip("its saves are not staged: they write where it chooses")
        self.at(place).save(self.sample)

        with pytest.raises(DatasetError, match="Interrupted"):
            failing(self.at(place)).save(self.replacement)

        assert self.equal(self.at(place).load(), self.sample)
        self.at(place).save(self.replacement)
        assert self.equal(self.at(place).load(), self.replacement)

    def test_an_error_in_the_middle_of_the_first_save_leaves_nothing(self, place: str) -> None:
        if not self.is_staged():
            pytest.skip("its saves are not staged: they write where it chooses")
        with pytest.raises(DatasetError, match="Interrupted"):
            failing(self.at(place)).save(self.sample)

        assert not self.at(place).exists()

    def test_a_save_survives_a_death(self, new_folder: Callable[[], str], most_points: int | None) -> None:
        if not self.is_staged():
            pytest.skip("its saves are not staged: they write where it chooses")

        assert len([*self.drill(_Replacing(self), new_folder, most_points)]) > 1

    def test_a_full_disk_leaves_the_old_content(self, new_folder: Callable[[], str]) -> None:
        if not self.is_staged():
            pytest.skip("its saves are not staged: they write where it chooses")
        folder = new_folder()
        self.at(folder).save(self.sample)
        room = max(faults.sizes_below(folder)) // 2

        ended = self.run_on_full_disk(functools.partial(_Replacing(self).act, folder), room)

        assert "DatasetError" in ended.error
        assert leftovers(folder) == []
        assert self.equal(self.at(folder).load(), self.sample)
        self.at(folder).save(self.replacement)
        assert self.equal(self.at(folder).load(), self.replacement)

    def drill(
        self, scenario: faults.Scenario, new_folder: Callable[[], str], most_points: int | None
    ) -> Iterator[faults.Point]:
        """Yield the points at which a save died and left all well."""
        runs = faults.run if self.forks else functools.partial(apart.run, type(self).__module__)
        return faults.drill(scenario, new_folder, DiskSteps, most=most_points, runs=runs)

    def run_on_full_disk(self, action: Callable[[], None], room: int) -> faults.Ended:
        """Run a save that finds so many bytes left on the disk."""
        if self.forks:
            return faults.run_on_full_disk(action, room)
        return apart.run_on_full_disk(type(self).__module__, action, room)


class _Replacing:
    """Saving over what is there, without versions."""

    def __init__(self, suite: DatasetTests) -> None:
        self._suite = suite

    def prepare(self, place: str) -> None:
        self._suite.at(place).save(self._suite.sample)

    def act(self, place: str) -> None:
        self._suite.at(place).save(self._suite.replacement)

    def check(self, place: str) -> None:
        suite = self._suite
        found = suite.at(place).load()
        assert suite.equal(found, suite.sample) or suite.equal(found, suite.replacement)
        self.act(place)
        assert suite.equal(suite.at(place).load(), suite.replacement)
        assert leftovers(place) == []


def failing(dataset: AbstractDataset[Any, Any]) -> AbstractDataset[Any, Any]:
    """Return the dataset, changed so that its saves fail when all is written and nothing is current yet."""
    kind: Any = type(dataset)
    written = [name for name in _WRITING if _is_written_by_author(kind, name)] or ["_save"]

    def after(name: str) -> Callable[..., None]:
        def write(self: Any, *args: Any) -> None:
            getattr(kind, name)(self, *args)
            raise Interrupted

        return write

    changed = {name: after(name) for name in written}
    dataset.__class__ = type(kind.__name__, (kind,), {**changed, "__module__": kind.__module__})
    return dataset


def _is_written_by_author(kind: type, name: str) -> bool:
    """Tell whether a format has this method, not only the class that formats inherit."""
    owner = next((each for each in kind.__mro__ if name in vars(each)), None)
    return owner is not None and owner.__name__ not in _BASES
