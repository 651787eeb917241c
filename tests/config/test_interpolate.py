from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf, errors

from tidemill.config.interpolate import InterpolationError, Layer
from tidemill.config.resolvers import common

KEYS = st.sampled_from(["a", "b", "c", "d"])
PATHS = st.lists(KEYS | st.sampled_from(["0", "1"]), min_size=1, max_size=3).map(".".join)
INTERPOLATIONS = st.one_of(
    PATHS.map("${{{}}}".format),
    st.builds("${{{}{}}}".format, st.sampled_from([".", ".."]), KEYS),
    st.builds("${{oc.select:{},{}}}".format, PATHS, st.sampled_from(["1", "x y", "null", "[1, a]", "'q'"])),
    st.builds("${{a.${{{}}}}}".format, PATHS),
    st.builds("${{oc.dict.keys:{}}}".format, PATHS),
    st.builds("${{oc.decode:'{}'}}".format, st.sampled_from(["1", "[1, b]", "{a: 1}", "x", "true"])),
    st.just("${oc.create:{a: 1, b: [${c}, 2]}}"),
    st.just(r"\${a}"),
)
SCALARS = st.integers(0, 3) | st.sampled_from(["x", "a", "b", "???", None, True, 1.5])
VALUES = st.recursive(
    SCALARS | INTERPOLATIONS | st.builds("{}{}".format, st.sampled_from(["x", "x/", "\\"]), INTERPOLATIONS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
CONFIGS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=4)


def worked_out(config):
    layer = Layer(config, common())
    return {key: layer.value(key) for key in config}


def by_omegaconf(config):
    return OmegaConf.to_container(OmegaConf.create(config), resolve=True)


def texts(value):
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []


@settings(max_examples=400, deadline=None)
@given(CONFIGS)
def test_the_same_as_omegaconf(config):
    try:
        expected = by_omegaconf(config)
    except (errors.OmegaConfBaseException, RecursionError):
        expected = None  # it refuses some that mean something here
    # Of a container in a text, OmegaConf shows what is not worked out; here it is, or fails.
    if expected is not None and any("${" in text or "{" in text or "[" in text for text in texts(expected)):
        expected = None
    try:
        found = worked_out(config)
    except InterpolationError:
        found = None
    if expected is not None:
        assert found == expected


def test_a_text_that_was_escaped_stays_text():
    config = {"a": r"\${b}", "b": "${oc.create:{x: [${a}, ${c}]}}", "c": {"d": r"\\\${e}"}}
    assert worked_out(config)["b"] == {"x": ["${b}", {"d": "\\${e}"}]}


def test_the_keys_of_a_mapping_are_known_inside_it():
    assert worked_out({"b": {"keys": "${oc.dict.keys:b}", "x": 1}})["b"]["keys"] == ["keys", "x"]
    with pytest.raises(InterpolationError, match="takes the key of a mapping"):
        worked_out({"a": "${oc.dict.keys:b}", "b": 1})


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"t": {"x": {"y": 1}}, "u": "${t}", "a": "${u.x.y}"}, 1),
        ({"n": 1, "t": {"1": 2}, "a": "${t.${n}}"}, 2),
        ({"a": r"${oc.create:{x: 1, y: '\${a.x}'}}"}, {"x": 1, "y": 1}),
        ({"a": r"${oc.create:{x\,y: z\, z}}"}, {"x,y": "z, z"}),
        ({"t": None, "a": "${oc.decode:${t}}"}, None),
        ({"t": {"x": 1, "y": "${.x}"}, "a": "${oc.dict.values:t}"}, [1, 1]),
        ({"a": {"t": {"x": 1}, "v": "${oc.dict.values:.t}"}}, {"t": {"x": 1}, "v": [1]}),
    ],
)
def test_what_each_form_means(config, expected):
    assert worked_out(config)["a"] == by_omegaconf(config)["a"] == expected


@settings(max_examples=100, deadline=None)
@given(CONFIGS)
def test_nothing_is_changed(config):
    before = repr(config)
    with contextlib.suppress(InterpolationError):
        worked_out(config)
    assert repr(config) == before


def test_what_is_referred_to_twice_is_not_shared():
    found = worked_out({"t": {"x": [1]}, "a": "${t}", "b": "${t}"})
    found["a"]["x"].append(2)
    assert found["b"] == found["t"] == {"x": [1]}


def test_relative_to_where_it_stands():
    config = {"t": {"x": "${.y}", "y": 1}, "u": "${t}", "l": [{"v": "${..0}"}, 5], "m": ["${.1}", 7]}
    del config["l"]
    assert worked_out(config) == by_omegaconf(config) == {"t": {"x": 1, "y": 1}, "u": {"x": 1, "y": 1}, "m": [7, 7]}


def test_a_chain_of_a_thousand():
    config = {f"k{n}": f"${{k{n + 1}}}" for n in range(1000)} | {"k1000": 1}
    with pytest.raises(InterpolationError, match="refers too deep"):
        worked_out(config)
    ordered = dict(reversed(config.items()))
    assert set(worked_out(ordered).values()) == {1}


def test_deprecated():
    with pytest.warns(DeprecationWarning, match="'old' is deprecated: use 'new'"):
        assert worked_out({"old": "${oc.deprecated:new}", "new": 1})["old"] == 1
    with pytest.warns(DeprecationWarning, match="old is gone"):
        assert worked_out({"old": "${oc.deprecated:new,'$OLD_KEY is gone'}", "new": 1})["old"] == 1
