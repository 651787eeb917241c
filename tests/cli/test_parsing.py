from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemill.cli import parsing


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a,b", ["a", "b"]),
        (" a , b ,", ["a", "b"]),
        ("f([a,b]) -> [c],g", ["f([a,b]) -> [c]", "g"]),
        ("a=[1,2],b={x: 1, y: 2}", ["a=[1,2]", "b={x: 1, y: 2}"]),
        ("a='x,y',b=\"z,\"", ["a='x,y'", 'b="z,"']),
        ("it's,that's", ["it's", "that's"]),
        ("a=''',',b='',c=''''", ["a=''','", "b=''", "c=''''"]),
        ("a=[1,b=2", ["a=[1", "b=2"]),
        ("", []),
    ],
)
def test_commas_separate_unless_they_are_inside_of_something(text, parts):
    assert parsing.split(text) == parts


# As Kedro 1.7 types them, observed; a date stays a text there too.
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1), ("1.5", 1.5), ("1e3", 1000.0), ("-3", -3), ("007", 7), ("1_000", 1000), ("0x10", 16),
        ("true", True), ("yes", True), ("False", False), ("TRUE", True), ("null", None), ("~", None), ("", None),
        ("None", "None"), ("none", "none"), ("inf", "inf"), ("nan", "nan"), ("hello world", "hello world"),
        ("a=b", "a=b"), ("a:b", "a:b"), ("http://x:80/y", "http://x:80/y"), ("'q'", "q"), ("{x: 1}", {"x": 1}),
        ("[1;2]", ["1;2"]), ("2020-01-01", "2020-01-01"), ("1.5.2", "1.5.2"), ("a: b", {"a": "b"}), ("x #y", "x"),
        ("[1, 2]", [1, 2]), ("@x", "@x"), ("*x", "*x"), ("%a", "%a"), ("[1", "[1"),
    ],
)  # fmt: skip
def test_values_have_the_types_that_yaml_gives_them(text, value):
    found = parsing.typed(text)

    assert found == value
    assert type(found) is type(value)


def test_nothing_that_is_typed_is_executed(tmp_path):
    for text in (
        f"!!python/object/apply:os.system ['touch {tmp_path}/x']",
        f"!!python/object/new:os.system ['touch {tmp_path}/x']",
        f"{{a: !!python/object/apply:os.mkdir ['{tmp_path}/x']}}",
        f"__import__('os').mkdir('{tmp_path}/x')",
    ):
        assert parsing.parameters([f"a={text}"]) == {"a": text}

    assert os.listdir(tmp_path) == []


def test_keys_lead_into_nested_parameters():
    assert parsing.parameters("a.b=1,a.c:2,d=x=y, e =,f:g=h") == {
        "a": {"b": 1, "c": 2}, "d": "x=y", "e": None, "f": "g=h"
    }  # fmt: skip
    assert parsing.parameters(("a=1", "a.b=2", "a=3")) == {"a": 3}
    assert parsing.parameters({"a.b": 1, "c": {"d": 2}}) == {"a": {"b": 1}, "c": {"d": 2}}


@pytest.mark.parametrize("text", ["a", "=1", "a..b=1", ".a=1", "a.=1"])
def test_parameters_that_are_none(text):
    with pytest.raises(ValueError, match="no value|no key"):
        parsing.parameters(text)


def test_versions():
    assert parsing.versions("cars:2020-01-01T00.00.00.000Z,x : y:z") == {"cars": "2020-01-01T00.00.00.000Z", "x": "y:z"}
    assert parsing.versions({"cars": "2020-01-01T00.00.00.000Z"}) == {"cars": "2020-01-01T00.00.00.000Z"}
    with pytest.raises(ValueError, match="'cars' has no version"):
        parsing.versions("cars")


NAMES = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=5)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-9999, 9999), st.text(max_size=8), st.lists(st.integers(0, 9), max_size=3)
)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_what_is_typed_back_means_the_same(params):
    from tidemill.cli.options import RunOptions, _typed_back

    text = ",".join(f"{key}={_typed_back(value)}" for key, value in params.items())
    assert RunOptions.of({"params": [text]}).params == params
