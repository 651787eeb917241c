from __future__ import annotations

import pickle

import pytest
from tests import servers

from tidemill import DataCatalog, DatasetError
from tidemill.datasets.redis import PickleDataset
from tidemill.testing import DatasetTests


@pytest.fixture(autouse=True)
def server(monkeypatch):
    """The server, which datasets find by the environment, and a client of its own."""
    url = servers.redis()
    monkeypatch.setenv("REDIS_URL", url)
    import redis

    with redis.Redis.from_url(url) as client:
        client.flushall()
        yield client


class PickleTests(DatasetTests):
    kind = PickleDataset
    sample, other = {"tide": ("high", 4.5)}, {"tide": ("low", {1, 2})}
    places = ("disk",)  # the filepath of a test is the key here
    backend = "pickle"

    def make(self, filepath, version=None):
        return PickleDataset(filepath, self.backend)


class TestPickle(PickleTests):
    pass


class TestCloudpickle(PickleTests):
    backend = "cloudpickle"


class TestDill(PickleTests):
    backend = "dill"


def test_it_is_found_by_its_names_and_has_the_arguments_that_users_know(server):
    entry = {
        "type": "kedro_datasets.redis.redis_dataset.PickleDataset",
        "key": "tides",
        "backend": "pickle",
        "save_args": {"protocol": 0},
        "load_args": {"encoding": "ASCII"},
        "redis_args": {"from_url_args": {"socket_timeout": 5}, "set_args": {"ex": 100}},
    }
    catalog = DataCatalog.from_config({"tides": entry})
    catalog.save("tides", 1)

    assert catalog.load("tides") == 1
    assert server.get("tides") == pickle.dumps(1, protocol=0)
    assert 0 < server.ttl("tides") <= 100


def test_a_database_and_a_password_are_those_of_the_entry(server, monkeypatch):
    address = servers.redis().rpartition("@")[2]
    monkeypatch.setenv("REDIS_URL", "redis://nowhere.example")
    where = {"from_url_args": {"url": f"redis://{address}", "db": 3}}
    dataset = PickleDataset("tides", redis_args=where, credentials={"password": "flood-of-redis"})
    dataset.save("high")

    assert dataset.load() == "high"
    assert not server.exists("tides")
    assert "flood-of-redis" not in repr(dataset)
    wrong = PickleDataset("tides", redis_args=where, credentials={"password": "ebb-of-redis"})
    with pytest.raises(DatasetError, match="AuthenticationError") as refused:
        wrong.load()
    assert "ebb-of-redis" not in str(refused.value)


def test_a_set_that_the_server_does_not_do_is_an_error(server):
    only_new = {"set_args": {"nx": True}}
    PickleDataset("tides", redis_args=only_new).save("high")

    with pytest.raises(DatasetError, match="did not set the key 'tides'"):
        PickleDataset("tides", redis_args=only_new).save("low")
    assert PickleDataset("tides").load() == "high"


def test_what_does_not_pickle_leaves_the_old_content(server):
    PickleDataset("tides").save("high")

    with pytest.raises(DatasetError, match="pickle"):
        PickleDataset("tides").save([lambda: None])
    assert PickleDataset("tides").load() == "high"


def test_a_key_that_is_not_there_and_a_server_that_is_not_are_named(server, monkeypatch):
    with pytest.raises(DatasetError, match="under the key 'neap'"):
        PickleDataset("neap").load()
    monkeypatch.setenv("REDIS_URL", f"redis://:s3cr3t@127.0.0.1:{servers.free_port()}")
    for act in (PickleDataset("tides").load, PickleDataset("tides").exists, lambda: PickleDataset("tides").save(1)):
        with pytest.raises(DatasetError, match="ConnectionError") as refused:
            act()
        assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"backend": "no_such_library"}, "pip install no-such-library"),
        ({"backend": "joblib"}, "no `loads` and `dumps`"),
        ({"redis_args": {"db": 1}}, "`redis_args` has 'db'"),
    ],
)
def test_what_does_not_fit_is_told_when_it_is_made(arguments, message):
    with pytest.raises(DatasetError, match=message):
        PickleDataset("tides", **arguments)
