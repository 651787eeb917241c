"""What a web server has: read as it is, by every format that reads files, and never written."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import fsspec
import pandas as pd
import pytest
from PIL import Image

from tidemill import DataCatalog, DatasetError, Version
from tidemill.datasets.duckdb import FileDataset
from tidemill.datasets.ibis import FileDataset as IbisFileDataset
from tidemill.datasets.pandas import (
    CSVDataset,
    ExcelDataset,
    FeatherDataset,
    GenericDataset,
    HDFDataset,
    JSONDataset,
    ParquetDataset,
    SQLQueryDataset,
    XMLDataset,
)
from tidemill.datasets.video import SequenceVideo, VideoDataset

TIDES = pd.DataFrame({"tide": ["high", "low"], "metres": [4, 1]})
FORMATS = [
    (CSVDataset, {}),
    (ExcelDataset, {}),
    (FeatherDataset, {}),
    (GenericDataset, {"file_format": "orc"}),
    (HDFDataset, {"key": "t"}),
    (JSONDataset, {}),
    (ParquetDataset, {}),
    (XMLDataset, {}),
]


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def web(tmp_path):
    """The URL of a folder that a web server shows, and the folder."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", tmp_path
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("kind", "arguments"), FORMATS)
def test_a_file_is_read_from_a_web_server_and_never_saved_there(web, kind, arguments):
    url, folder = web
    kind(folder / "tides", **arguments).save(TIDES)
    dataset = kind(f"{url}/tides", **arguments)

    assert dataset.exists()
    assert dataset.load().equals(TIDES)
    assert not kind(f"{url}/nowhere", **arguments).exists()
    with pytest.raises(DatasetError, match=r"HTTP\(S\) cannot be saved to"):
        dataset.save(TIDES)
    assert [each.name for each in folder.iterdir()] == ["tides"]


@pytest.mark.parametrize(("kind", "arguments"), FORMATS)
def test_a_web_server_keeps_no_versions(kind, arguments):
    with pytest.raises(DatasetError, match="HTTP"):
        kind("http://127.0.0.1:1/tides.csv", version=Version(None, None), **arguments)


def test_a_version_is_read_by_its_address(web):
    url, folder = web
    CSVDataset(folder / "tides.csv", version=Version(None, "v1")).save(TIDES)

    assert CSVDataset(f"{url}/tides.csv/v1/tides.csv").load().equals(TIDES)


def test_a_file_that_is_not_there_is_told(web):
    url, _ = web
    catalog = DataCatalog.from_config({"tides": {"type": "pandas.CSVDataset", "filepath": f"{url}/nowhere.csv"}})

    with pytest.raises(DatasetError, match="correct the address"):
        catalog.load("tides")


def test_a_query_is_read_from_a_web_server(web):
    url, folder = web
    (folder / "q.sql").write_text("select 1 as one")

    assert SQLQueryDataset(filepath=f"{url}/q.sql", credentials={"con": "sqlite://"}).load()["one"].tolist() == [1]


@pytest.mark.parametrize("kind", [FileDataset, partial(FileDataset, file_format="csv")], ids=["parquet", "csv"])
def test_a_format_that_wants_a_path_reads_a_web_server_and_never_saves_there(web, kind):
    url, folder = web
    kind(str(folder / "tides")).save(TIDES)
    dataset = kind(f"{url}/tides")

    assert dataset.load().fetchall() == [("high", 4), ("low", 1)]
    kind(str(folder / "tides")).save(TIDES.head(1))
    assert dataset.load().fetchall() == [("high", 4)]  # nothing of the old one is kept
    with pytest.raises(DatasetError, match=r"HTTP\(S\) cannot be saved to: .*Choose a filepath on a store"):
        dataset.save(TIDES)


def test_a_model_is_downloaded_from_a_web_server(web):
    url, folder = web
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("black", "white")]
    VideoDataset(str(folder / "tide.avi"), "MJPG").save(SequenceVideo(frames, 5))

    assert len(VideoDataset(f"{url}/tide.avi").load()) == 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning:ibis")  # as in the tests of Ibis
@pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")
@pytest.mark.parametrize("backend", ["duckdb", "polars"])
def test_engines_of_ibis_read_a_web_server(s3_bucket, backend):
    ParquetDataset(f"{s3_bucket.url}/tides", credentials=s3_bucket.credentials).save(TIDES)
    fsspec.filesystem("s3", **s3_bucket.credentials).chmod(f"{s3_bucket.name}/tides", "public-read")
    address = f"{s3_bucket.endpoint}/{s3_bucket.name}/tides"  # which polars wants to read in parts

    dataset = IbisFileDataset(address, connection={"backend": backend})

    assert dataset.load().order_by("metres").execute()["tide"].tolist() == ["low", "high"]
