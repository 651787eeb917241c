"""How many requests S3 is asked for, beside 1,000 versions: each is money, and tens of milliseconds."""

from __future__ import annotations

import http.client

import fsspec
import pytest
from tests.io.custom import ImageDataset

from tidemill import PartitionedDataset, Version
from tidemill.datasets.text import TextDataset
from tidemill.io.manifest import Manifest
from tidemill.testing import s3
from tidemill.testing.places import new_place

pytestmark = [pytest.mark.s3, pytest.mark.xdist_group("requests")]  # 1,000 versions are made once
VERSIONS = 1000


@pytest.fixture(scope="module")
def thousand(tmp_path_factory):
    """A file with 1,000 versions; those that nobody asks about have no manifest, as if from elsewhere."""
    with pytest.MonkeyPatch.context() as patch, new_place("s3", tmp_path_factory.mktemp("s3"), patch) as place:
        for number in range(VERSIONS):
            version = f"2026-01-01T00.00.00.{number:03d}Z"
            put(f"{place}/note.txt/{version}/note.txt", f"{number}")
            if number in {500, VERSIONS - 1}:
                manifest = Manifest(version, "text.TextDataset").committed(()).to_json()
                put(f"{place}/note.txt/{version}/.manifest.json", manifest)
        yield f"{place}/note.txt"


def put(url, text):
    """Upload by hand, in a fifth of the time that a client of S3 takes."""
    connection = http.client.HTTPConnection(s3.server().removeprefix("http://"))
    connection.request("PUT", f"/{url.removeprefix('s3://')}", body=text)
    assert connection.getresponse().status == 200
    connection.close()


@pytest.fixture
def requests():
    """What S3 is asked from now on, in a word each."""
    asked = []

    def note(request, **_):
        asked.append("LIST" if "list-type=2" in request.url else request.method)

    events = fsspec.filesystem("s3").s3.meta.events
    events.register("before-send.s3", note)
    yield asked
    events.unregister("before-send.s3", note)


def versioned(path, load=None, save=None):
    return TextDataset(path, version=Version(load, save))


def test_loading_the_latest(thousand, requests):
    assert versioned(thousand, load=None).load() == "999"

    assert requests == ["LIST", "GET", "GET"]  # the versions, the newest one's manifest, the data


def test_loading_it_again(thousand, requests):
    dataset = versioned(thousand)
    dataset.load()
    del requests[:]
    dataset.load()

    assert requests == ["GET"]


def test_loading_an_exact_version(thousand, requests):
    assert versioned(thousand, load="2026-01-01T00.00.00.500Z").load() == "500"

    assert requests == ["GET", "GET"]


def test_looking_whether_it_exists(thousand, requests):
    assert versioned(thousand).exists()

    assert requests == ["LIST", "GET"]


@pytest.mark.parametrize("save", [None, "2027-01-01T00.00.00.000Z"], ids=["automatic", "fixed"])
def test_saving(thousand, requests, save):
    dataset = versioned(thousand, save=save)
    dataset.save("new")

    assert requests == ["LIST", "PUT", "PUT", "PUT"]  # the versions, the claim, the data, the commit
    for name in (".manifest.json", "note.txt"):
        fsspec.filesystem("s3").rm_file(f"{thousand}/{dataset.resolve_load_version()}/{name}")


def test_loading_what_was_saved_in_the_same_session(thousand, requests):
    dataset = versioned(thousand)
    dataset.save("new")
    saved = dataset.resolve_load_version()
    del requests[:]
    assert dataset.load() == "new"

    assert requests == ["GET"]
    for name in (".manifest.json", "note.txt"):
        fsspec.filesystem("s3").rm_file(f"{thousand}/{saved}/{name}")


def test_an_unversioned_file(s3_place, requests):
    note = TextDataset(f"{s3_place}/note.txt")
    note.save("text")
    assert requests == ["PUT"]

    del requests[:]
    note.load()
    assert requests == ["GET"]

    del requests[:]
    assert note.exists()
    assert requests == ["HEAD"]


def test_an_empty_file_is_loaded_all_the_same(s3_place, requests):
    TextDataset(f"{s3_place}/note.txt").save("")
    del requests[:]

    assert TextDataset(f"{s3_place}/note.txt").load() == ""
    assert len(requests) <= 3


def test_partitions(s3_place, requests):
    PartitionedDataset(f"{s3_place}/parts", "text.TextDataset").save({f"{number}": "text" for number in range(20)})
    assert requests == ["PUT"] * 20

    del requests[:]
    found = PartitionedDataset(f"{s3_place}/parts", "text.TextDataset").load()
    assert requests == ["LIST"]

    del requests[:]
    found["7"]()
    assert requests == ["GET"]


def test_a_custom_dataset_pays_for_what_it_does_not_tell(s3_place, requests):
    import numpy as np

    image = ImageDataset(f"{s3_place}/image.png", Version())
    image.save(np.zeros((2, 2, 4), "uint8"))
    del requests[:]
    image.save(np.zeros((2, 2, 4), "uint8"))

    assert requests == ["LIST", "PUT", "PUT", "LIST", "PUT"]  # what it wrote is looked for
