"""What users type as the values of options: names, parameters, versions; nothing of it is ever executed."""

from __future__ import annotations

import re
from typing import Any

from tidemill.errors import ConfigError

_OPENING, _CLOSING = "([{", ")]}"
_FLOAT = re.compile(r"[-+]?(\d[\d_]*)(\.\d*)?[eE][-+]?\d+")


def split(text: str) -> list[str]:
    """Return the parts between commas, blanks around them left out; commas in brackets and quotes do not count."""
    parts, depth, quote, begin = [], 0, "", 0
    is_escaped = False
    for place, letter in enumerate(text):
        if quote:
            ends = letter == quote and not is_escaped
            # What stands for itself inside: a quote after a backslash, or, as YAML has it, a doubled apostrophe.
            doubled = quote == "'" and text[place : place + 2] == "''"
            is_escaped = not is_escaped and (doubled or (letter == "\\" and quote == '"'))
            quote = "" if ends and not doubled else quote
        elif letter in "'\"" and _begins_value(text, place):
            quote = letter
        elif letter in _OPENING:
            depth += 1
        elif letter in _CLOSING:
            depth = max(depth - 1, 0)
        elif letter == "," and not depth:
            parts.append(text[begin:place])
            begin = place + 1
    parts.append(text[begin:])
    if (quote or depth) and len(parts) < text.count(",") + 1:  # a bracket that is never closed means nothing
        parts = text.split(",")
    return [part.strip() for part in parts if part.strip()]


def names(value: Any) -> list[str]:
    """Return the names in a text with commas, or in a list of such texts."""
    given = [value] if isinstance(value, str) else list(value or ())
    return list(dict.fromkeys(name for each in given for name in split(str(each))))


def parameters(value: Any) -> dict[str, Any]:
    """Return nested parameters: of texts such as `a=1,model.depth:3`, or of a mapping with dotted keys.

    Raises:
        ValueError: Something has no key, or no value.
    """
    found: dict[str, Any] = {}
    if isinstance(value, dict):
        for key, each in value.items():
            _put(found, str(key), each)
        return found
    for text in [value] if isinstance(value, str) else value or ():
        for item in split(text):
            at = re.search("[=:]", item)
            if at is None:
                opened = any(
                    text.count(each) != text.count(closed) for each, closed in zip(_OPENING, _CLOSING, strict=True)
                )
                more = " Or is it in a bracket that is not closed?" if opened else ""
                raise ValueError(f"'{item}' has no value: write it as `{item}=value`.{more}")
            _put(found, item[: at.start()].strip(), typed(item[at.end() :].strip()))
    return found


def versions(value: Any) -> dict[str, str]:
    """Return dataset -> version: of texts such as `cars:2020-01-01T00.00.00.000Z,prices:...`, or of a mapping.

    Raises:
        ValueError: Something has no version.
    """
    if isinstance(value, dict):
        return {str(name): str(version) for name, version in value.items()}
    found = {}
    for item in names(value):
        name, _, version = (part.strip() for part in item.partition(":"))
        if not (name and version):
            raise ValueError(f"'{item}' has no version: write it as `dataset:version`.")
        found[name] = version
    return found


def typed(text: str) -> Any:
    """Return the value that a text means in YAML; where it means none, or a date, the text itself."""
    if not text:
        return None
    if text.replace("_", "a").isalnum() and not text[0].isdigit() and text.lower() not in _WORDS:
        return text  # most are: no need for YAML
    if _FLOAT.fullmatch(text):
        return float(text)
    from tidemill.config.sources import parse_yaml

    try:
        value = parse_yaml(text, "--params")
    except ConfigError:
        return text
    return value if _is_plain(value) else text


_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def dotted(nested: dict[str, Any], above: str = "") -> dict[str, Any]:
    """Return dotted key -> value, for the innermost keys."""
    found: dict[str, Any] = {}
    for key, value in nested.items():
        if isinstance(value, dict) and value:
            found.update(dotted(value, f"{above}{key}."))
        else:
            found[f"{above}{key}"] = value
    return found


def _put(into: dict[str, Any], key: str, value: Any) -> None:
    *above, last = key.split(".")
    if not all((*above, last)):
        raise ValueError(f"'{key}' is no key: a name, or names with dots between.")
    for name in above:
        inner = into.get(name)
        if not isinstance(inner, dict):
            inner = into[name] = {}
        into = inner
    into[last] = value


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(each) for key, each in value.items())
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (str, int, float, bool))


def _begins_value(text: str, place: int) -> bool:
    """Tell whether a quote stands where a value begins; an apostrophe inside of a word is none."""
    before = text[:place].rstrip()
    return not before or before[-1] in "=:,[{("
