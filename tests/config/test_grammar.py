from __future__ import annotations

from importlib.metadata import version

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from omegaconf import errors, grammar_visitor
from omegaconf.grammar_parser import parse as parse_theirs

from tidemill.config.grammar import (
    Call,
    Constant,
    GrammarError,
    Joined,
    Reference,
    Sequence,
    Table,
    calls,
    parse,
    parse_element,
    typed,
)

WRONG = "wrong"
PIECES = [
    *(
        "${",
        "}",
        "a",
        "b",
        "1",
        "0",
        ".",
        "[",
        "]",
        "{",
        ":",
        ",",
        "'",
        '"',
        "\\",
        "-",
        "_",
        "e",
        "null",
        "true",
        "inf",
    ),
    *("$", "/", "${a}", "${r:", "é", "=", "?", "(", "1.5", "+", "..", "1e3", "1_0", "${.a}", "''", " ", "\t"),
]


def theirs(text):
    def node(key, _memo):
        return ("reference", key.relative_dots, tuple(key.parts))

    def resolver(name, args, args_str):
        return ("call", name, args)

    return grammar_visitor.GrammarVisitor(node, resolver, None).visit(parse_theirs(text))


def ours(expression):
    if isinstance(expression, Reference):
        if any(not isinstance(key, str) for key in expression.keys):
            raise GrammarError("what OmegaConf says of a key that is no text")
        return ("reference", expression.dots, tuple(expression.keys))
    if isinstance(expression, Call):
        if any(not isinstance(key, str) for key in expression.name):
            raise GrammarError("the same")
        return ("call", ".".join(expression.name), tuple(map(ours, expression.arguments)))
    if isinstance(expression, Joined):
        return "".join(str(ours(each)) for each in expression.parts)
    if isinstance(expression, Sequence):
        return [*map(ours, expression.items)]
    if isinstance(expression, Table):
        return {key: ours(each) for key, each in expression.items}
    return expression.value if isinstance(expression, Constant) else expression


@pytest.mark.skipif(version("omegaconf") < "2.4", reason="before, keys are handed over as one text, without escapes")
@pytest.mark.filterwarnings("ignore:In the sequence")
@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("\\\\\\${a}\\\\${b}\\c")
@example("${r:'a\\\\'}${r:\"\\\\\\${b}\"}")
@example("${r:{a: [1, {b: x y}], c: }}")
@example("${ r : a , b }")
@example("${[a][0].b}")
def test_as_omegaconf_reads_it(text):
    assume("${" in text)
    try:
        expected = theirs(text)
    except (errors.GrammarParseError, errors.InterpolationResolutionError):
        expected = WRONG
    try:
        found = ours(parse(text))
    except GrammarError:
        found = WRONG
    assert repr(found) == repr(expected)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None), ("NULL", None), ("True", True), ("false", False), ("0", 0), ("-12", -12), ("1_000", 1000),
        ("01", "01"), ("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0), ("inf", float("inf")), ("a b", "a b"),
        ("yes", "yes"), ("0x1f", "0x1f"), ("2020-01-01", "2020-01-01"), ("-.inf", "-.inf"),
    ],
)  # fmt: skip
def test_plain_words(text, value):
    assert typed(text) == value
    assert type(typed(text)) is type(value)
    assert parse_element(text) == Constant(value)


def test_elements():
    assert parse_element("[a, {b: 1}, 'c d']") == Sequence(
        (Constant("a"), Table((("b", Constant(1)),)), Constant("c d"))
    )
    with pytest.raises(GrammarError, match="quotes"):
        parse_element("a(b")


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("${a}", False),
        ("x ${a.b} ${.c}", False),
        ("${a:}", True),
        ("x${a.${b:}}", True),
        ("${a", True),
        (r"\${a:}", False),
    ],
)
def test_calls(text, does):
    assert calls(text) is does
