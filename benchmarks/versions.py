"""A dataset with very many versions."""

from __future__ import annotations

import os
import urllib.request
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import fsspec
from measure import REQUESTS, Limit, Row, in_turns

from tidemill import Version
from tidemill.datasets.text import TextDataset
from tidemill.io.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measure import Bench

#: "At one listing's cost" leaves room for choosing the newest name and reading the file, none for a second listing.
_ONE_LISTING = Limit(times=1.5)
#: A save asks twice besides whether something exists, for which `memory://` walks through all that it holds.
_LISTING_AND_TWO = Limit(times=2.5)
_FIRST = datetime(2020, 1, 1, tzinfo=timezone.utc)


def _names(count: int) -> list[str]:
    moments = (_FIRST + timedelta(minutes=number) for number in range(count))
    return [f"{moment.strftime('%Y-%m-%dT%H.%M.%S')}.000Z" for moment in moments]


def local(bench: Bench) -> Iterator[Row]:
    """On local disk."""
    count = bench.size(100_000, 2_000)
    root = f"{bench.folder}/report.txt"
    os.mkdir(root)
    for name in _names(count):
        os.mkdir(f"{root}/{name}")
        os.mknod(f"{root}/{name}/report.txt")
    yield from _rows(bench, count, root, lambda: os.listdir(root), "one os.listdir", bench.times(5, 3))


def in_memory(bench: Bench) -> Iterator[Row]:
    """On `memory://`, whose listing looks at every file that it holds."""
    count = bench.size(10_000, 500)
    fs = fsspec.filesystem("memory")
    for name in _names(count):
        fs.pipe_file(f"/bench/report.txt/{name}/report.txt", b"")
    root = "memory://bench/report.txt"
    yield from _rows(bench, count, root, lambda: fs.ls("/bench/report.txt", detail=False), "one ls", bench.times(30, 3))


def requests(bench: Bench) -> Iterator[Row]:
    """On S3, where each request is money, and tens of milliseconds."""
    from tidemill.testing import s3

    os.environ.update(s3.environment())
    url = f"{s3.server()}/{s3.new_bucket()}"
    count = bench.size(1_000, 50)
    files = {f"{name}/report.txt": b"text" for name in _names(count)}
    newest = _names(count)[-1]  # the others are as if from elsewhere: nobody asks
    files[f"{newest}/.manifest.json"] = Manifest(newest, "text.TextDataset").committed(()).to_json().encode()
    kind = {"Content-Type": "application/octet-stream"}  # what urllib says by itself, the server takes for a form
    for path, content in files.items():
        put = urllib.request.Request(f"{url}/report.txt/{path}", content, kind, method="PUT")  # noqa: S310 - http
        urllib.request.urlopen(put).close()  # noqa: S310 - as above
    root = f"s3://{url.rpartition('/')[2]}/report.txt"
    asked: list[str] = []
    events = fsspec.filesystem("s3").s3.meta.events if fsspec.filesystem("s3").connect() else None
    events.register("before-send.s3", lambda request, **_: asked.append(request.method))
    works = {
        "load the latest": (_fresh(root).load, "a listing and a download", 2, 3),
        "exists": (_fresh(root).exists, "a listing", 1, 2),
        "save": (lambda: _fresh(root).save("new"), "a listing and an upload", 2, 5),
    }
    for what, (work, floor_is, floor, most) in works.items():
        del asked[:]
        work()
        ours, peer = len(asked), bench.peer("requests", what, root)
        yield Row(f"{what}, {count:,} versions, S3", floor_is, floor, ours, Limit(most=most), REQUESTS, peer)


def _rows(bench: Bench, count: int, root: str, listing: Any, floor_is: str, repeat: int) -> Iterator[Row]:
    load, exists = (lambda: _fresh(root).load()), (lambda: _fresh(root).exists())
    assert exists()
    where = "local" if "://" not in root else "memory://"
    *times, floor = in_turns(load, exists, lambda: _fresh(root).save("new"), listing, repeat=repeat)
    for what, seconds in zip(("load the latest", "exists", "save"), times, strict=True):
        limit = _LISTING_AND_TWO if what == "save" and where != "local" else _ONE_LISTING
        peer = bench.peer("versions", what, root, count)
        yield Row(f"{what}, {count:,} versions, {where}", floor_is, floor, seconds, limit, peer=peer)


def _fresh(root: str) -> TextDataset:
    return TextDataset(root, version=Version(None, None))
