"""Versions, partitions and increments on the stores of three clouds: real clients, and servers on this machine."""

from __future__ import annotations

import functools
import itertools
import os
import threading
from typing import NamedTuple

import fsspec
import pandas as pd
import pytest
from tests.servers import azure, google_cloud

from tidemill import DataCatalog, DatasetError, IncrementalDataset, PartitionedDataset, Version
from tidemill.datasets.pandas import CSVDataset
from tidemill.errors import VersionAlreadyExistsError
from tidemill.testing import faults

# The clients leave sockets to the garbage collector, and Google's warns of what an emulator does not say.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]
HIGH, LOW = pd.DataFrame({"tide": ["high"], "metres": [4]}), pd.DataFrame({"tide": ["low"] * 40, "metres": [1] * 40})
_numbers = itertools.count(1)


class Place(NamedTuple):
    """An empty container, and what fsspec needs to reach it."""

    protocol: str
    container: str
    options: dict

    @property
    def url(self):
        return f"{self.protocol}://{self.container}"

    def fs(self):
        return fsspec.filesystem(self.protocol, **self.options)

    def files(self):
        fs = self.fs()
        fs.invalidate_cache()
        return sorted(path.partition("/")[2] for path in fs.find(self.container))

    def at(self, name="tides.csv", load=None, save=None, versioned=True):
        return CSVDataset(
            f"{self.url}/{name}", version=Version(load, save) if versioned else None, credentials=self.options
        )


@pytest.fixture(params=["s3", "abfs", "gs"])
def place(request):
    if request.param == "s3":
        bucket = request.getfixturevalue("s3_bucket")
        return Place("s3", bucket.name, bucket.credentials)
    options = azure() if request.param == "abfs" else google_cloud()
    found = Place(request.param, f"tides-{os.getpid()}-{next(_numbers)}", options)
    found.fs().mkdir(found.container)
    return found


def test_each_save_is_a_version_and_loads_read_the_newest(place):
    assert not place.at().exists()
    with pytest.raises(DatasetError, match="no versions under"):
        place.at().load()
    dataset = place.at()
    dataset.save(HIGH)
    first = dataset.resolve_load_version()
    dataset.save(LOW)

    assert dataset.load().equals(LOW)
    assert place.at().load().equals(LOW)
    assert place.at(load=first).load().equals(HIGH)
    assert place.at().list_versions()[1] == first
    assert place.at().manifest().state == "committed"
    assert place.at().exists()
    assert len(place.files()) == 4


def test_a_version_never_changes(place):
    place.at(save="v1").save(HIGH)

    with pytest.raises(VersionAlreadyExistsError, match="v1"):
        place.at(save="v1").save(LOW)
    assert place.at().load().equals(HIGH)


def test_of_many_writers_of_one_version_one_wins(place):
    tables = [HIGH.assign(metres=number) for number in range(6)]
    won, lost = [], []

    def save(number):
        try:
            place.at(save="v1").save(tables[number])
            won.append(number)
        except VersionAlreadyExistsError:
            lost.append(number)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(len(tables))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert (len(won), len(lost)) == (1, 5)
    assert place.at().load().equals(tables[won[0]])


def test_processes_that_write_at_once_do_not_overwrite_each_other(place):
    def save(number):
        place.at(save="v1").save(HIGH.assign(metres=number))

    ended = faults.run_together(save, 4)

    won = [number for number, each in enumerate(ended) if not each.error]
    assert all("VersionAlreadyExistsError" in each.error for each in ended if each.error)
    if place.protocol != "gs":  # this emulator creates what is there already, which Google's store refuses
        assert len(won) == 1
    assert place.at().load()["metres"].tolist() in [[number] for number in won]


def test_an_error_in_the_middle_leaves_what_was_there(place):
    class Broken(CSVDataset):
        def _write(self, file, data):
            super()._write(file, data)
            raise ValueError("the gauge is broken")

    place.at(save="v1").save(HIGH)
    place.at("plain.csv", versioned=False).save(HIGH)
    before = place.files()
    for arguments in (
        {"filepath": f"{place.url}/tides.csv", "version": Version()},
        {"filepath": f"{place.url}/plain.csv"},
    ):
        with pytest.raises(DatasetError, match="the gauge is broken"):
            Broken(**arguments, credentials=place.options).save(LOW)

    assert place.files() == before
    assert place.at().load().equals(HIGH)
    assert place.at("plain.csv", versioned=False).load().equals(HIGH)


class HTTPSteps:
    """Requests by which a client changes something; all three send theirs by aiohttp."""

    def watch(self, on_step):
        from aiohttp import ClientSession

        send = ClientSession._request

        @functools.wraps(send)
        async def counted(session, method, url, **options):
            if method in {"PUT", "POST", "DELETE"}:
                on_step(f"{method} {url}")
            return await send(session, method, url, **options)

        ClientSession._request = counted


class Adding:
    """Saving a version beside the one that is there."""

    def __init__(self, place):
        self._place = place

    def prepare(self, name):
        self._place.at(name, save="1").save(HIGH)

    def act(self, name):
        self._place.at(name, save="2").save(LOW)

    def check(self, name):
        versions = self._place.at(name).list_versions()
        assert self._place.at(name).load().equals(HIGH if versions == ["1"] else LOW)
        if versions == ["1"]:
            self.act(name)  # what the dead had claimed passes to the next
        assert self._place.at(name).list_versions() == ["2", "1"]
        assert self._place.at(name).load().equals(LOW)


class Replacing(Adding):
    """Saving over what is there."""

    def prepare(self, name):
        self._place.at(name, versioned=False).save(HIGH)

    def act(self, name):
        self._place.at(name, versioned=False).save(LOW)

    def check(self, name):
        found = self._place.at(name, versioned=False).load()
        assert found.equals(HIGH) or found.equals(LOW)
        self.act(name)
        assert self._place.at(name, versioned=False).load().equals(LOW)


@pytest.mark.parametrize("scenario", [Adding, Replacing])
def test_a_save_survives_a_death_before_every_request(place, scenario):
    names = (f"tides-{number}.csv" for number in itertools.count())
    survived = [*faults.drill(scenario(place), lambda: next(names), lambda _: HTTPSteps(), sizes=False)]

    assert len(survived) > 1


def test_partitions_are_added_replaced_and_loaded_one_by_one(place):
    def days(**options):
        return PartitionedDataset(
            f"{place.url}/days", "pandas.CSVDataset", filename_suffix=".csv", credentials=place.options, **options
        )

    days().save({"2026-03/29": HIGH, "2026-03/30": LOW})
    days().save({"2026-03/31": lambda: HIGH})

    found = days().load()
    assert [*found] == ["2026-03/29", "2026-03/30", "2026-03/31"]
    assert found["2026-03/30"]().equals(LOW)
    days(overwrite=True).save({"2026-03/30": HIGH})
    assert [*days().load()] == ["2026-03/30"]
    assert place.files() == ["days/2026-03/30.csv"]


def test_an_increment_is_what_came_after_the_checkpoint(place):
    def days():
        return IncrementalDataset(
            f"{place.url}/days", "pandas.CSVDataset", filename_suffix=".csv", credentials=place.options
        )

    days().save({"29": HIGH, "30": LOW})
    dataset = days()
    assert [*dataset.load()] == ["29", "30"]
    assert [*days().load()] == ["29", "30"]
    dataset.confirm()
    assert [*days().load()] == []
    days().save({"31": HIGH})

    assert {name: table.shape for name, table in days().load().items()} == {"31": (1, 2)}
    assert any(each.endswith("CHECKPOINT") for each in place.files())


def test_a_catalog_takes_the_credentials_by_name(place):
    definition = {
        "type": "pandas.CSVDataset",
        "filepath": f"{place.url}/t.csv",
        "versioned": True,
        "credentials": "store",
    }
    catalog = DataCatalog.from_config({"tides": definition}, {"store": place.options})
    catalog.save("tides", HIGH)

    assert catalog.load("tides").equals(HIGH)
    secrets = [str(value) for key, value in place.options.items() if key in {"secret", "connection_string"}]
    assert not any(each in repr(catalog) + repr(place.at()) for each in secrets)
