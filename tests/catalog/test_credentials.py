from __future__ import annotations

import copy
import time
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemill.catalog.credentials import check_credentials, resolve_credentials
from tidemill.errors import CredentialsNotFoundError

GIVEN = {"dev_s3": {"key": "AKIA", "secret": "hunter2", "client_kwargs": {"urls": ["u"]}}, "token": "abc", "none": None}
CHECKPOINT = {"type": "text.TextDataset", "credentials": "token"}


def test_the_mapping_takes_the_place_of_its_name():
    definition = {"type": "pandas.CSVDataset", "credentials": "dev_s3"}
    assert resolve_credentials("cars", definition, GIVEN) == {**definition, "credentials": GIVEN["dev_s3"]}
    assert definition["credentials"] == "dev_s3"


def test_at_every_depth():
    definition = {
        "type": "IncrementalDataset",
        "dataset": {"type": "pandas.CSVDataset", "credentials": "dev_s3", "load_args": {"sep": ","}},
        "checkpoint": CHECKPOINT,
        "more": [1, {"credentials": "none"}, ({"credentials": "token"}, 2)],
        "load_args": {"columns": ["a"]},
    }
    before = copy.deepcopy(definition)
    resolved = resolve_credentials("cars", definition, GIVEN)
    assert resolved == {
        "type": "IncrementalDataset",
        "dataset": {"type": "pandas.CSVDataset", "credentials": GIVEN["dev_s3"], "load_args": {"sep": ","}},
        "checkpoint": {"type": "text.TextDataset", "credentials": "abc"},
        "more": [1, {"credentials": None}, ({"credentials": "abc"}, 2)],
        "load_args": {"columns": ["a"]},
    }
    assert definition == before


@pytest.mark.parametrize("written", [None, {}, {"key": "k"}, {"credentials": "not_a_name"}, 5])
def test_what_is_written_out_stays(written):
    definition = {"type": "t", "credentials": written, "dataset": {"credentials": written}}
    assert resolve_credentials("cars", definition, None) is definition
    check_credentials("cars", definition, None)


def test_a_definition_without_names_comes_back_itself():
    definition = {"type": "t", "dataset": {"type": "u", "load_args": [{"a": 1}]}, "user_credentials": "not_given"}
    assert resolve_credentials("cars", definition, GIVEN) is definition


def test_what_is_put_in_is_fresh():
    resolved = resolve_credentials("cars", {"credentials": "dev_s3"}, GIVEN)
    resolved["credentials"]["client_kwargs"]["urls"].append("v")
    assert GIVEN["dev_s3"]["client_kwargs"]["urls"] == ["u"]


def test_other_mappings_than_dict():
    definition = MappingProxyType({"dataset": MappingProxyType({"credentials": "token"})})
    assert resolve_credentials("cars", definition, MappingProxyType(GIVEN)) == {"dataset": {"credentials": "abc"}}


@pytest.mark.parametrize(
    ("definition", "path"),
    [
        ({"credentials": "dev_s4"}, "credentials"),
        ({"dataset": {"credentials": "dev_s4"}}, "dataset.credentials"),
        ({"stages": [{}, {"checkpoint": {"credentials": "dev_s4"}}]}, "stages[1].checkpoint.credentials"),
        ({"a": ({"credentials": "dev_s4"},)}, "a[0].credentials"),
    ],
)
@pytest.mark.parametrize("function", [resolve_credentials, check_credentials])
def test_a_missing_name(function, definition, path):
    with pytest.raises(CredentialsNotFoundError) as error:
        function("cars", definition, GIVEN)
    assert str(error.value) == (
        f"'cars': '{path}' names the credentials 'dev_s4', which are not given. Did you mean 'dev_s3'?\n"
        "Give them as credentials={'dev_s4': {...}} or under 'dev_s4:' in conf/*/credentials.yml."
    )


def test_none_given_at_all():
    with pytest.raises(CredentialsNotFoundError, match="which are not given\\.\n"):
        resolve_credentials("cars", {"credentials": "dev_s3"}, None)


@pytest.mark.parametrize(
    "secret",
    [
        "postgresql://scott:tiger@db/cars",
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "two\nlines",
        "",
    ],
)
@pytest.mark.parametrize("function", [resolve_credentials, check_credentials])
def test_a_secret_in_the_place_of_a_name_is_not_shown(function, secret):
    with pytest.raises(CredentialsNotFoundError, match="no name of credentials") as error:
        function("cars", {"credentials": secret}, GIVEN)
    assert not secret or secret not in str(error.value)


@pytest.mark.parametrize("name", ["dev_s3", "prod.eu-west-1", "warehouse_readonly_europe", "login_2024"])
def test_names_are_shown(name):
    with pytest.raises(CredentialsNotFoundError, match=f"'{name}'"):
        check_credentials("cars", {"credentials": name}, {})


@given(st.text(min_size=3), st.sampled_from(["dev_s4", "dev", "AKIAIOSFODNN7EXAMPLE"]))
def test_no_value_is_ever_printed(secret, wanted):
    marked = f"<{secret}>"
    for function in (resolve_credentials, check_credentials):
        with pytest.raises(CredentialsNotFoundError) as error:
            function("cars", {"credentials": wanted}, {"dev_s3": {"secret": marked}, "plain": marked})
        assert marked not in str(error.value) + repr(error.value)


DEFINITIONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["a", "b", "c"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "dataset", "credentials"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["type", "dataset", "credentials"]), DEFINITIONS))
def test_checking_and_resolving_agree(definition):
    given_names = {"a": {"secret": 1}, "b": None}

    def outcome(function):
        try:
            function("cars", definition, given_names)
        except CredentialsNotFoundError as error:
            return str(error)
        return "all given"

    before = copy.deepcopy(definition)
    assert outcome(check_credentials) == outcome(resolve_credentials)
    assert definition == before


def test_checking_a_hundred_thousand_entries():
    definition = {"type": "pandas.CSVDataset", "filepath": "data/cars.csv", "versioned": True}
    started = time.process_time()
    for number in range(100_000):
        check_credentials(str(number), definition, GIVEN)
    assert time.process_time() - started < 1  # 0.05 s where this was written
