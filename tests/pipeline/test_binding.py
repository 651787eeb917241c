from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidemill.errors import PipelineError
from tidemill.pipeline.binding import arguments, names_in, results

DATASETS = st.text("abc.:_", min_size=1, max_size=6)
UNIQUE = st.lists(DATASETS, unique=True, max_size=6)
WIRED = st.one_of(
    st.none(),
    DATASETS,
    UNIQUE,
    UNIQUE.flatmap(
        lambda names: st.lists(DATASETS, unique=True, min_size=len(names), max_size=len(names)).map(
            lambda keys: dict(zip(keys, names, strict=True))
        )
    ),
)


@given(WIRED)
def test_each_name_reaches_its_argument(wired):
    values = {name: f"data of {name}" for name in names_in(wired, "inputs")}

    positional, named = arguments(wired, values)

    if isinstance(wired, dict):
        assert (positional, named) == ([], {key: f"data of {name}" for key, name in wired.items()})
    else:
        assert (positional, named) == (list(values.values()), {})


@given(WIRED)
def test_what_is_returned_in_the_shape_of_the_outputs_reaches_each_name(wired):
    expected = {name: object() for name in names_in(wired, "outputs")}
    if wired is None:
        returned = "dropped"
    elif isinstance(wired, str):
        returned = expected[wired]
    elif isinstance(wired, list):
        returned = tuple(expected.values())
    else:
        returned = {key: expected[name] for key, name in wired.items()}

    assert results(wired, returned) == expected


@given(st.lists(DATASETS, unique=True, min_size=1), st.lists(st.integers()))
def test_a_list_of_another_length_is_refused(names, returned):
    if len(names) == len(returned):
        assert results(names, returned) == dict(zip(names, returned, strict=True))
    else:
        with pytest.raises(PipelineError, match=f"a list of {len(names)} .* returned {len(returned)} values"):
            results(names, returned)


def test_one_dataset_may_feed_two_arguments():
    assert arguments(["a", "a"], {"a": 1}) == ([1, 1], {})


@pytest.mark.parametrize("returned", [1, None, "ab", {"a": 1, "b": 2}, iter([1, 2]), {1, 2}])
def test_only_lists_and_tuples_are_taken_apart_by_a_list(returned):
    with pytest.raises(PipelineError, match=f"a list of 2 .* returned one {type(returned).__name__}"):
        results(["a", "b"], returned)


def test_only_dicts_are_taken_apart_by_a_dict():
    with pytest.raises(PipelineError, match=r"returned one tuple\. Return a dict with the keys 'first', 'second'"):
        results({"first": "a", "second": "b"}, (1, 2))


def test_a_dict_with_other_keys_is_refused():
    with pytest.raises(PipelineError, match="the returned dict lacks 'second' and has 'third' besides"):
        results({"first": "a", "second": "b"}, {"first": 1, "third": 3})


def test_a_long_list_of_keys_is_cut():
    with pytest.raises(PipelineError, match="and 95 more") as caught:
        results({f"key{index}": f"name{index}" for index in range(100)}, {})

    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("wired", [1, ("a",), {"a"}, 1.5, b"a", iter(["a"])])
def test_another_type_is_refused(wired):
    with pytest.raises(PipelineError, match="give a name, a list of names, a dict of names, or None"):
        names_in(wired, "inputs")


@pytest.mark.parametrize("wired", ["", [""], [1], ["a", None], {"argument": 1}, [["a"]]])
def test_a_name_that_is_no_string_or_empty_is_refused(wired):
    with pytest.raises(
        PipelineError, match=r"'outputs' names a dataset .*: a dataset's name is a string and not empty"
    ):
        names_in(wired, "outputs")
