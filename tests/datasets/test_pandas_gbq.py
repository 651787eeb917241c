"""Google BigQuery: built, described, pickled, and asked, through Google's own client, of an HTTP server of this test's.

There is no network here, and no server of Google's that runs on this machine: what the service answers is what its
documentation says. The requests are those of `pandas-gbq` and `google-cloud-bigquery`, as they are.
"""

from __future__ import annotations

import json
import pickle
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd
import pytest

from tidemill import DataCatalog, DatasetError
from tidemill.datasets.pandas import GBQQueryDataset, GBQTableDataset
from tidemill.errors import DatasetConfigError

with warnings.catch_warnings():  # on Python 3.10, when it is imported
    warnings.filterwarnings("ignore", "You are using a non-supported Python version", FutureWarning)
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import bigquery

# Google's client warns of what it will be, and pandas-gbq of how it calls that itself.
pytestmark = [
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore:You are using a non-supported Python version:FutureWarning"),  # 3.10
]

TIDES = pd.DataFrame({"tide": ["high", "low"], "metres": [4, 1]})
SCHEMA = {"fields": [{"name": "tide", "type": "STRING"}, {"name": "metres", "type": "INTEGER"}]}


class Service(BaseHTTPRequestHandler):
    """Answers as BigQuery does where `tides.known` holds two rows, and remembers what it was asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.headers.append(self.headers)
        path = self.path.partition("?")[0].removeprefix("/bigquery/v2/projects/p/")
        reference = {"projectId": "p", "datasetId": "tides", "tableId": path.rpartition("/")[2]}
        if path == "datasets/tides":
            self.answer({"datasetReference": reference})
        elif path == "datasets/tides/tables/known":
            self.answer({"tableReference": reference, "schema": SCHEMA, "numRows": "2"})
        elif path.startswith("queries/"):
            self.answer(self.rows())
        elif path.startswith("jobs/"):
            self.answer(self.job(path.removeprefix("jobs/")))
        else:
            self.answer(
                {"error": {"code": 404, "message": f"Not found: {path}", "errors": [{"reason": "notFound"}]}}, 404
            )

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.asked.append((self.path, body))
        if "/queries" in self.path:
            self.answer(self.rows())
        elif "/tables" in self.path:
            self.answer(json.loads(body))
        elif "uploadType=resumable" in self.path:
            host = f"http://127.0.0.1:{self.server.server_port}"
            self.answer({}, headers={"Location": f"{host}/upload/bigquery/v2/projects/p/jobs?upload_id=1"})
        else:
            self.answer(self.job("load" if "upload" in self.path else "query"))

    def do_PUT(self):
        self.server.asked.append((self.path, self.rfile.read(int(self.headers["Content-Length"] or 0))))
        self.answer(self.job("load"))

    def rows(self):
        rows = [{"f": [{"v": "high"}, {"v": "4"}]}, {"f": [{"v": "low"}, {"v": "1"}]}]
        return {"jobComplete": True, "schema": SCHEMA, "rows": rows, "totalRows": "2", **self.job("query")}

    def job(self, name):
        reference = {"projectId": "p", "jobId": name, "location": "US"}
        configuration = {name: {"destinationTable": {"projectId": "p", "datasetId": "tides", "tableId": "new"}}}
        return {"jobReference": reference, "configuration": configuration, "status": {"state": "DONE"}}

    def answer(self, found, status=200, headers=None):
        body = json.dumps(found).encode()
        self.send_response(status)
        for key, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def service(monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.asked, server.headers = [], []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", f"http://127.0.0.1:{server.server_port}")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def asked(service, part):
    return [(path, body) for path, body in service.asked if part in path]


def test_a_table_is_loaded_by_the_query_for_all_of_it(service):
    dataset = GBQTableDataset("tides", "known", "p", AnonymousCredentials())

    assert dataset.load().astype({"tide": TIDES["tide"].dtype, "metres": "int64"}).equals(TIDES)
    (_, body), *_ = service.asked
    assert "SELECT * FROM `p.tides.known`" in str(json.loads(body))


def test_a_table_is_saved_as_parquet(service):
    GBQTableDataset("tides", "new", "p", AnonymousCredentials(), save_args={"if_exists": "append"}).save(TIDES)

    sent = b"".join(body for _, body in asked(service, "upload"))
    assert b"PAR1" in sent
    assert b'"tableId": "new"' in sent or b'"tableId":"new"' in sent


def test_existence_is_asked_for(service):
    assert GBQTableDataset("tides", "known", "p", AnonymousCredentials()).exists()
    assert not GBQTableDataset("tides", "unknown", "p", AnonymousCredentials()).exists()


@pytest.mark.parametrize(
    ("save_args", "asked_for"),
    [({}, "WRITE_EMPTY"), ({"if_exists": "append"}, "WRITE_APPEND"), ({"if_exists": "replace"}, "WRITE_TRUNCATE")],
)
def test_the_service_is_told_what_to_do_with_a_table_that_exists(service, save_args, asked_for):
    GBQTableDataset("tides", "known", "p", AnonymousCredentials(), save_args=save_args).save(TIDES)

    assert asked_for.encode() in b"".join(body for _, body in asked(service, "upload"))


@pytest.mark.parametrize("in_file", [False, True])
def test_a_query_is_asked(service, tmp_path, in_file):
    (tmp_path / "q.sql").write_text("select tide from somewhere")
    query = {"filepath": tmp_path / "q.sql"} if in_file else {"sql": "select tide from somewhere"}
    dataset = GBQQueryDataset(**query, project="p", credentials=AnonymousCredentials())

    assert len(dataset.load(max_results=2)) == 2
    assert dataset.exists()
    assert "select tide from somewhere" in str(service.asked[0][1])


def test_a_query_is_not_saved_to():
    with pytest.raises(DatasetError, match="GBQTableDataset"):
        GBQQueryDataset("select 1").save(TIDES)


def test_what_is_wrong_is_told_when_it_is_made():
    with pytest.raises(DatasetConfigError, match="dataset"):
        GBQTableDataset("tides; drop", "t")
    with pytest.raises(DatasetConfigError, match="table_name"):
        GBQTableDataset("tides", "")
    with pytest.raises(DatasetConfigError, match="both"):
        GBQQueryDataset("select 1", filepath="q.sql")
    with pytest.raises(DatasetConfigError, match="needs"):
        GBQQueryDataset()


def test_they_pickle_and_hide_their_credentials():
    catalog = DataCatalog.from_config(
        {
            "table": {"type": "pandas.GBQTableDataset", "dataset": "d", "table_name": "t", "credentials": "google"},
            "query": {"type": "pandas.GBQQueryDataset", "sql": "select 1", "credentials": "google"},
        },
        credentials={"google": {"token": "a-token-1234", "client_secret": "hidden-1234"}},
    )
    for name in ("table", "query"):
        twin = pickle.loads(pickle.dumps(catalog[name]))
        assert repr(twin) == repr(catalog[name])
        assert "1234" not in repr(twin)
        assert "1234" not in str(twin.to_config())


def test_credentials_that_are_none_are_told(tmp_path):
    (tmp_path / "key.json").write_text('{"type": "service_account", "private_key": "a-key-1234"}')
    for credentials in (str(tmp_path / "key.json"), {"type": "service_account", "private_key": "a-key-1234"}):
        with pytest.raises(DatasetError, match="client_email") as raised:
            GBQTableDataset("d", "t", "p", credentials).load()
        assert "1234" not in str(raised.value)


def test_existence_is_asked_of_a_client_that_is_given(service):
    client = bigquery.Client("p", AnonymousCredentials())

    assert GBQTableDataset("tides", "known", load_args={"bigquery_client": client}).exists()
    assert not GBQTableDataset("tides", "unknown", save_args={"bigquery_client": client}).exists()


def test_credentials_may_be_those_of_a_user(service):
    dataset = GBQTableDataset("tides", "known", "p", {"token": "a-token-1234"})

    assert dataset.exists()
    assert len(dataset.load()) == 2
    assert {each["Authorization"] for each in service.headers} == {"Bearer a-token-1234"}
