"""`to_config`: a catalog as definitions again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemill import DataCatalog, LambdaDataset, MemoryDataset, PartitionedDataset, Version
from tidemill.datasets.pandas import CSVDataset
from tidemill.datasets.text import TextDataset

CSV = {"type": "pandas.CSVDataset", "filepath": "s3://bucket/cars.csv"}
SECRET = {"secret": "abcdefgh1"}


def again(catalog):
    return DataCatalog.from_config(*catalog.to_config())


def test_definitions_come_back_as_they_were():
    definitions = {
        "cars": {**CSV, "versioned": True, "credentials": "dev", "load_args": {"sep": ";", "key": "x"}},
        "parts": {"type": "PartitionedDataset", "path": "s3://b/p", "dataset": {**CSV, "credentials": "dev"}},
        "{name}@csv": {**CSV, "filepath": "s3://b/{name}.csv", "credentials": "dev"},
    }
    del definitions["parts"]["dataset"]["filepath"]
    catalog = DataCatalog.from_config(definitions, {"dev": SECRET, "other": SECRET}, {"cars": "2019"}, "2020")

    assert catalog.to_config() == (definitions, {"dev": SECRET, "other": SECRET}, {"cars": "2019"}, "2020")
    assert again(catalog).to_config() == catalog.to_config()


def test_used_or_not_makes_no_difference():
    catalog = DataCatalog.from_config({"cars": CSV, "{name}@csv": {**CSV, "filepath": "{name}"}})
    before = catalog.to_config()
    catalog["cars"]
    assert catalog.to_config() == before


def test_what_a_pattern_made_stands_for_itself():
    catalog = DataCatalog.from_config({"{name}@csv": {**CSV, "filepath": "{name}"}})
    catalog["cars@csv"]
    assert catalog.to_config()[0]["cars@csv"] == {**CSV, "filepath": "cars"}


def test_written_out_credentials_get_a_name_that_no_others_have():
    definitions = {
        "a": {**CSV, "credentials": SECRET},
        "{b}@c": {**CSV, "credentials": {"pin": "abcdefgh2"}},
        "d": {"type": "CachedDataset", "dataset": {**CSV, "credentials": {"pin": "abcdefgh3"}}},
    }
    given_credentials = {"a.credentials": {"other": "abcdefgh4"}, "b@c.credentials": {"other": "abcdefgh5"}}
    catalog = DataCatalog.from_config(definitions, given_credentials)

    config, credentials, _, _ = catalog.to_config()

    assert config["a"]["credentials"] == "a.credentials_2"
    assert config["{b}@c"]["credentials"] == "b@c.credentials_2"
    assert config["d"]["dataset"]["credentials"] == "d.dataset.credentials"
    assert credentials["a.credentials_2"] == SECRET
    assert credentials["a.credentials"] == {"other": "abcdefgh4"}
    made = DataCatalog.from_config(config, credentials)
    assert made["a"]._fs_options == SECRET
    assert made["x@c"]._fs_options == {"pin": "abcdefgh2"}
    assert made["d"]._dataset._fs_options == {"pin": "abcdefgh3"}


def test_datasets_that_were_given():
    catalog = DataCatalog(
        {
            "cars": CSVDataset("s3://b/cars.csv", credentials=SECRET, version=Version("2019", "2020")),
            "parts": PartitionedDataset("s3://b/p", TextDataset, credentials=SECRET),
            "answer": 42,
            "empty": MemoryDataset(),
        }
    )
    config, credentials, versions, _ = catalog.to_config()

    assert [*config] == ["cars", "parts"]  # what is in memory is no definition
    assert versions == {"cars": "2019"}
    assert "abcdefgh1" not in str((config, credentials))
    made = again(catalog)
    assert made["cars"]._fs_options == SECRET
    assert made["cars"]._version.load == "2019"
    assert made["parts"]._fs_options == SECRET
    assert made["parts"]._type is TextDataset


def test_credentials_that_are_no_mapping_are_no_name():
    class Token(TextDataset):
        def __init__(self, filepath, credentials):
            super().__init__(filepath)
            self.token = credentials

    catalog = DataCatalog({"a": Token("a", "abcdefgh1")})
    config, credentials, _, _ = catalog.to_config()
    assert config["a"]["credentials"] == "a.credentials"
    assert credentials["a.credentials"] == "abcdefgh1"
    assert "abcdefgh1" not in repr(credentials)
    assert again(catalog)["a"].token == "abcdefgh1"  # noqa: S105


def test_versions_of_names_that_patterns_will_make():
    catalog = DataCatalog.from_config({"{n}@csv": {**CSV, "versioned": True}}, load_versions={"a@csv": "2019"})
    assert catalog.to_config()[2] == {"a@csv": "2019"}
    assert again(catalog)["a@csv"]._version.load == "2019"


def test_versions_of_what_is_gone():
    catalog = DataCatalog.from_config({"a": {**CSV, "versioned": True}, "b": CSV}, load_versions={"a": "2019"})
    del catalog["a"]
    assert catalog.to_config()[2] == {}
    catalog["a"] = 5
    assert catalog.to_config()[2] == {}
    assert again(catalog).list() == ["b"]


def test_functions_stay_what_they_are():
    catalog = DataCatalog({"f": LambdaDataset(len, print)})
    assert catalog.to_config()[0]["f"] == {
        "type": "tidemill.io.functions.LambdaDataset",
        "load": len,
        "save": print,
    }


def test_the_catalog_is_not_changed_through_its_definitions():
    catalog = DataCatalog.from_config(
        {"a": {**CSV, "load_args": {"names": ["a"]}, "credentials": "dev"}}, {"dev": SECRET}
    )
    config, credentials, _, _ = catalog.to_config()
    config["a"]["load_args"]["names"].append("b")
    credentials["dev"]["secret"] = "changed"  # noqa: S105
    assert catalog["a"]._load_args == {"names": ["a"]}
    assert catalog["a"]._fs_options == SECRET


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "sep"]), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["x", "y", "z"]), PLAIN, max_size=3), st.booleans())
def test_plain_definitions_round_trip(load_args, versioned):
    definition = {**CSV, "load_args": load_args, "versioned": versioned}
    catalog = DataCatalog.from_config({"a": definition})
    config = catalog.to_config()[0]
    assert config == {"a": definition}
    assert json.loads(json.dumps(config)) == config
    assert again(catalog)["a"]._load_args == catalog["a"]._load_args


@pytest.mark.parametrize("name", ["a", "{a}"])
def test_credentials_of_lists_of_definitions(name):
    definition = {"type": f"{__name__}.Chain", "stages": [{"credentials": SECRET}, {"credentials": "dev"}]}
    catalog = DataCatalog.from_config({name: definition}, {"dev": SECRET})
    config, credentials, _, _ = catalog.to_config()
    assert config[name]["stages"][1] == {"credentials": "dev"}
    assert credentials[config[name]["stages"][0]["credentials"]] == SECRET
