"""The grammar of `${...}`, as OmegaConf defines it: text to expressions, which `interpolate` evaluates.

Written by hand because OmegaConf's own parser takes about a millisecond for each text, and a catalog has thousands.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

_TOP_TEXT = re.compile(r"(\\*)\$\{")
_SIMPLE = re.compile(r"[A-Za-z0-9_.:,/ -]*\}")  # nothing nested, quoted or escaped
_BLANK = re.compile(r"[ \t]*")
_KEY = re.compile(r"""(?:[^\\{}()\[\]:. \t'"\n]|\\[\\.\[\]:=])+""")
_ESCAPED_IN_KEY = re.compile(r"\\([\\.\[\]:=])")
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_-]*")
_ESCAPES = re.compile(r"(?:\\[\\()\[\]{}:=, \t])+")
_PLAIN = re.compile(r"[a-zA-Z0-9_/\-+.$%*@?|\\ \t]")
_DIGITS = r"(?:0|[1-9](?:_?[0-9])*)"
_MORE_DIGITS = r"[0-9](?:_?[0-9])*"
_INT = re.compile(rf"[+-]?{_DIGITS}")
_FLOAT = re.compile(
    rf"[+-]?(?:(?:{_DIGITS}?\.{_MORE_DIGITS}|{_DIGITS}\.?)[eE][+-]?{_MORE_DIGITS}"
    rf"|{_DIGITS}?\.{_MORE_DIGITS}|{_DIGITS}\.|[iI][nN][fF]|[nN][aA][nN])"
)
_WORDS: dict[str, Any] = {"null": None, "true": True, "false": False}


class GrammarError(Exception):
    """A text that is no valid interpolation. Its message never quotes the text, which may hold a secret."""


class Constant(NamedTuple):
    """A value that is written out."""

    value: Any


class Joined(NamedTuple):
    """Texts and expressions, put together to one text."""

    parts: tuple[Any, ...]


class Reference(NamedTuple):
    """`${a.b}`, `${.b}`, `${a[0]}`: the value at a place, named from the root, or from where it stands."""

    dots: int
    keys: tuple[Any, ...]  # texts, or expressions whose values are dotted keys


class Call(NamedTuple):
    """`${name:argument,argument}`."""

    name: tuple[Any, ...]
    arguments: tuple[Any, ...]


class Sequence(NamedTuple):
    """`[a, b]` among the arguments of a call."""

    items: tuple[Any, ...]


class Table(NamedTuple):
    """`{a: b}` among the arguments of a call."""

    items: tuple[tuple[Any, Any], ...]


def parse(text: str) -> Any:
    """Return the expression of a text with `${`: one that stands alone has a value of any type, else it is text.

    Raises:
        GrammarError: The text is no valid one.
    """
    parts = _Parser(text).text(end="")[0]
    if len(parts) == 1 and not isinstance(parts[0], str):
        return parts[0]
    return Joined(tuple(parts))


def parse_element(text: str) -> Any:
    """Return the expression of a text that is one argument of a call, for `oc.decode`."""
    parser = _Parser(text)
    element = parser.element(end="")
    if parser.at != len(text):
        raise GrammarError("a character that needs quotes")
    return element


def calls(text: str) -> bool:
    """Return whether a text calls a resolver, or might if it were mended."""
    try:
        return _has_call(parse(text))
    except GrammarError:
        return True


def _has_call(expression: Any) -> bool:
    if isinstance(expression, Reference):
        return any(map(_has_call, expression.keys))
    return isinstance(expression, Call) or (isinstance(expression, Joined) and any(map(_has_call, expression.parts)))


class _Parser:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        self._text, self.at = text, 0

    def text(self, end: str) -> tuple[list[Any], bool]:
        """Return the parts of a text up to its quote, or up to its end, and whether the quote was there."""
        parts: list[Any] = []
        plain: list[str] = []
        text, size = self._text, len(self._text)
        stop = re.compile(rf"(\\*)(\$\{{|{end})") if end else _TOP_TEXT
        while self.at < size:
            found = stop.search(text, self.at)
            if found is None:
                break
            slashes = len(found[1])
            plain.append(text[self.at : found.start()] + "\\" * (slashes // 2))
            self.at = found.end()
            if slashes % 2:  # escaped: what follows the last backslash is text
                plain.append(found[0][slashes:])
            elif end and found[2] == end:
                return _flushed(parts, plain), True
            else:
                parts = _flushed(parts, plain)
                plain = []
                simple = None if end else _SIMPLE.match(text, self.at)
                if simple is None:
                    parts.append(self.interpolation())
                else:
                    parts.append(_simple(simple[0]))
                    self.at = simple.end()
        plain.append(text[self.at :])
        self.at = size
        return _flushed(parts, plain), False

    def interpolation(self) -> Reference | Call:
        """Return what stands between `${`, which is read already, and `}`."""
        self._blank()
        dots = self._count(".")
        keys: list[Any] = []
        bracket = dotted = False
        while True:
            bracket = self._take("[")
            keys.append(self._key())
            if bracket:
                self._expect("]", "a ']' is missing")
                dotted = True
            if not (self._take(".") or self._peek() == "["):
                break
        self._blank()
        if self._take("}"):
            return Reference(dots, tuple(keys))
        if dots or dotted or not self._take(":"):
            raise GrammarError("the '}' of a '${' is missing")
        if not all(not isinstance(key, str) or _NAME.fullmatch(key) for key in keys):
            raise GrammarError("a resolver's name is made of letters, digits, '_' and '-'")
        self._blank()
        return Call(tuple(keys), tuple(self._elements("}")))

    def element(self, end: str) -> Any:
        """Return one argument: quoted, a list, a mapping, or plain text up to a comma or the end."""
        self._blank()
        first = self._peek()
        if first in ("'", '"') and first:
            self.at += 1
            parts, closed = self.text(end=first)
            if not closed:
                raise GrammarError("a quote is missing")
            self._blank()
            return Constant("") if not parts else Constant(parts[0]) if _is_plain(parts) else _joined(parts)
        if first == "[":
            self.at += 1
            self._blank()
            return Sequence(tuple(self._elements("]")))
        if first == "{":
            self.at += 1
            return self._table()
        return self._primitive(end, colon=True)

    def _key(self) -> Any:
        if self._text.startswith("${", self.at):
            self.at += 2
            return self.interpolation()
        found = _KEY.match(self._text, self.at)
        if found is None:
            raise GrammarError("a key is missing")
        self.at = found.end()
        return _ESCAPED_IN_KEY.sub(r"\1", found[0])

    def _elements(self, end: str) -> list[Any]:
        """Return the elements up to the closing character; one that is missing is an empty text."""
        if self._take(end):
            return []
        found: list[Any] = []
        while True:
            self._blank()
            found.append(Constant("") if self._peek() in (",", end) else self.element(end))
            self._blank()
            if self._take(end):
                return found
            self._expect(",", f"a '{end}' is missing, or quotes around text that is no plain word")

    def _table(self) -> Table:
        found: list[tuple[Any, Any]] = []
        self._blank()
        if self._take("}"):
            return Table(())
        while True:
            self._blank()
            key = self._primitive("}", colon=False)
            if not isinstance(key, Constant):
                raise GrammarError("a key in '{...}' cannot be an interpolation")
            self._expect(":", "a ':' is missing")
            found.append((key.value, self.element("}")))
            self._blank()
            if self._take("}"):
                return Table(tuple(found))
            self._expect(",", "a '}' is missing, or quotes around text that is no plain word")

    def _primitive(self, end: str, *, colon: bool) -> Any:
        """Return plain text as the value it reads as; what is escaped in it makes it text."""
        parts: list[Any] = []
        plain: list[str] = []
        text, escaped, kept = self._text, False, 0
        while self.at < len(text):
            if text.startswith("${", self.at):
                self.at += 2
                parts = _flushed(parts, plain)
                plain, kept = [], 0
                parts.append(self.interpolation())
                continue
            char = text[self.at]
            if char == "\\" and (found := _ESCAPES.match(text, self.at)):
                plain.append(found[0][1::2])
                escaped, kept = True, len(plain)
                self.at = found.end()
                continue
            if not (_PLAIN.match(char) or (char == ":" and colon)):
                break
            plain.append(char)
            self.at += 1
        while len(plain) > kept and plain[-1] in " \t":
            plain.pop()
        parts = _flushed(parts, plain)
        if not parts:
            raise GrammarError(f"a value is missing{f' before {end!r}' if end else ''}")
        if not _is_plain(parts):
            return _joined(parts)
        return Constant(parts[0] if escaped else typed(parts[0]))

    def _peek(self) -> str:
        return self._text[self.at : self.at + 1]

    def _take(self, char: str) -> bool:
        if self._peek() != char:
            return False
        self.at += 1
        return True

    def _count(self, char: str) -> int:
        count = 0
        while self._take(char):
            count += 1
        return count

    def _expect(self, char: str, otherwise: str) -> None:
        if not self._take(char):
            raise GrammarError(otherwise)

    def _blank(self) -> None:
        found = _BLANK.match(self._text, self.at)
        self.at = found.end() if found else self.at


@lru_cache(maxsize=1024)
def _simple(text: str) -> Reference | Call:
    """Return an interpolation that many texts have: `${globals:bucket}` in a thousand entries is read once."""
    return _Parser(text).interpolation()


def typed(text: str) -> Any:
    """Return what a plain word reads as: null, true, false, a number, or itself."""
    lowered = text.lower()
    if lowered in _WORDS:
        return _WORDS[lowered]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _flushed(parts: list[Any], plain: list[str]) -> list[Any]:
    text = "".join(plain)
    return [*parts, text] if text else parts


def _is_plain(parts: list[Any]) -> bool:
    return len(parts) == 1 and isinstance(parts[0], str)


def _joined(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else Joined(tuple(parts))
