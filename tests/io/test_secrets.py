"""Secrets never appear: not in repr, logs, errors, `_describe`, `to_config` or manifests, wherever they were given.

And what is no secret stays readable.
"""

from __future__ import annotations

import json
import logging
import pickle
import string
import traceback
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.messages import assert_short

from tidemill import (
    AbstractDataset,
    CachedDataset,
    DataCatalog,
    DatasetError,
    IncrementalDataset,
    PartitionedDataset,
    Version,
)
from tidemill.datasets.pandas import CSVDataset
from tidemill.datasets.text import TextDataset
from tidemill.io.definition import build
from tidemill.io.failure import hide
from tidemill.io.manifest import Manifest
from tidemill.io.provenance import saving
from tidemill.io.secrets.redaction import MASK, Secrets, has_mask, has_secret, mask_text, mask_url, redact, secrets_in
from tidemill.io.secrets.sensitive import is_secret


class Table(AbstractDataset):
    """A dataset that is as careless as those of users: its errors, its `_describe` and its logs tell everything."""

    def __init__(self, sql="", con="", credentials=None, load_args=None, fs_args=None, storage_options=None, **more):
        self._filepath = con
        self.sql, self.con, self.more = sql, con, more
        self.options = {**(credentials or {}), **(fs_args or {}), **(storage_options or {}), **(load_args or {})}

    def _load(self):
        try:
            raise ConnectionError("cannot connect", self.con, self.options)
        except ConnectionError as exc:
            raise OddError(f"{self.sql!r} failed at {self.con} with {self.options}, {self.more}") from exc

    def _save(self, data):
        raise DatasetError(f"{self.sql} failed at {self.con} with {json.dumps(self.options, default=str)} {self.more}")

    def _exists(self):
        error = FileNotFoundError(2, f"no {self.options}", f"{self.con}", None, f"{self.sql}")
        raise error

    def _describe(self):
        return {"sql": self.sql, "con": self.con, "options": self.options, "path": PurePosixPath(self.con), **self.more}


class OddError(Exception):
    """An error that prints something else than its arguments."""

    def __init__(self, message):
        super().__init__("odd")
        self.message = message

    def __str__(self):
        return self.message


def text_of(error):
    return "".join(traceback.format_exception(error))


@contextmanager
def logged():
    """Collect what is logged at any level."""
    records = []
    handler = logging.Handler(logging.DEBUG)
    handler.emit = lambda record: records.append(record.getMessage())
    root = logging.getLogger("tidemill")
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield records
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def shown_by(catalog, name):
    """Return all that a dataset and its catalog show, whatever is done with them."""
    dataset = catalog[name]
    texts = [
        repr(dataset),
        str(dataset),
        f"{dataset}",
        repr(catalog),
        str(catalog.to_config()),
        str(catalog.validate()),
    ]
    if not isinstance(dataset, Table):  # what a user's `_describe` returns is the user's, until it is shown
        texts.append(str(dataset._describe()))
    texts += [str(dataset.to_config()), json.dumps(catalog.to_config()[0], default=repr)]
    with logged() as records:
        for call in (
            lambda: catalog.load(name),
            lambda: catalog.save(name, {"a": "x"}),
            lambda: catalog.exists(name),
            lambda: catalog.confirm(name),
        ):
            try:
                call()
            except Exception as exc:  # noqa: BLE001 - that of any kind is looked at
                texts.append(text_of(exc))
    return "\n".join([*texts, *records])


# Where a secret may stand: from the secret to a definition and credentials.

S3 = {"type": "text.TextDataset", "filepath": "memory://bucket/a.txt"}
TABLE = {"type": Table, "con": "sqlite:///cars.db", "sql": "SELECT * FROM cars"}


def table(key, text):
    """Return what plants a secret in a text of a table's definition."""

    def planted(secret):
        return {**TABLE, key: text.replace("<secret>", secret).replace("<quoted>", quote(secret, safe=""))}, {}

    return planted


POSITIONS = {
    "credentials": lambda s: ({**TABLE, "credentials": "dev"}, {"dev": {"anything": s}}),
    "nested credentials": lambda s: ({**TABLE, "credentials": "dev"}, {"dev": {"client_kwargs": {"pin": [s]}}}),
    "credentials written out": lambda s: ({**TABLE, "credentials": {"user": "me", "anything": s}}, {}),
    "credentials of a file": lambda s: ({**S3, "credentials": {"secret": s}}, {}),
    "fs_args key": lambda s: ({**TABLE, "fs_args": {"key": s}}, {}),
    "fs_args secret": lambda s: ({**S3, "fs_args": {"secret": s}}, {}),
    "fs_args nested": lambda s: ({**TABLE, "fs_args": {"client_kwargs": {"aws_session_token": s}}}, {}),
    "fs_args headers": lambda s: ({**TABLE, "fs_args": {"headers": {"X-Anything": s}}}, {}),
    "storage_options": lambda s: ({**TABLE, "storage_options": {"account_key": s}}, {}),
    "load_args storage_options": lambda s: ({**TABLE, "load_args": {"storage_options": {"sas_token": s}}}, {}),
    "headers": lambda s: (
        {**TABLE, "load_args": {"headers": {"Accept": "text/csv", "Authorization": f"Bearer {s}"}}},
        {},
    ),
    "cookies": lambda s: ({**TABLE, "load_args": {"cookies": {"session": s}}}, {}),
    "auth": lambda s: ({**TABLE, "load_args": {"auth": ["me", s]}}, {}),
    "query parameters": lambda s: ({**TABLE, "load_args": {"params": {"q": "cars", "api_key": s}}}, {}),
    "query parameters named key": lambda s: ({**TABLE, "load_args": {"params": {"key": s}}}, {}),
    "query parameters in pairs": lambda s: ({**TABLE, "load_args": {"params": [["q", "cars"], ["token", s]]}}, {}),
    "query parameters in pairs, first": lambda s: ({**TABLE, "load_args": {"params": [("token", s), ("q", 1)]}}, {}),
    "any object": lambda s: ({**TABLE, "credentials": {"frame": pd.DataFrame({"a": [1, 2]}), "set": {s}}}, {}),
    "connect_args": lambda s: ({**TABLE, "load_args": {"connect_args": {"password": s}}}, {}),
    "any argument of a telling name": lambda s: ({**TABLE, "apiKey": s}, {}),
    "a url with a password": table("con", "postgresql+psycopg2://me:<quoted>@db:5432/cars"),
    "a url with a token": table("con", "https://<quoted>@host/cars.git"),
    "s3 url": lambda s: ({**S3, "filepath": f"memory://key:{quote(s, safe='')}@bucket/a.txt"}, {}),
    "presigned s3": table("con", "https://b.s3.amazonaws.com/a?X-Amz-Expires=60&X-Amz-Signature=<quoted>"),
    "azure sas": table("con", "https://acc.blob.core.windows.net/c/a?sv=2020&sp=r&sig=<quoted>"),
    "url parameter": table("con", "https://host/a?q=1&access_token=<quoted>#top"),
    "odbc": table("con", "Driver={ODBC 18};Server=db;UID=me;PWD={{s}};Encrypt=yes"),
    "ado": table("con", "Server=db;User ID=me;Password=<secret>;Encrypt=yes"),
    "azure connection string": table("con", "AccountName=me;AccountKey=<secret>;EndpointSuffix=x"),
    "libpq": table("con", "host=db user=me password='<secret>' dbname=cars"),
    "jdbc": table("con", "jdbc:sqlserver://db;user=me;password=<secret>;encrypt=true"),
    "sql create user": table("sql", "CREATE USER bob IDENTIFIED BY '<secret>'"),
    "sql alter role": table("sql", "ALTER ROLE bob WITH PASSWORD '<secret>' VALID UNTIL '2030-01-01'"),
    "sql where": table("sql", "SELECT * FROM t WHERE country = 'DE' AND api_token = '<secret>'"),
    "sql copy": table("sql", "COPY t FROM 's3://b' CREDENTIALS 'aws_secret_access_key=<secret>'"),
    "sql insert": table(
        "sql", "INSERT INTO users (name, password) VALUES ('bob', '<secret>'), ('eve', md5('<secret>'))"
    ),
    "sql crypt": table("sql", "SELECT pgp_sym_decrypt(name, '<secret>') FROM t"),
    "sql dblink": table("sql", "SELECT * FROM dblink('host=h password=<secret>', 'SELECT 1')"),
    "partitions": lambda s: (
        {"type": "PartitionedDataset", "path": "memory://p", "dataset": TextDataset, "credentials": {"secret": s}},
        {},
    ),
    "partitions' dataset": lambda s: (
        {
            "type": "PartitionedDataset",
            "path": "memory://p",
            "dataset": {"type": Table, "storage_options": {"password": s}},
            "filepath_arg": "con",
        },
        {},
    ),
    "increments' checkpoint": lambda s: (
        {
            "type": "IncrementalDataset",
            "path": "memory://p",
            "dataset": TextDataset,
            "checkpoint": {"filepath": f"memory://u:{quote(s, safe='')}@q/CHECKPOINT", "credentials": {"token": s}},
        },
        {},
    ),
    "inside a cache": lambda s: ({"type": "CachedDataset", "dataset": {**TABLE, "credentials": {"pin": s}}}, {}),
}
# What passwords and keys are made of; quotes and semicolons would end the connection strings that they stand in.
ALPHABET = string.ascii_letters + string.digits + "-_.~!*+/=@#$%^:,"
SECRETS = st.text(ALPHABET, min_size=9, max_size=40).filter(
    lambda text: (
        any(c.isdigit() for c in text) and any(c.isalpha() for c in text) and text.strip("*.-_~!+/=@#$%^:,") == text
    )
)
FIXED = ["wJalrXUtnFEMI/K7MDENG/bPxRfiCY3XAMPLEKEY", "p@ss/w0rd:with%40all", "hunter2hunter2"]


def absent(secret, text):
    """Check that a secret is not in a text, in any of its spellings."""
    for spelling in {secret, quote(secret), quote(secret, safe=""), repr(secret)[1:-1], json.dumps(secret)[1:-1]}:
        if spelling in text:
            at = text.index(spelling)
            pytest.fail(f"{spelling!r} in: ...{text[max(0, at - 300) : at + 100]}")


@pytest.mark.parametrize("position", POSITIONS)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(secret=FIXED[0])
@example(secret=FIXED[1])
@example(secret=FIXED[2])
@given(secret=SECRETS)
def test_wherever_it_is_planted_it_is_seen_nowhere(position, secret):
    definition, credentials = POSITIONS[position](secret)
    catalog = DataCatalog.from_config({"cars": definition}, credentials)

    absent(secret, shown_by(catalog, "cars"))


IN_TEXTS = ("a url", "s3 url", "presigned", "azure", "url", "odbc", "ado", "libpq", "jdbc", "sql", "increments")


@pytest.mark.parametrize("position", [each for each in POSITIONS if not each.startswith(IN_TEXTS)])
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=6, max_size=30))
def test_a_value_of_its_own_may_be_any_text(position, text):
    secret = f"7§{text}§"
    definition, credentials = POSITIONS[position](secret)

    absent(secret, shown_by(DataCatalog.from_config({"cars": definition}, credentials), "cars"))


@pytest.mark.parametrize("position", POSITIONS)
def test_datasets_made_by_hand_are_as_discreet(position):
    secret = FIXED[0]
    definition, credentials = POSITIONS[position](secret)
    if isinstance(definition.get("credentials"), str):
        definition = {**definition, "credentials": credentials[definition["credentials"]]}

    catalog = DataCatalog({"cars": build("cars", definition)})

    absent(secret, shown_by(catalog, "cars"))


def test_credentials_given_by_position():
    dataset = Table("SELECT 1", "db", {"pin": "a-secret-99"}, {"sep": ";"})
    absent("a-secret-99", shown_by(DataCatalog({"cars": dataset}), "cars"))


def test_a_secret_that_the_dataset_got_from_elsewhere():
    class Own(Table):
        def __init__(self):
            super().__init__("SELECT 1", "db")
            self._password = "from-the-vault-1"  # noqa: S105
            self.more = {"used": self._password}

    absent("from-the-vault-1", shown_by(DataCatalog({"cars": Own()}), "cars"))


class TestErrors:
    SECRET = "a-secret-4711"  # noqa: S105

    def dataset(self, fail):
        class Failing(Table):
            def _load(self):
                fail(self.options["pin"])

        return Failing(credentials={"pin": self.SECRET})

    def check(self, fail, kind=None):
        with pytest.raises(DatasetError) as error:
            self.dataset(fail).load()
        absent(self.SECRET, text_of(error.value))
        absent(self.SECRET, repr(error.value.__cause__))
        if kind:
            assert isinstance(error.value.__cause__, kind)
        assert MASK in str(error.value)
        return error.value

    def test_arguments_of_every_kind(self):
        def fail(secret):
            raise ValueError({"pin": secret}, [secret], secret.encode(), Path(secret))

        self.check(fail, ValueError)

    def test_file_names(self):
        def fail(secret):
            open(f"/no/such/{secret}")  # noqa: SIM115

        assert "/no/such/***" in text_of(self.check(fail, FileNotFoundError).__cause__)

    def test_its_own_str(self):
        def fail(secret):
            raise OddError(f"it was {secret}")

        error = self.check(fail, OddError)
        assert str(error.__cause__) == "it was ***"
        assert type(error.__cause__).__name__ == "OddError"
        assert MASK in str(pickle.loads(pickle.dumps(error.__cause__)))

    def test_causes_contexts_and_notes(self):
        def fail(secret):
            try:
                try:
                    raise KeyError(secret)
                except KeyError:
                    raise TypeError(secret)  # noqa: B904 - its context is what is tested
            except TypeError as exc:
                error = ValueError(f"with {secret}")
                error.__notes__ = [f"and {secret}"]
                raise error from exc

        self.check(fail, ValueError)

    def test_attributes_that_cannot_be_set(self):
        class FixedError(OddError):
            @property
            def msg(self):
                return self.message

        def fail(secret):
            raise FixedError(f"it was {secret}")

        self.check(fail, FixedError)

    def test_missing_modules(self):
        def fail(secret):
            raise ImportError(f"no {secret}")

        self.check(fail, ImportError)

    def test_an_error_that_is_its_own_cause(self):
        def fail(secret):
            error = ValueError(secret)
            error.__context__ = OSError(secret)
            error.__context__.__context__ = error
            raise error

        self.check(fail)

    def test_a_constructor_that_fails(self):
        class Failing(Table):
            def __init__(self, **options):
                raise OddError(f"bad {options}")

        for kind in (Failing, Table):
            with pytest.raises(DatasetError) as error:
                build("cars", {"type": kind, "credentials": {"pin": self.SECRET}, "sql": 5, "load_args": self.SECRET})
            if kind is Failing:
                absent(self.SECRET, text_of(error.value))
            assert_short(error.value, "'cars'")

    def test_a_dataset_in_the_way_of_an_unknown_argument(self):
        with pytest.raises(DatasetError) as error:
            build("cars", {**S3, "password": self.SECRET})
        absent(self.SECRET, text_of(error.value))

    @pytest.mark.parametrize("key", ["type", "filepath", "load_args", "dataset", "credentials"])
    def test_a_url_in_the_wrong_place(self, key):
        url = f"s3://me:{self.SECRET}@bucket/a.csv"
        for definition in ({"type": "pandas.CSVDataset", "filepath": "a"}, {"type": "PartitionedDataset", "path": "a"}):
            with pytest.raises(DatasetError) as error:
                DataCatalog.from_config({"cars": {**definition, key: url}}).load("cars")
            absent(self.SECRET, text_of(error.value))

    def test_versions_of_a_url_with_a_password(self):
        dataset = TextDataset(f"memory://me:{self.SECRET}@bucket/a.txt", version=Version("2020", "2020"))
        for call in (dataset.load, lambda: dataset.save("x"), lambda: dataset.save("x")):
            try:
                call()
            except DatasetError as exc:
                absent(self.SECRET, text_of(exc))

    def test_a_corrupt_checkpoint(self):
        import fsspec

        fsspec.filesystem("memory").pipe_file("/secret_checkpoint/CHECKPOINT", b"")
        dataset = IncrementalDataset(
            "memory://secret_checkpoint",
            TextDataset,
            checkpoint={"filepath": f"memory://me:{self.SECRET}@secret_checkpoint/CHECKPOINT"},
        )
        with pytest.raises(DatasetError, match="is empty") as error:
            dataset.load()
        absent(self.SECRET, text_of(error.value))


class TestManifests:
    def test_parameters_and_runs(self, tmp_path):
        secret = FIXED[1]
        facts = {
            "run": {"id": "1", "command": f"run --params token={secret}", "env": {"API_KEY": secret}},
            "inputs": {"password_resets": "2020", "db": f"postgresql://me:{quote(secret, safe='')}@db/cars"},
            "parameters": {
                "params:api_token": secret,
                "params:model": {"depth": 5, "headers": {"X": secret}, "password": secret},
                "params:token_limit": 100,
                "con": f"Server=db;PWD={secret};",
            },
        }
        dataset = TextDataset(str(tmp_path / "a.txt"), version=Version(None, "2020"))
        with saving(**facts):
            dataset.save("x")

        text = (tmp_path / "a.txt" / "2020" / ".manifest.json").read_text()
        absent(secret, text)
        content = json.loads(text)
        assert content["inputs"]["password_resets"] == "2020"  # noqa: S105 - the version of a dataset of that name
        assert content["parameters"]["params:token_limit"] == 100
        assert content["parameters"]["params:model"]["depth"] == 5

    def test_columns_of_any_name_are_kept(self):
        manifest = Manifest("1", data={"rows": 1, "columns": 1, "schema": {"password": "object", "api_key": "int64"}})
        assert Manifest.from_json(manifest.to_json()).data["schema"] == {"password": "object", "api_key": "int64"}


class TestToConfig:
    def test_the_credentials_are_masked_to_the_eye_and_whole_inside(self):
        given_credentials = {"dev": {"key": "AKIA1234", "client_kwargs": {"secret": "s3cr3t99"}}, "token": "tok-12345"}
        definitions = {
            "cars": {**S3, "credentials": "dev"},
            "bikes": {**S3, "credentials": {"secret": "written-out-1"}},
        }
        catalog = DataCatalog.from_config(definitions, given_credentials, save_version="2020")

        config, credentials, versions, save_version = catalog.to_config()

        for text in (repr(credentials), str(credentials), f"{credentials}", repr(credentials["dev"]), str(config)):
            for secret in ("AKIA1234", "s3cr3t99", "tok-12345", "written-out-1"):
                assert secret not in text
        assert repr(credentials["dev"]["client_kwargs"]) == "{'secret': '***'}"
        assert credentials["dev"]["key"] == "AKIA1234"
        assert config["cars"]["credentials"] == "dev"

        again = DataCatalog.from_config(config, credentials, versions, save_version)
        assert again["cars"]._fs_options == catalog["cars"]._fs_options
        assert again["bikes"]._fs_options == {"secret": "written-out-1"}
        assert again.to_config() == catalog.to_config()
        assert pickle.loads(pickle.dumps(credentials)) == credentials

    def test_a_masked_secret_that_came_back_is_told_when_it_fails(self):
        definition = {**TABLE, "storage_options": {"password": "not-for-eyes-1"}}
        shown = DataCatalog.from_config({"cars": definition}).to_config()[0]
        assert shown["cars"]["storage_options"] == {"password": MASK}

        with pytest.raises(DatasetError) as error:
            DataCatalog.from_config(shown).load("cars")

        assert_short(error.value, "`***` in the place of a secret", "put the secret back")

    def test_what_stands_in_plain_sight_is_found_by_validate(self):
        catalog = DataCatalog.from_config(
            {
                "open": {**S3, "fs_args": {"secret": "abcdefgh1"}},
                "url": {**S3, "filepath": "ftp://me:abcdefgh1@host/a"},
                "fine": {**S3, "credentials": "dev", "load_args": {"sep": ";", "key": "/table"}},
            },
            {"dev": {"secret": "abcdefgh1"}},
        )
        found = {each.dataset: each.message for each in catalog.validate() if "plain sight" in each.message}
        assert {*found} == {"open", "url"}
        assert "Move it to `credentials`" in found["open"]


HARMLESS = [
    {"filepath": "data/01_raw/cars.csv", "sep": ";", "index": False, "encoding": "utf-8", "mode": "r"},
    {"key": "/table", "keys": ["id", "year"], "primary_key": "id", "join_key": "customer_key", "sort_keys": True},
    {"tokenizer": "words", "max_tokens": 100, "max_token": 100, "tokens": ["a", "b"], "token_column": "token"},
    {"author": "Jane", "authors": ["Jane"], "secretary": "Joe", "passenger": "Ann", "compass": "north", "signal": "on"},
    {"signature_version": "s3v4", "auth_url": "https://host/login", "token_type": "bearer", "password_length": 12},
    {"usecols": ["password", "name"], "dtype": {"id": "int64"}, "columns": ["token", "text"], "bypass": "yes"},
    {"header": 0, "names": ["key", "secret_santa_name"], "parse_dates": ["day"], "params": {"q": "cars", "page": 2}},
    {"fs_args": {"anon": True, "profile": "dev", "open_args_load": {"mode": "rb", "encoding": "utf-8"}}},
    {"endpoint_url": "http://localhost:9000", "region_name": "eu-west-1", "client_kwargs": {"verify": False}},
    {"sql": "SELECT key, 'it''s' FROM cars WHERE country = 'Germany' AND year = 2020"},
    {"sql": "INSERT INTO tides (tide, metres) VALUES ('high', '4'), ('low', '1')"},
    {"url": "https://host:8080/data@2x.png?q=cars&sep=;&page=2#top", "email": "jane@host.org"},
    {"sas": "https://acc.blob.core.windows.net/c/a?sv=2020&se=2030"} and {"path": "abfs://container@acc/a.csv"},
    {"path": "sftp://me@host/a.csv"},
    {"path": "hdfs://me@namenode:8020/a"},
    {"text": "Basic authentication with the bearer of bad news; the password is asked for, token by token"},
    {"formula": "y = a * b; z == 'x'", "note": "key=value; a=b", "expression": "secretion = 5"},
    {"password": None, "secret": "", "token": False},
]


@pytest.mark.parametrize("harmless", HARMLESS)
def test_what_is_harmless_stays_readable(harmless):
    assert redact(harmless) == harmless
    assert not has_secret(harmless)
    assert secrets_in(harmless) == set()


@pytest.mark.parametrize(
    "text",
    [
        "C:/data/cars@2x.csv",
        "s3://bucket/key@2x.png",
        "memory://a@b.csv",
        "file:///home/me@work/a.csv",
        "data/2020-01-01T00.00.00.000Z/cars.csv",
        "read_csv() got an unexpected keyword argument 'password'",
        "Unexpected token '}' in line 5",
        "host=db password=",
        "invalid literal for int() with base 10: 'token'",
        "No such file or directory: 'secret/cars.csv'",
        "Error tokenizing data. C error: Expected 3 fields in line 5, saw 4",
        "columns overlap: Index(['key'], dtype='object')",
    ],
)
def test_messages_stay_readable(text):
    assert mask_url(text) == text


@pytest.mark.parametrize(
    "name",
    [
        "password", "db_password", "PASSWORD", "dbPassword", "passwd", "pwd", "pass", "db_pass", "passphrase",
        "secret", "client_secret", "aws_secret_access_key", "aws_access_key_id", "AWSAccessKeyId", "accessKey",
        "token", "sas_token", "access-token", "refreshToken", "params:api_token", "params:model.token", "authToken",
        "apikey", "api_key", "api-key", "X-Api-Key", "APIKEY", "account_key", "AccountKey", "private_key", "sig",
        "Signature", "X-Amz-Signature", "X-Amz-Security-Token", "SharedAccessSignature", "connection_string", "dsn",
        "credentials", "google_credentials", "authorization", "Cookie", "encryption_key", "webhook_url", "_password",
    ],
)  # fmt: skip
def test_names_of_secrets(name):
    assert is_secret(name)


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["password", "key", "fs_args", "credentials", "headers", "a", "params"]) | st.text(max_size=5),
        inner,
        max_size=3,
    ),
    max_leaves=15,
))  # fmt: skip
def test_redacting_twice_is_redacting_once_and_keys_stay(value):
    shown = redact(value)
    assert redact(shown) == shown
    assert not has_secret(shown)

    def keys(each):
        if isinstance(each, dict):
            return {key: keys(inner) for key, inner in each.items()}
        return [keys(inner) for inner in each] if isinstance(each, list) else None

    if isinstance(value, dict):
        assert shown.keys() == value.keys()
    json.dumps(str(keys(shown)))


@given(st.text(max_size=300))
def test_masking_any_text_ends_and_is_stable(text):
    assert mask_url(mask_url(text)) == mask_url(text)


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "a=" * 50_000, "'a':" * 50_000, "x://" * 50_000, "key " * 50_000, "('" * 50_000]
)
def test_masking_takes_no_longer_than_the_text(text):
    import time

    started = time.process_time()
    mask_url(text)
    assert time.process_time() - started < 2


def test_the_types_of_containers_stay():
    value = {"a": (1, [2]), "b": {frozenset({1}), 2}, "c": Version("1", "2"), "d": frozenset()}
    assert redact(value) == value
    assert [type(each) for each in redact(value).values()] == [tuple, set, Version, frozenset]


def test_what_contains_itself_and_what_is_repeated():
    value = {"password": "abcdefgh1", "inner": []}
    value["inner"].append(value)
    assert "abcdefgh1" not in str(redact(value))

    shared = {"a": 1}
    for _ in range(60):
        shared = {"x": shared, "y": shared}
    redact(shared)  # 2 to the power of 60 otherwise


class MadeAnew(Mapping):
    """A mapping that makes its values when it is asked, as wrappers of other people's structures do."""

    def __getitem__(self, key):
        return [key]

    def __iter__(self):
        return iter(range(30))

    def __len__(self):
        return 30


def test_what_is_gone_is_not_taken_for_what_comes_after_it():
    assert redact(MadeAnew()) == {key: [key] for key in range(30)}


def test_a_key_without_a_name_is_no_exception():
    assert redact({"": "postgres://bob:hunter22@host/db"}) == {"": "postgres://***@host/db"}


class TestShortSecrets:
    """A short secret, or one that is a word, must not ruin the message, and its mask must not tell what it is."""

    def message(self, secret, text="a b", filepath="data/cars.csv"):
        class Failing(Table):
            def _load(self):
                raise ValueError(text)

        dataset = Failing(con=filepath, credentials={"pin": secret})
        dataset._name = "cars"
        with pytest.raises(DatasetError) as error:
            dataset.load()
        return str(error.value)

    @pytest.mark.parametrize("secret", ["a", "12", "abc", "*", ".", ""])
    def test_too_short_to_be_searched_for(self, secret):
        text = "a bad abc at 12.5 * 3"
        assert self.message(secret, text).endswith(f"ValueError: {text}")

    @pytest.mark.parametrize("secret", ["cars", "data", "Failing", "Loading", "failed", "csv."])
    def test_what_our_own_words_say_is_not_masked(self, secret):
        assert self.message(secret).startswith("Loading 'cars' (Failing) failed at data/cars.csv.")

    def test_a_word_is_masked_as_a_word(self):
        assert self.message("tiger", "login scott/tiger refused").endswith("login scott/*** refused")
        assert self.message("tiger", "tigers are no cats").endswith("tigers are no cats")

    def test_a_word_that_stands_there_anyway_is_not_singled_out(self):
        message = self.message("data", "no such file: data/cars.csv")
        assert MASK not in message

    def test_a_long_one_is_masked_wherever_it_stands(self):
        assert "hunter22" not in self.message("hunter22", "xhunter22x in data/hunter22/a")
        assert "hunter22" not in self.message("hunter22", "-", filepath="data/hunter22/a.csv")

    def test_places_of_credentials_are_no_secrets_in_messages(self):
        credentials = {"key": "AKIA1234", "client_kwargs": {"endpoint_url": "http://localhost:9000", "region": "eu-1"}}
        text = "Could not connect to the endpoint URL: http://localhost:9000/bucket"
        assert mask_text(text, secrets_in({"credentials": credentials})) == text

    def test_numbers(self):
        assert secrets_in({"credentials": {"pin": 471100}}) == {"471100"}
        assert redact({"password": 123456, "max_token": 100}) == {"password": MASK, "max_token": 100}


def test_secrets_hide_at_any_depth():
    secrets = Secrets({"a": {"b": ["c"], "d": {"e": 5}}, "t": "x", "none": None})
    assert repr(secrets) == "{'a': {'b': ['***'], 'd': {'e': '***'}}, 't': '***', 'none': None}"
    assert secrets == {"a": {"b": ["c"], "d": {"e": 5}}, "t": "x", "none": None}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("host=db;password=;user=me", "host=db;password=***;user=me"),
        ("password='' user=me", "password=*** user=me"),
        ("postgresql://me:@db/tides", "postgresql://***@db/tides"),
    ],
)
def test_a_secret_that_is_empty_is_not_searched_for(text, shown):
    assert mask_url(text) == shown
    assert "" not in secrets_in({"url": text})
    assert mask_text("and the rest stays", secrets_in({"url": text})) == "and the rest stays"


def test_has_mask():
    assert has_mask({"fs_args": {"secret": MASK}})
    assert has_mask({"con": "postgresql://***@db/cars"})
    assert not has_mask({"na_values": [MASK], "sep": MASK})


def test_hiding_leaves_what_is_harmless_as_it_was():
    arguments = ("text", 5, None, {"a": 1}, b"x")
    error = ValueError(*arguments)
    hide(error, {"a-secret-1"})
    assert all(new is old for new, old in zip(error.args, arguments, strict=True))
    assert type(error) is ValueError


def test_our_own_descriptions_are_masked(tmp_path):
    secret = "a-secret-4711"  # noqa: S105
    options = {"password": secret, "sep": ";"}
    for dataset in (
        CSVDataset(str(tmp_path / "a"), load_args=options, save_args=options),
        PartitionedDataset(f"ftp://me:{secret}@host/a", {"type": CSVDataset, "load_args": options}),
        IncrementalDataset("memory://a", CSVDataset, checkpoint={"filepath": f"ftp://me:{secret}@host/C"}),
        CachedDataset({"type": CSVDataset, "filepath": f"ftp://me:{secret}@host/a", "load_args": options}),
    ):
        absent(secret, str(dataset._describe()))
        absent(secret, repr(dataset))


INSERT = """insert into app.users(name, "password", age)
values ('a, (b', 'it''s; x', 4),('c', 'y', 5) on conflict (name) do update set name = 'z'"""


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        (INSERT, INSERT.replace("it''s; x", MASK).replace("'y'", f"'{MASK}'")),
        (
            "INSERT INTO t (api_token, x) VALUES (lower('abc', 'd'), 'e')",
            "INSERT INTO t (api_token, x) VALUES (lower('***', '***'), 'e')",
        ),
        ("INSERT INTO t (x, token) VALUES ('e', 'cut off in the mid", "INSERT INTO t (x, token) VALUES ('e', '***'"),
        ("INSERT INTO t (token) VALUES (:token), (NULL)", "INSERT INTO t (token) VALUES (:token), (NULL)"),
        ("INSERT INTO t (token) SELECT 'a'", "INSERT INTO t (token) SELECT 'a'"),
    ],
)
def test_a_value_of_an_insert_is_a_secret_when_its_column_says_so(query, shown):
    assert mask_url(query) == shown
