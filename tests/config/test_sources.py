from __future__ import annotations

import datetime as dt
import json
import math
import time
import traceback

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tidemill import config
from tidemill.config.sources import parse_json, parse_yaml, read_config, read_yaml
from tidemill.errors import ConfigError

CATALOG = """\
_csv: &csv
  type: pandas.CSVDataset
  load_args: {sep: ","}

cars:
  <<: *csv
  filepath: data/cars.csv  # as it was delivered
  versioned: true

"{name}@csv":
  <<: *csv
  type: pandas.ExcelDataset
  columns: [a, b]
"""


def error_of(text, where="conf/base/catalog.yml", parse=parse_yaml):
    with pytest.raises(ConfigError) as error:
        parse(text, where)
    message = str(error.value)
    assert message.startswith(where)
    assert len(message.splitlines()) <= 4
    return message.removeprefix(where).removeprefix(", ")


@pytest.fixture
def write(tmp_path):
    def write(content, name="catalog.yml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture(params=["C", "Python"])
def either_loader(request, monkeypatch):
    """Run a test with the C loader and, where PyYAML has none, with the other."""
    if request.param == "Python":
        monkeypatch.delattr(yaml, "CSafeLoader")


class TestFiles:
    def test_yaml(self, write):
        assert read_config(write(CATALOG)) == read_yaml(write(CATALOG)) == yaml.safe_load(CATALOG)

    def test_json_by_suffix(self, write):
        path = write('{"cars": {"type": "pandas.CSVDataset", "n": 1e5}}', "catalog.JSON")
        assert read_config(path) == read_yaml(path) == {"cars": {"type": "pandas.CSVDataset", "n": 1e5}}

    @pytest.mark.parametrize("name", ["catalog.yml", "catalog.json"])
    @pytest.mark.parametrize("content", ["", "\n  \n", b"\xef\xbb\xbf"])
    def test_empty(self, write, content, name):
        assert read_config(write(content, name)) == read_yaml(write(content, name)) == {}

    @pytest.mark.parametrize("content", ["# only a comment\n", "---\n", "null", "{}"])
    def test_nothing_in_it(self, write, content):
        assert read_config(write(content)) == {}

    def test_a_byte_order_mark_is_no_text(self, write):
        assert read_config(write(b"\xef\xbb\xbfcars: 1")) == {"cars": 1}

    def test_windows_line_ends(self, write):
        assert read_config(write(b"cars: 1\r\nbikes: 2\r\n")) == {"cars": 1, "bikes": 2}

    def test_missing(self, write):
        path = write("").with_name("catalogue.yml")
        with pytest.raises(ConfigError) as error:
            read_config(path)
        assert str(error.value) == f"{path}: there is no such file. Did you mean 'catalog.yml'?"
        with pytest.raises(ConfigError, match=r"no such file\.$"):
            read_yaml(path / "below.yml")

    def test_a_folder(self, tmp_path):
        with pytest.raises(ConfigError, match="cannot be read"):
            read_config(tmp_path)

    @pytest.mark.parametrize("name", ["catalog.yml", "catalog.json"])
    def test_not_utf8(self, write, name):
        path = write("städte: 1\ncafé: {}".encode("latin-1"), name)
        with pytest.raises(ConfigError) as error:
            read_config(path)
        assert str(error.value) == f"{path}, line 1, column 3: this is not UTF-8.\nSave the file as UTF-8."

    @pytest.mark.parametrize(
        ("content", "name", "message"),
        [
            ("- a\n- b", "x.yml", "line 1, column 1: the file holds a list, not a mapping.\nWrite 'key: value' lines."),
            ("\ncars", "x.yml", "line 2, column 1: the file holds text, not a mapping.\nWrite 'key: value' lines."),
            ("[]", "x.json", 'line 1, column 1: the file holds a list, not a mapping.\nWrite {"key": ...}.'),
        ],
    )
    def test_no_mapping_at_the_top(self, write, content, name, message):
        path = write(content, name)
        with pytest.raises(ConfigError) as error:
            read_config(path)
        assert str(error.value) == f"{path}, {message}"
        assert read_yaml(path) is not None

    @pytest.mark.parametrize(
        ("key", "kind"),
        [("1", "an int"), ("on", "a bool"), ("~", "null"), ("2020-01-01", "a date"), ("1.5", "a float")],
    )
    def test_keys_at_the_top_are_text(self, write, key, kind):
        path = write(f"cars: 1\n{key}: 2\nbikes: {{1: 2}}")
        with pytest.raises(ConfigError) as error:
            read_config(path)
        assert str(error.value) == (
            f'{path}, line 2, column 1: the key {key} reads as {kind}, not as text.\nQuote it: "{key}":'
        )
        assert read_config(write(f'"{key}": 2\nbikes: {{1: 2}}')) == {key: 2, "bikes": {1: 2}}

    def test_a_key_that_is_merged_in_is_text_too(self, write):
        with pytest.raises(ConfigError, match="the key 1 is an int, not text"):
            read_config(write("<<: {1: 2}"))


@pytest.mark.usefixtures("either_loader")
class TestYaml:
    @pytest.mark.parametrize(
        "text",
        [
            CATALOG,
            "a: [~, yes, 0x1f, 1_000, 12:30:45, .inf, 2020-01-01, 2020-01-01 10:00:00+01:00, =x, '<<']",
            "!!set {a, b}",
            "!!omap [a: 1, b: 2]",
            "!!pairs [a: 1, a: 2]",
            "!!binary aGVsbG8=",
            "a: !!str 5",
            "a: ! 5",
            "? a\n: |\n  text\n  more\n",
            "<<: [{a: 1}, {a: 2, b: 3}]\nc: 4",
            "a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc: {<<: [*a, *b], z: 3}\nd: {<<: *a, <<: *b}",
            "base: &base {one: 1, two: 2}\nmore: &more {<<: *base, two: 3}\nmost: {four: 4, <<: *more}",
            "- &a [1]\n- *a\n- {k: *a}",
            "&k key: *k",
        ],
    )
    def test_as_the_safe_loader_reads_it(self, text):
        ours, theirs = parse_yaml(text, "x"), yaml.safe_load(text)
        assert ours == theirs
        assert not isinstance(ours, dict) or list(ours) == list(theirs)

    def test_what_it_cannot_read(self):
        assert parse_yaml("a: =\nb: <<\n=: 1", "x") == {"a": "=", "b": "<<", "=": 1}

    def test_types(self):
        assert parse_yaml("2020-01-01", "x") == dt.date(2020, 1, 1)
        assert math.isnan(parse_yaml(".nan", "x"))

    def test_aliases_share(self):
        value = parse_yaml("a: &a [1]\nb: *a", "x")
        assert value["a"] is value["b"]

    def test_a_key_twice(self):
        assert error_of("cars:\n  type: a\nbikes: 1\ncars:\n  type: b") == (
            "line 4, column 1: the key 'cars' is there twice, first in line 1.\n"
            "Rename or remove one of them: only the last would count."
        )
        assert error_of("a:\n- b:\n    c: 1\n    d: 2\n    c: 3").startswith(
            "line 5, column 5: the key 'c' is there twice, first in line 3."
        )
        assert error_of("{a: 1, 'a': 2}").startswith("line 1, column 8: the key 'a' is there twice")
        assert error_of("1: 1\n0x1: 2").startswith("line 2, column 1: the key 1 is there twice, first in line 1")
        assert error_of("x: &x {a: 1}\ny:\n  <<: *x\n  a: 2\n  a: 3").startswith("line 5, column 3: the key 'a' is")
        assert len(error_of(f"{'a' * 500}: 1\n{'a' * 500}: 2")) < 250

    def test_a_key_is_no_collection(self):
        assert error_of("? [a]\n: b").startswith("line 1, column 3: a list or a mapping cannot be a key")
        assert error_of("{{a: 1}: 2}").startswith("line 1, column 2: a list or a mapping cannot be a key")

    @pytest.mark.parametrize(
        "text",
        [
            "a: !!python/object/apply:os.system ['true']",
            "a: !!python/name:os.system",
            "a: !!python/object:os.system {}",
        ],
    )
    def test_python_tags(self, text):
        tag = text.split()[1]
        assert error_of(text) == (
            f"line 1, column 4: the tag '{tag}' is not supported here, only YAML's own are.\n"
            "Remove it, or quote the text if it only begins with '!'."
        )

    @pytest.mark.parametrize("text", ["a: !include b.yml", "a: !x [1]", "a: !x {b: 1}", "!x a: 1", "a: !!unknown 1"])
    def test_other_tags(self, text):
        assert "a tag is not supported here" in error_of(text)

    @pytest.mark.parametrize("text", ["!!int [1]", "!!map a", "!!seq {a: 1}", "!!omap {a: 1}", "!!set [a]", "!!str {}"])
    def test_tags_that_do_not_fit(self, text):
        assert error_of(text).startswith("line 1, column 1: the tag does not fit")

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("2020-02-30", "timestamp"),
            ("0b_", "int"),
            ("!!int ''", "int"),
            ("!!int abc", "int"),
            ("!!float abc", "float"),
            ("!!bool maybe", "bool"),
            ("!!timestamp now", "timestamp"),
            ("!!binary é", "binary"),
            ("1" * 5000, "int"),
        ],
    )
    def test_values_that_do_not_exist(self, text, kind):
        assert error_of(f"a:\n  - {text}") == (
            f"line 2, column 5: this reads as {kind}, and is no valid one.\nQuote it if it is text."
        )

    @pytest.mark.parametrize("text", ["!!omap [a]", "!!omap [{a: 1, b: 2}]", "!!pairs [[a, 1]]"])
    def test_pairs_that_are_none(self, text):
        assert "not made of single 'key: value' pairs" in error_of(text)

    @pytest.mark.parametrize("text", ["a: {<<: 1}", "a: {<<: [b]}", "a: {<<: [[{b: 1}]]}"])
    def test_merging_what_is_no_mapping(self, text):
        assert "'<<' can only merge mappings" in error_of(text)

    @pytest.mark.parametrize("text", ["&a [*a]", "a: &a {b: *a}", "a: &a {<<: *a}", "a: &a {b: [{c: *a}]}"])
    def test_an_alias_in_itself(self, text):
        assert "an alias in here refers to what it stands in" in error_of(text)

    @pytest.mark.parametrize("level", ["[{}]", "{{a: 1, <<: [{}]}}", "{{? a : [{}]}}"])
    def test_aliases_of_aliases(self, level):
        lines = ["a0: &a0 {lol: lol, more: [lol, lol]}"]
        for number in range(1, 12):
            repeated = ", ".join([f"*a{number - 1}"] * 9)
            lines.append(f"a{number}: &a{number} {level.format(repeated)}")
        started = time.process_time()
        assert "aliases repeat this until the document has more than 1,000,000 values" in error_of("\n".join(lines))
        assert time.process_time() - started < 5

    def test_many_aliases_of_one_level(self):
        text = "a: &a [{}]\nb: [{}]".format(", ".join(map(str, range(3000))), ", ".join(["*a"] * 3000))
        assert "aliases repeat" in error_of(text)

    @pytest.mark.parametrize(("opening", "inner", "closing"), [("[", "", "]"), ("- ", "a", ""), ("{a: ", "1", "}")])
    def test_nested_without_end(self, opening, inner, closing):
        assert "nested more than 100 deep" in error_of(opening * 100_000 + inner + closing * 100_000)
        assert parse_yaml(opening * 90 + inner + closing * 90, "x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: b: c", "line 1, column 5: mapping values are not allowed in this context.\nQuote a text that holds ': '"),
        ("ä: ü\na:\n\t- b", "line 3, column 1: found character that cannot start any token.\nIndent"),
        ("ä: ü\na:\n\t- b", "Indent with spaces, not with tabs."),
        ("é: @x", "Quote a text that begins with '@'."),
        (
            "a: 'x\nb: 2\n",
            "line 3, column 1: found unexpected end of stream (while scanning a quoted scalar that begins",
        ),
        (
            "a: [1, 2\nb: 3",
            "line 2, column 2: did not find expected ',' or ']' (while parsing a flow sequence that beg",
        ),
        (
            "a: 1\n- b",
            "line 2, column 1: did not find expected key (while parsing a block mapping that begins in line 1",
        ),
        ("a: &x 1\nb: *y", "line 2, column 4: an alias, and nothing before it has its anchor.\nDefine it above"),
        ("a: &x 1\nb: &x 2", "line 2, column 4: an anchor that is there already.\nGive each"),
        ("a: 1\n---\nb: 2", "line 2, column 1: a second document begins here.\nKeep one"),
        ("ä: 1\nb: \x01", "line 2, column 4: a character that YAML does not allow.\nRemove it"),
        ("ä: \ud800", "line 1, column 4: a character that YAML does not allow.\nRemove it"),
        ("%YAML 9.9\n---\n1", "found incompatible YAML document"),
        ("!e!x a", "found undefined tag handle"),
    ],
)
def test_yaml_that_is_none(text, message):
    assert message in error_of(text)


def test_the_other_loader_says_it_too(monkeypatch):
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert error_of("a: b: c").startswith("line 1, column 5: mapping values are not allowed here.\nQuote")
    assert error_of("a: *hunter2").startswith("line 1, column 4: an alias, and nothing before it has its anchor")
    assert error_of("ä: \x01").startswith("line 1, column 4: a character that YAML does not allow")


@pytest.mark.usefixtures("either_loader")
@pytest.mark.parametrize(
    "line",
    [
        "*hunter2",
        "!hunter2",
        "!!hunter2 x",
        "@hunter2",
        "%hunter2",
        "'hunter2",
        "hunter2: x: y",
        "!!int hunter2",
        "[hunter2",
        "hunter2\x01",
        "&x hunter2\n  again: &x hunter2",
    ],
)
def test_no_error_shows_a_secret(line):
    with pytest.raises(ConfigError) as error:
        parse_yaml(f"dev:\n  password: {line}\n", "conf/local/credentials.yml")
    assert "hunter2" not in "".join(traceback.format_exception(error.value)).replace(line, "")


class TestJson:
    def test_a_key_twice(self):
        text = '{"a": {"b": [{"c": "}:,"}], "x\\u0041": 1,\n "d": "\\"{",\n "xA" : 2}}'
        assert error_of(text, parse=parse_json) == (
            "line 3, column 2: the key 'xA' is there twice, first in line 1.\n"
            "Rename or remove one of them: only the last would count."
        )
        assert "the key 'a' is there twice" in error_of('{"a": 1, "b": {"a": 2}, "a": {}}', parse=parse_json)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('{"a": 1,\n "b": }', "line 2, column 7: Expecting value.\nMend the JSON there."),
            ("[" * 100_000, "nested too deep"),
            ('{"a": ' + "[" * 100 + "]" * 100 + "}", "nested more than 100 deep. Make it flatter"),
            ("1" * 5000, "too many digits"),
        ],
    )
    def test_json_that_is_none(self, text, message):
        assert message in error_of(text, parse=parse_json)


KEYS = st.text() | st.integers() | st.booleans() | st.none() | st.dates()
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.dates()
    | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner) | st.sets(st.text()),
)


@given(VALUES)
def test_yaml_round_trip(value):
    dumped = yaml.safe_dump(value, allow_unicode=True)
    assert parse_yaml(dumped, "x") == yaml.load(dumped, Loader=yaml.CSafeLoader)
    assert parse_yaml(yaml.safe_dump(value), "x") == value


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=5).map(lambda keys: [(key, 1) for key in keys]))
def test_json_keys(pairs):
    text = "{" + ", ".join(f'"{key}": {value}' for key, value in pairs) + "}"
    if len(dict(pairs)) == len(pairs):
        assert parse_json(text, "x") == json.loads(text)
    else:
        assert "is there twice" in error_of(text, parse=parse_json)


@given(st.text("ab:-?[]{}&*!|>'\"#%@`, \n\t0", max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        value = parse_yaml(text, "x")
    except ConfigError:
        return
    theirs = yaml.load(text, Loader=yaml.CSafeLoader)
    assert value == theirs or (value, theirs) == ({}, None)


def test_the_front_door():
    assert config.read_config is read_config
    assert {"parse_json", "parse_yaml", "read_config", "read_yaml"} < set(config.__all__)
