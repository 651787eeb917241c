from __future__ import annotations

import functools
import json
import pickle
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from requests.auth import HTTPBasicAuth

from tidemill import DataCatalog, DatasetError, SequentialRunner, Version, node, pipeline
from tidemill.datasets.api import APIDataset
from tidemill.datasets.api.record import ResponseDataset
from tidemill.errors import DatasetConfigError, VersionNotFoundError
from tidemill.testing import DatasetTests, VersionedDatasetTests
from tidemill.testing.places import new_place

SECRETS = {"params": {"api_key": "s3cr3t-of-params"}, "headers": {"Authorization": "Bearer s3cr3t-of-headers"}}


class Service(ThreadingHTTPServer):
    """A web service on this machine that remembers what it was asked, and can be told what to answer."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked, self.failures, self.answer, self.kept = [], 0, b'{"tide": "high"}', {}
        self.url = f"http://127.0.0.1:{self.server_port}/tides"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, self.headers, body))
        failing = self.server.failures > 0
        self.server.failures -= failing
        status, answer = 503 if failing else 200, self.server.answer if self.command == "GET" else body
        if self.path.startswith("/kept"):
            if self.command == "PUT":
                self.server.kept[self.path] = body
            status, answer = (200, self.server.kept[self.path]) if self.path in self.server.kept else (404, b"")
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("Set-Cookie", "session=s3cr3t-of-cookies")
        self.send_header("X-Tide", str(len(self.server.asked)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = handle_any  # noqa: N815 - as the library calls them

    def log_message(self, *_):
        pass


@functools.cache
def store():
    """A service for the suite, which keeps what is put and returns it; it ends with the tests."""
    return Service()


class PutAndGet(APIDataset):
    """What is put is what a GET returns: two datasets with one URL, as the suite wants one that loads and saves."""

    def __init__(self, url):
        super().__init__(url, "PUT")

    def _load(self):
        return APIDataset(self._api_url).load().json()

    def _exists(self):
        return requests.get(self._api_url, timeout=60).ok


class TestAPIDataset(DatasetTests):
    sample, other = {"tide": "high", "metres": [4, 5]}, ["low", 1.5, None, "Größe"]
    places = ("disk",)  # a path is one of the service's here

    def make(self, filepath, version=None):
        return PutAndGet(f"http://127.0.0.1:{store().server_port}/kept{filepath}")

    def is_staged(self):
        return False


def answer(text, **headers):
    response = requests.Response()
    response.status_code, response.reason, response.url = 200, "OK", "http://tide.example/tides"
    response.headers.update(headers)
    response.request = requests.Request("GET", response.url).prepare()
    response._content = text.encode()
    return response


class TestResponseDataset(VersionedDatasetTests):
    """What loads record."""

    sample, other, filename = answer("high", etag="1"), answer("Größe"), "tides.json"

    def make(self, filepath, version=None):
        return ResponseDataset(filepath, version=version)

    def equal(self, a, b):
        return all(getattr(a, name) == getattr(b, name) for name in ("content", "status_code", "url", "headers"))


@pytest.fixture
def service():
    server = Service()
    yield server
    server.stop()


def sent(service):
    return [(method, json.loads(body)) for method, _, _, body in service.asked]


# Loads.


def test_a_load_asks_and_returns_the_response(service):
    dataset = APIDataset(service.url, load_args={"params": {"port": ["a", "b"]}, "headers": {"X-Who": "crew"}})
    response = dataset.load()

    assert isinstance(response, requests.Response)
    assert response.json() == {"tide": "high"}
    method, path, headers, _ = service.asked[0]
    assert (method, path, headers["X-Who"]) == ("GET", "/tides?port=a&port=b", "crew")


@pytest.mark.parametrize(
    "credentials",
    [
        ("captain", "s3cr3t"),
        ["captain", "s3cr3t"],
        {"username": "captain", "password": "s3cr3t"},
        {"auth": ["captain", "s3cr3t"]},
        HTTPBasicAuth("captain", "s3cr3t"),
    ],
)
def test_credentials_say_who_is_asking(service, credentials):
    APIDataset(service.url, credentials=credentials).load()

    assert service.asked[0][2]["Authorization"] == "Basic Y2FwdGFpbjpzM2NyM3Q="


def test_credentials_may_hold_headers_and_parameters(service):
    APIDataset(service.url, load_args={"params": {"port": "a"}}, credentials=SECRETS).load()

    _, path, headers, _ = service.asked[0]
    assert path == "/tides?port=a&api_key=s3cr3t-of-params"
    assert headers["Authorization"] == "Bearer s3cr3t-of-headers"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "DELETE"}, "one of GET, POST, PUT, not 'DELETE'"),
        ({"load_args": {"auth": ("a", "b")}, "credentials": ("c", "d")}, "both `auth` and `credentials`"),
        ({"credentials": {"token": "s3cr3t"}}, "these have token"),
        ({"version": Version(None, None)}, "needs a `filepath`"),
        ({"filepath": "tides.json"}, "with `versioned: true`"),
    ],
)
def test_what_does_not_fit_is_told_when_it_is_made(arguments, message):
    with pytest.raises(DatasetError, match=message):
        APIDataset("http://tide.example", **arguments)


def test_an_answer_of_failure_is_an_error_and_a_passing_one_is_asked_again(service):
    service.failures = 2
    with pytest.raises(DatasetError, match="503"):
        APIDataset(service.url).load()
    assert APIDataset(service.url, retries=1).load().ok

    service.failures, service.asked = 2, []
    with pytest.raises(DatasetError, match="503"):
        APIDataset(service.url, retries=1).load()
    assert len(service.asked) == 2
    service.failures = 1
    with pytest.raises(DatasetError, match="503"):
        APIDataset(service.url, retries={"total": 3, "status_forcelist": [500]}).load()


def test_a_post_that_may_have_arrived_is_not_sent_again(service):
    service.failures = 1
    with pytest.raises(DatasetError, match="503"):
        APIDataset(service.url, "POST", retries=3).save([1])

    assert len(service.asked) == 1


def test_it_exists_where_the_server_answers(service):
    dataset = APIDataset(service.url)
    assert dataset.exists()
    assert not APIDataset(service.url, "POST").exists()

    service.failures = 1
    with pytest.raises(DatasetError, match="503"):
        dataset.exists()


def test_arguments_of_a_load_are_for_that_load(service):
    dataset = APIDataset(service.url, load_args={"params": {"port": "a"}})
    dataset.load(params={"port": "b"})
    dataset.load()

    assert [path for _, path, _, _ in service.asked] == ["/tides?port=b", "/tides?port=a"]


# Saves.


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    ("data", "save_args", "bodies"),
    [
        ({"tide": "low"}, {}, [{"tide": "low"}]),
        ([1, 2, 3], {}, [[1, 2, 3]]),
        ([1, 2, 3], {"chunk_size": 2}, [[1, 2], [3]]),
        ([{"a": 1}, {"b": 2}], {"send_individually": True}, [{"a": 1}, {"b": 2}]),
        ([*range(150)], {}, [[*range(100)], [*range(100, 150)]]),
        ('{"tide": "low"}', {}, [{"tide": "low"}]),
        ([], {}, []),
    ],
)
def test_a_save_sends_json_in_chunks(service, method, data, save_args, bodies):
    APIDataset(service.url, method, save_args=save_args).save(data)

    assert sent(service) == [(method, body) for body in bodies]


def test_a_chunk_that_fails_is_told_and_the_rest_is_not_sent(service):
    dataset = APIDataset(service.url, "POST", save_args={"chunk_size": 1}, load_args=SECRETS)
    dataset.save([1])
    service.failures, service.asked = 1, []

    with pytest.raises(DatasetError, match="Request 1 of 3 failed"):
        dataset.save([1, 2, 3])
    assert len(service.asked) == 1


def test_one_only_loads_and_the_other_only_saves(service):
    with pytest.raises(DatasetError, match="only loads"):
        APIDataset(service.url).save({"tide": "low"})
    with pytest.raises(DatasetError, match="only saves"):
        APIDataset(service.url, "PUT").load()
    with pytest.raises(DatasetError):
        APIDataset(service.url, "PUT").save("no JSON")
    assert service.asked == []


def test_the_answer_to_a_save_is_kept_if_asked_for(service, tmp_path):
    kept = {"type": "json.JSONDataset", "filepath": str(tmp_path / "answer.json")}
    dataset = APIDataset(service.url, "POST", response_dataset=kept)
    dataset.save({"tide": "low"})

    assert dataset.get_last_response() == {"tide": "low"}
    with pytest.raises(DatasetError, match="response_dataset"):
        APIDataset(service.url, "POST").get_last_response()


# Records.


@pytest.fixture(params=["disk", "memory", "s3"])
def place(request, tmp_path, monkeypatch):
    with new_place(request.param, tmp_path, monkeypatch) as folder:
        yield folder


def recorded(service, place, load=None, save=None):
    return APIDataset(f"{service.url}?key=s3cr3t-of-url", filepath=f"{place}/tides.json", version=Version(load, save))


def test_each_load_records_a_version_and_a_pinned_one_needs_no_network(service, place):
    dataset = recorded(service, place)
    first = dataset.load()
    one = dataset.resolve_load_version()
    service.answer = '["Größe", 1]'.encode()
    dataset.load()
    two = dataset.resolve_load_version()
    service.stop()

    assert recorded(service, place).list_versions() == [two, one]
    again = recorded(service, place, one).load()
    assert isinstance(again, requests.Response)
    assert (again.json(), again.text, again.content) == (first.json(), first.text, first.content)
    assert (again.status_code, again.reason, again.encoding) == (200, "OK", "utf-8")
    assert (again.headers["x-tide"], again.headers["content-type"]) == ("1", first.headers["Content-Type"])
    assert (again.ok, again.elapsed, again.request.method) == (True, first.elapsed, "GET")
    assert dataset.at(two).load().json() == ["Größe", 1]
    assert dataset.at(two).exists()
    assert not dataset.at("2000-01-01T00.00.00.000Z").exists()
    with pytest.raises(VersionNotFoundError):
        dataset.at("2000-01-01T00.00.00.000Z").load()
    with pytest.raises(DatasetError, match="onnection"):
        dataset.load()
    assert recorded(service, place).list_versions() == [two, one]


def test_bytes_come_back_as_they_were(service, tmp_path):
    service.answer = bytes(range(256))
    dataset = recorded(service, tmp_path)
    dataset.load()

    assert dataset.at(dataset.list_versions()[0]).load().content == bytes(range(256))


def test_an_answer_of_failure_is_not_recorded(service, tmp_path):
    service.failures = 1
    with pytest.raises(DatasetError, match="503"):
        recorded(service, tmp_path).load()

    assert recorded(service, tmp_path).list_versions() == []


def test_a_catalog_records_under_its_version_and_pins_by_load_versions(service, tmp_path):
    entry = {
        "tides": {
            "type": "kedro.extras.datasets.api.APIDataSet",
            "url": service.url,
            "filepath": str(tmp_path / "tides.json"),
            "versioned": True,
        }
    }
    catalog = DataCatalog.from_config(entry, save_version="2026-01-01T00.00.00.000Z")
    catalog.load("tides")
    catalog.load("tides")
    service.answer = b"[]"

    assert len(service.asked) == 2
    pinned = DataCatalog.from_config(entry, load_versions={"tides": "2026-01-01T00.00.00.000Z"})
    result = SequentialRunner().run(pipeline([node(requests.Response.json, "tides", "level")]), pinned)
    assert result["level"] == {"tide": "high"}
    assert len(service.asked) == 2
    assert (
        len(APIDataset(service.url, filepath=str(tmp_path / "tides.json"), version=Version(None, None)).list_versions())
        == 2
    )


# Secrets.


def everything_below(folder):
    return "".join(each.read_text() for each in folder.rglob("*") if each.is_file())


@pytest.mark.parametrize("where", ["load_args", "credentials"])
def test_secrets_are_nowhere_to_be_seen(service, tmp_path, where, caplog):
    url = f"http://captain:s3cr3t-of-login@127.0.0.1:{service.server_port}/tides?token=s3cr3t-of-url"
    dataset = APIDataset(url, filepath=str(tmp_path / "tides.json"), version=Version(None, None), **{where: SECRETS})
    seen = [repr(dataset), str(dataset.to_config())]
    dataset.load()
    assert "s3cr3t-of-params" in service.asked[0][1]
    service.failures = 1
    with pytest.raises(DatasetError) as failed:
        dataset.load()
    service.stop()
    with pytest.raises(DatasetError) as unreachable:
        dataset.load()
    seen += [str(failed.value), str(unreachable.value), everything_below(tmp_path), caplog.text]

    assert "s3cr3t" not in "\n".join(seen)
    assert "high" in everything_below(tmp_path)


def test_secrets_of_a_save_are_nowhere_to_be_seen(service):
    dataset = APIDataset(service.url, "POST", save_args={**SECRETS, "chunk_size": 1})
    service.failures = 1
    with pytest.raises(DatasetError) as failed:
        dataset.save([1, 2])

    assert "s3cr3t" not in str(failed.value) + repr(dataset)


def test_it_pickles(service, tmp_path):
    dataset = APIDataset(
        service.url,
        credentials=HTTPBasicAuth("captain", "s3cr3t"),
        filepath=str(tmp_path / "tides.json"),
        version=Version(None, None),
        retries=2,
    )
    twin = pickle.loads(pickle.dumps(dataset))

    assert twin.load().json() == {"tide": "high"}
    assert dataset.list_versions() == twin.list_versions() != []
    assert repr(twin) == repr(dataset)


def test_parameters_as_text_do_not_mix_with_those_of_credentials():
    with pytest.raises(DatasetConfigError, match="`params` of both the arguments and the credentials must be mapping"):
        APIDataset("http://tide.example", load_args={"params": "port=a"}, credentials=SECRETS)


def test_a_stream_is_read_after_the_load(service):
    response = APIDataset(service.url, load_args={"stream": True}).load()

    assert response.raw.closed is False
    assert response.json() == APIDataset(service.url).load().json()
    response.close()
