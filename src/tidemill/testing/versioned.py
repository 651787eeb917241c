"""VersionedDatasetTests: the behaviours of a dataset with versions, as a suite to inherit."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any

import pytest

from tidemill.errors import DatasetError, VersionAlreadyExistsError, VersionNotFoundError
from tidemill.io.versioned import AbstractVersionedDataset
from tidemill.io.versions import Version
from tidemill.testing import faults
from tidemill.testing.datasets import DatasetTests, failing
from tidemill.testing.places import leftovers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class VersionedDatasetTests(DatasetTests):
    """What a dataset with versions does, in addition to what it does without.

    `make` is called with a Version too:

        class TestCSVDataset(VersionedDatasetTests):
            sample, other = pandas.DataFrame({"a": [1, 2]}), pandas.DataFrame({"a": [3]})

            def make(self, filepath, version=None):
                return CSVDataset(filepath, version=version)

            def equal(self, a, b):
                return a.equals(b)
    """

    def versioned(
        self, place: str, load: str | None = None, save: str | None = None
    ) -> AbstractVersionedDataset[Any, Any]:
        """Return the dataset at a place, with versions."""
        dataset = self.make(f"{place}/{self.filename}", Version(load, save))
        assert isinstance(dataset, AbstractVersionedDataset)
        return dataset

    def test_each_save_is_a_version_and_loads_read_the_latest(self, place: str) -> None:
        dataset = self.versioned(place)
        dataset.save(self.sample)
        first = dataset.resolve_load_version()
        dataset.save(self.replacement)

        assert self.equal(dataset.load(), self.replacement)
        assert self.equal(self.versioned(place).load(), self.replacement)
        versions = self.versioned(place).list_versions()
        assert versions == sorted(versions, reverse=True)
        assert len(versions) == 2
        assert versions[1] == first

    def test_a_version_is_loaded_by_its_name(self, place: str) -> None:
        self.versioned(place, save="v1").save(self.sample)
        self.versioned(place, save="v2").save(self.replacement)

        assert self.equal(self.versioned(place, load="v1").load(), self.sample)
        assert self.equal(self.versioned(place, load="v2").load(), self.replacement)

    def test_a_version_never_changes(self, place: str) -> None:
        self.versioned(place, "v1", "v1").save(self.sample)

        with pytest.raises(VersionAlreadyExistsError, match="v1"):
            self.versioned(place, "v1", "v1").save(self.replacement)

        assert self.equal(self.versioned(place, "v1", "v1").load(), self.sample)

    def test_a_save_that_the_next_load_does_not_read_warns(self, place: str) -> None:
        with pytest.warns(UserWarning, match="do not match"):
            self.versioned(place, "v1", "v2").save(self.sample)

    def test_a_version_that_is_not_there_is_an_error(self, place: str) -> None:
        with pytest.raises(VersionNotFoundError):
            self.versioned(place).load()

        self.versioned(place, save="v1").save(self.sample)
        with pytest.raises(VersionNotFoundError, match="v9"):
            self.versioned(place, load="v9").load()

    def test_it_exists_once_there_is_a_version(self, place: str) -> None:
        dataset = self.versioned(place)
        assert not dataset.exists()

        dataset.save(self.sample)
        assert dataset.exists()
        assert self.versioned(place).exists()
        assert not self.versioned(place, load="v9").exists()

    def test_a_load_stays_with_its_version_until_it_is_released(self, place: str) -> None:
        dataset = self.versioned(place)
        dataset.save(self.sample)
        reader = self.versioned(place)
        reader.load()
        self.versioned(place).save(self.replacement)

        assert self.equal(reader.load(), self.sample)
        reader.release()
        assert self.equal(reader.load(), self.replacement)

    def test_every_version_has_a_manifest(self, place: str) -> None:
        dataset = self.versioned(place)
        dataset.save(self.sample)

        manifest = self.versioned(place).manifest()

        assert manifest is not None
        assert manifest.version == dataset.resolve_load_version()
        assert {each.path.partition("/")[0] for each in manifest.files} == {self.filename}
        assert all(each.bytes > 0 for each in manifest.files)

    def test_a_version_from_elsewhere_without_a_manifest_is_read(self, tmp_path: Path) -> None:
        self.versioned(str(tmp_path), save="v1").save(self.sample)
        (tmp_path / self.filename / "v1" / ".manifest.json").unlink()

        assert self.equal(self.versioned(str(tmp_path)).load(), self.sample)
        assert self.versioned(str(tmp_path)).list_versions() == ["v1"]

    def test_a_file_where_the_versions_belong_is_named(self, tmp_path: Path) -> None:
        (tmp_path / self.filename).write_bytes(b"a file")

        with pytest.raises(DatasetError, match="file"):
            self.versioned(str(tmp_path)).save(self.sample)

        assert (tmp_path / self.filename).read_bytes() == b"a file"

    # Faults.

    def test_an_error_in_the_middle_of_a_save_leaves_no_version(self, place: str) -> None:
        with pytest.raises(DatasetError, match="Interrupted"):
            failing(self.versioned(place)).save(self.sample)
        assert not self.versioned(place).exists()
        assert self.versioned(place).list_versions() == []

        self.versioned(place, save="v1").save(self.sample)
        with pytest.raises(DatasetError, match="Interrupted"):
            failing(self.versioned(place, save="v2")).save(self.replacement)

        assert self.versioned(place).list_versions() == ["v1"]
        assert self.equal(self.versioned(place).load(), self.sample)
        self.versioned(place, save="v2").save(self.replacement)
        assert self.equal(self.versioned(place).load(), self.replacement)

    @pytest.mark.parametrize("version", [None, "v2"], ids=["automatic", "fixed"])
    def test_a_version_survives_a_death(
        self, new_folder: Callable[[], str], version: str | None, most_points: int | None
    ) -> None:
        assert len([*self.drill(_Adding(self, version), new_folder, most_points)]) > 1

    def test_a_full_disk_leaves_no_version(self, new_folder: Callable[[], str]) -> None:
        folder = new_folder()
        self.versioned(folder, save="v1").save(self.sample)
        sizes = faults.sizes_below(folder)

        for room in {0, *(size // 2 for size in sizes)}:
            ended = self.run_on_full_disk(functools.partial(_Adding(self, "v2").act, folder), room)
            assert "DatasetError" in ended.error
            assert leftovers(folder) == []
            assert os.listdir(os.path.join(folder, self.filename)) == ["v1"]

        self.versioned(folder, save="v2").save(self.replacement)
        assert self.equal(self.versioned(folder).load(), self.replacement)


class _Adding:
    """Saving a version beside the one that is there."""

    def __init__(self, suite: VersionedDatasetTests, version: str | None) -> None:
        self._suite, self._version = suite, version

    def prepare(self, place: str) -> None:
        self._suite.versioned(place, save="1").save(self._suite.sample)

    def act(self, place: str) -> None:
        self._suite.versioned(place, save=self._version).save(self._suite.replacement)

    def check(self, place: str) -> None:
        suite = self._suite
        versions = suite.versioned(place).list_versions()
        assert versions[-1] == "1"
        found = suite.versioned(place).load()
        assert suite.equal(found, suite.sample if len(versions) == 1 else suite.replacement)
        if self._version in versions:
            with pytest.raises(VersionAlreadyExistsError):
                self.act(place)
        else:
            self.act(place)
            assert len(suite.versioned(place).list_versions()) == len(versions) + 1
        assert suite.equal(suite.versioned(place).load(), suite.replacement)
        assert leftovers(place) == []
