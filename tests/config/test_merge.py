from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from tidemill.config.merge import destructive, nested, soft

KEYS = st.sampled_from(["a", "b", "c"])
TREES = st.recursive(
    st.dictionaries(KEYS, st.integers() | st.none() | st.lists(st.integers(), max_size=2), max_size=3),
    lambda inner: st.dictionaries(KEYS, inner | st.integers(), max_size=3),
    max_leaves=6,
)


@given(TREES)
def test_nothing_is_neutral(tree):
    for merge in (soft, destructive):
        assert merge(tree, {}) == merge({}, tree) == merge(tree, tree) == tree


@given(TREES, TREES, TREES)
def test_in_any_grouping(one, two, three):
    assert destructive(destructive(one, two), three) == destructive(one, destructive(two, three))


@given(TREES, TREES)
def test_the_upper_wins_and_nothing_is_lost(lower, upper):
    before = repr(lower), repr(upper)
    assert soft(soft(lower, upper), upper) == soft(lower, upper)
    assert soft(lower, upper).keys() == destructive(lower, upper).keys() == lower.keys() | upper.keys()
    assert {key: destructive(lower, upper)[key] for key in upper} == upper
    assert before == (repr(lower), repr(upper))


@given(TREES, TREES)
def test_soft_as_omegaconf_merges(lower, upper):
    try:
        expected = OmegaConf.to_container(OmegaConf.merge(lower, upper))
    except TypeError:  # since 2.4 it does not put a list over a mapping
        assume(condition=False)
    assert soft(lower, upper) == expected


@given(st.dictionaries(st.lists(KEYS, min_size=1, max_size=3).map(".".join), st.integers(), max_size=4))
def test_nested(params):
    found = nested(params)
    assert not any("." in key for key in found)
    *_, last = [*params.items()] or [("", None)]
    value = found
    for key in last[0].split(".") if params else []:
        value = value[key]
    assert value == (last[1] if params else found)


def test_dots_that_are_no_paths():
    assert nested({".a": 1, "a..b": 2, "c.": 3, 4: 5}) == {".a": 1, "a..b": 2, "c.": 3, 4: 5}
