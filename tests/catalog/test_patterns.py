from __future__ import annotations

import pickle
import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tidemill.catalog.patterns import Patterns
from tidemill.errors import DatasetConfigError

CSV = {"type": "pandas.CSVDataset", "filepath": "data/{namespace}/{name}.csv"}


def one(pattern, definition=None):
    return Patterns({pattern: definition or {"type": "memory"}})


def text_of(pattern, text, name):
    return one(pattern, {"text": text}).resolve(name)["text"]


class TestMatching:
    def test_the_whole_name_must_match(self):
        patterns = one("{namespace}.{name}@csv", CSV)
        assert patterns.match("a.b@csv") == "{namespace}.{name}@csv"
        assert patterns.match("a.b@csvx") is None
        assert patterns.match("xa.b@cs") is None

    def test_placeholders_take_as_little_as_they_can_the_leftmost_first(self):
        assert text_of("{namespace}.{name}", "{namespace}|{name}", "a.b.c") == "a|b.c"
        assert text_of("{a}{b}", "{a}|{b}", "xyz") == "x|yz"

    @pytest.mark.parametrize("name", [".b@csv", "a.@csv", "@csv", ""])
    def test_a_placeholder_is_never_empty(self, name):
        assert one("{namespace}.{name}@csv", CSV).match(name) is None

    def test_one_placeholder_twice_means_the_same_text(self):
        patterns = one("{a}_{a}", {"text": "{a}"})
        assert patterns.resolve("x_x_x_x") == {"text": "x_x"}
        assert patterns.resolve("x_y") is None

    def test_literals_are_no_regular_expressions(self):
        assert one("a.b*{x}$").match("a.b*1$") is not None
        assert one("a.b*{x}$").match("aXbb1") is None

    def test_upper_and_lower_case_differ(self):
        assert one("{name}_csv").match("cars_CSV") is None

    def test_line_breaks_and_other_alphabets_are_characters(self):
        assert text_of("{é}x", "{é}", "日\n本x") == "日\n本"

    def test_digits_and_words(self):
        patterns = Patterns({"{y:d}_x": {"text": "{y} {y:d}"}, "{w:w}@y": {"text": "{w}"}})
        assert patterns.resolve("007_x") == {"text": "007 007"}
        assert patterns.match("a7_x") is None
        assert patterns.resolve("a_7@y") == {"text": "a_7"}
        assert patterns.match("a-7@y") is None

    def test_names_that_hold_the_marks_of_the_index(self):
        assert one("a{x}").match("\x02a\x03") is None
        assert one("\x02a{x}").match("\x02a\x03") == "\x02a{x}"

    def test_is_pattern(self):
        assert Patterns.is_pattern("{name}@csv")
        assert Patterns.is_pattern("name}")  # malformed, and found out as such
        assert not Patterns.is_pattern("cars@csv")

    def test_none_at_all(self):
        patterns = Patterns({})
        assert (len(patterns), patterns.names(), patterns.match("cars"), patterns.resolve("cars")) == (
            0,
            [],
            None,
            None,
        )

    def test_they_pickle(self):
        patterns = one("{namespace}.{name}@csv", CSV)
        assert patterns.match("a.b@csv")
        assert pickle.loads(pickle.dumps(patterns)).resolve("a.b@csv") == patterns.resolve("a.b@csv")


class TestRanking:
    @pytest.mark.parametrize(
        "ranked",
        [
            ["{b}yy", "{c}{d}z", "{long_name}x"],  # literal characters, then placeholders; a long name counts nothing
            ["z{a}{a}", "a{b}"],
            ["{a:d}x", "{b}y"],
            ["B{q}a", "aa{b}", "b{q}a", "{a}ab", "{a}_{b}", "{a}x{b}", "a{b}", "x{y}", "{y}x"],
            ["x{y}", "{a}{b}", "{a:d}", "{default}"],
        ],
    )
    def test_order(self, ranked):
        assert Patterns({name: {} for name in reversed(ranked)}).names() == ranked

    def test_the_first_that_matches_wins(self):
        patterns = Patterns({"{default}": {}, "{name}_csv": {}, "raw_{name}_csv": {}})
        assert [patterns.match(name) for name in ("raw_x_csv", "raw__csv", "cars")] == [
            "raw_{name}_csv",
            "{name}_csv",
            "{default}",
        ]

    def test_one_catch_all_only(self):
        with pytest.raises(DatasetConfigError, match=r"'\{default\}' and '\{other\}' both match every name"):
            Patterns({"{other}": {}, "{default}": {}})


class TestFilling:
    def test_at_every_depth_keys_too(self):
        definition = {
            "type": "t",
            "k{a}": ["{a}", {"q": "{a}{a}"}, ("{a}", 1)],
            3: 4,
            "none": None,
            "class": dict,
            "credentials": "{a}_login",
        }
        assert one("{a}x", definition).resolve("bx") == {
            "type": "t",
            "kb": ["b", {"q": "bb"}, ("b", 1)],
            3: 4,
            "none": None,
            "class": dict,
            "credentials": "b_login",
        }

    def test_each_definition_is_fresh(self):
        patterns = one("{a}x", {"load_args": {"columns": []}})
        patterns.resolve("bx")["load_args"]["columns"].append(1)
        assert patterns.resolve("bx") == {"load_args": {"columns": []}}

    def test_what_is_filled_in_is_not_filled_again(self):
        assert text_of("{a}.{b}", "{a}{b}", "{b}.{a}") == "{b}{a}"

    @pytest.mark.parametrize(
        ("text", "filled"),
        [
            (r"\d{4} {}", r"\d{4} {}"),
            ('{"a": {"b": 1}}', '{"a": {"b": 1}}'),
            ("${oc.env:HOME}", "${oc.env:HOME}"),
            ("{{a}}", "{a}"),
            ("{{other}} {a}", "{other} b"),
            ("}{", "}{"),
        ],
    )
    def test_other_braces_stay(self, text, filled):
        assert text_of("{a}x", text, "bx") == filled

    def test_an_unknown_placeholder_is_found_before_any_name_comes(self):
        with pytest.raises(DatasetConfigError) as error:
            one("{namespace}.{name}@csv", {"type": "t", "load_args": [{"sep": "{nam}"}]})
        assert str(error.value) == (
            "Pattern '{namespace}.{name}@csv': 'load_args[0].sep' asks for '{nam}', and the pattern has only "
            "{namespace}, {name}. Did you mean 'name'? To keep its braces, double them: {{nam}}."
        )

    @pytest.mark.parametrize("text", ["{ a}", "{a!r}", "{a:>5}", "{a.b}", "{a[0]}"])
    def test_a_placeholder_is_written_plainly(self, text):
        with pytest.raises(DatasetConfigError, match=r"Write it as \{a\}"):
            one("{a}x", {"text": text})

    def test_two_keys_that_become_one(self):
        with pytest.raises(DatasetConfigError, match="two keys of 'args' the same"):
            one("{a}x{b}", {"args": {"{a}": 1, "{b}": 2}}).resolve("1x1")

    def test_a_definition_is_a_mapping(self):
        with pytest.raises(DatasetConfigError, match="its definition is a str"):
            one("{a}x", "pandas.CSVDataset")


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("{a", "do not pair up"),
        ("a}", "do not pair up"),
        ("{a}}", "do not pair up"),
        ("{{a}}", "do not pair up"),
        ("{a{b}}", "do not pair up"),
        ("{}x", r"'\{\}' is no placeholder"),
        ("{0}x", "no placeholder"),
        ("{a b}x", "no placeholder"),
        ("{a-b}x", "no placeholder"),
        ("{a.b}x", "no placeholder"),
        ("{a!r}x", "no placeholder"),
        ("{a:3d}x", "':d'"),
        ("{a:}x", "':d'"),
        ("{a:d}{a}", "two formats"),
        ("cars", "has no placeholder"),
    ],
)
def test_malformed(pattern, problem):
    with pytest.raises(DatasetConfigError, match=problem) as error:
        one(pattern)
    assert str(error.value).startswith(f"Pattern '{pattern}': ")
    assert "\n" not in str(error.value)


def naive_rank(pattern):
    fields = re.findall(r"\{(\w+)\}", pattern)
    literal = len(re.sub(r"\{\w+\}", "", pattern))
    return (len(fields) == 1 and not literal, -literal, -len(fields), pattern)


def naive_resolve(patterns, name):
    for pattern in sorted(patterns, key=naive_rank):
        expression, seen = "", set()
        for part in re.split(r"(\{\w+\})", pattern):
            field = part[1:-1]
            if not part.startswith("{"):
                expression += re.escape(part)
            elif field in seen:
                expression += f"(?P={field})"
            else:
                expression += f"(?P<{field}>.+?)"
                seen.add(field)
        if match := re.fullmatch(expression, name, re.DOTALL):
            return pattern, match.groupdict()
    return None


LETTERS = st.text("ab_.\x02\x03", max_size=10)
PATTERN = (
    st.lists(st.sampled_from(["{x}", "{y}", "a", "b", "_", "ab", "aab_ab.ab", ".", "\x03"]), min_size=1, max_size=7)
    .map("".join)
    .filter(lambda text: "{" in text)
)


def at_most_one_catch_all(patterns):
    return sum(naive_rank(pattern)[0] for pattern in patterns) < 2


@given(
    st.lists(PATTERN, max_size=8, unique=True).filter(at_most_one_catch_all),
    st.lists(LETTERS | st.lists(st.sampled_from(["a", "b", "_", "aab_ab.ab", "."])).map("".join), max_size=8),
)
@example(["{x}_{x}", "{x}_{y}"], ["a_a", "a_b", "_", "a_a_a"])
def test_as_trying_every_pattern_in_ranked_order(patterns, names):
    ours = Patterns({pattern: {"x": "{x}"} if "{x}" in pattern else {"y": "{y}"} for pattern in patterns})
    assert ours.names() == sorted(patterns, key=naive_rank)
    for name in names:
        expected = naive_resolve(patterns, name)
        if expected is None:
            assert ours.match(name) is ours.resolve(name) is None
        else:
            pattern, values = expected
            assert ours.match(name) == pattern
            assert ours.resolve(name) == ({"x": values["x"]} if "x" in values else {"y": values["y"]})


@pytest.mark.parametrize(
    ("pattern", "name", "other"),
    [
        ("source_{i:06d}.{{name}}", "source_{i:06d}.table{j}", "source_{i:06d}_table{j}"),
        ("{{name}}_{i:04d}@csv", "table{j}_{i:04d}@csv", "table{j}_{i:04d}@csw"),
        ("{{name}}_mid{i}_{{more}}", "table{j}_mid{i}_x", "table{j}_mud{i}_x"),
        ("p{a}_{{name}}_s{b}", "p{a}_table{j}_s{b}", "p{a}_table{j}_s{b}x"),
    ],
    ids=["prefix", "suffix", "middle", "both"],
)
def test_a_thousand_patterns_against_ten_thousand_names(pattern, name, other):
    def each(template, count):
        return [template.format(i=j % 1000, j=j, a=j % 1000 // 32, b=j % 1000 % 32) for j in range(count)]

    names, others = each(name, 10_000), each(other, 10_000)
    started = time.process_time()
    patterns = Patterns({text: {"type": "t", "filepath": "data/{name}"} for text in each(pattern, 1000)})
    assert all(map(patterns.match, names))
    assert not any(map(patterns.match, others))
    assert (
        time.process_time() - started < 2
    )  # 0.15 to 0.35 s where this was written; trying each pattern takes over 5 s
