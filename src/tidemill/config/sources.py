"""Configuration files: YAML and JSON read into plain values, with errors that say where to look.

No error quotes a value, nor is chained to one that does: files of credentials are read here too.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidemill.config.construct import Constructor, NodeError, shown, twice
from tidemill.errors import ConfigError
from tidemill.names import did_you_mean

if TYPE_CHECKING:
    import os

    from yaml import MarkedYAMLError, Node

_DEEPEST = 100
_FLOAT, _TIMESTAMP = "tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp"
_EXPONENT = re.compile(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)[eE][-+]?[0-9]+$")
_QUOTED_FIRST = frozenset("@`%")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}:]')
_KINDS = {"NoneType": "null", "str": "text", "int": "an int"}


def read_config(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the mapping of texts to values that a YAML or JSON file holds; an empty file holds `{}`."""
    return parse_config(_text_of(Path(path)), str(path))


def parse_config(text: str, where: str, *, like_omegaconf: bool = False, text_keys: bool = True) -> dict[str, Any]:
    """Return the mapping that the text of a file holds; it is JSON if `where` ends in `.json`.

    Args:
        text: All of the file.
        where: What errors call it.
        like_omegaconf: Whether `1e-3` is a number and `2020-01-01` a text, as files for OmegaConf mean them.
        text_keys: Whether a key at the top that is no text is an error.
    """
    root = None
    if _is_json(where):
        value = parse_json(text, where)
    else:
        value, root = _load(text, where, like_omegaconf=like_omegaconf)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _not_a_mapping(where, value, root)
    for key in value:
        if text_keys and not isinstance(key, str):
            raise _no_text(where, key, root)
    return value


def read_yaml(path: str | os.PathLike[str]) -> Any:
    """Return what a YAML file holds, or a JSON file if its name ends in `.json`; `{}` if it is empty."""
    parse = parse_json if _is_json(path) else parse_yaml
    return parse(_text_of(Path(path)), str(path))


def parse_yaml(text: str, where: str) -> Any:
    """Return the value of a YAML text, `{}` if there is none; `where` is what errors call it.

    Values that aliases repeat are the same object at each place.
    """
    value, root = _load(text, where)
    return {} if root is None else value


def parse_json(text: str, where: str) -> Any:
    """Return the value of a JSON text, `{}` if it is blank; `where` is what errors call it."""
    if not text.strip():
        return {}
    try:
        value = json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as exc:
        raise _error(where, exc.lineno, exc.colno, exc.msg, "Mend the JSON there.") from None
    except _TwiceError:
        raise _twice_in_json(text, where) from None
    except RecursionError:
        raise ConfigError(f"{where}: nested too deep to be read. Make it flatter.") from None
    except ValueError:  # a number of thousands of digits
        raise ConfigError(f"{where}: a number has too many digits. Write it as text.") from None
    if text.count("[") + text.count("{") > _DEEPEST and _is_deeper(value, _DEEPEST):
        raise ConfigError(f"{where}: nested more than {_DEEPEST} deep. Make it flatter.")
    return value


def _is_deeper(value: Any, levels: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return inside is not None and (levels == 0 or any(_is_deeper(each, levels - 1) for each in inside))


def _is_json(path: str | os.PathLike[str]) -> bool:
    return Path(path).suffix.lower() == ".json"


def _text_of(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError as exc:
        raise ConfigError(f"{path}: there is no such file{did_you_mean(path.name, _beside(path)) or '.'}") from exc
    except OSError as exc:
        raise ConfigError(f"{path}: cannot be read: {exc.strerror}.") from exc
    return decoded(data, str(path))


def decoded(data: bytes, where: str) -> str:
    """Return the text of a file's bytes; `where` is what errors call it."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        before = data[: exc.start].decode("utf-8", errors="replace")
        raise _at_end_of(where, before, "this is not UTF-8", "Save the file as UTF-8.") from None


def _beside(path: Path) -> list[str]:
    try:
        return [each.name for each in path.parent.iterdir()]
    except OSError:  # no such folder either
        return []


def _load(text: str, where: str, *, like_omegaconf: bool = False) -> tuple[Any, Node | None]:
    """Return the value of a YAML text and its node, which knows the lines; None and None if there is no value."""
    import yaml

    loader = None
    try:
        loader = _bounded(getattr(yaml, "CSafeLoader", yaml.SafeLoader), like_omegaconf=like_omegaconf)(text)
        root = loader.get_single_node()
        return (None, None) if root is None else (Constructor(loader).build(root), root)
    except NodeError as exc:
        raise _error(where, exc.mark.line + 1, exc.mark.column + 1, exc.problem, exc.remedy) from None
    except yaml.MarkedYAMLError as exc:
        raise _syntax(where, text, exc) from None
    except (yaml.YAMLError, UnicodeEncodeError):
        found = _FORBIDDEN.search(text)
        before, problem = text[: found.start() if found else 0], "a character that YAML does not allow"
        raise _at_end_of(where, before, problem, 'Remove it, or write it as "\\x.." in double quotes.') from None
    except RecursionError:
        raise ConfigError(f"{where}: nested too deep to be read. Make it flatter.") from None
    finally:
        if loader is not None:
            loader.dispose()


@cache
def _bounded(loader: Any, *, like_omegaconf: bool) -> Any:
    """Return the loader with a limit to nesting: the C parser recurses until the process dies."""
    bounded: Any = type(f"Bounded{loader.__name__}", (_Bounded, loader), {})
    if like_omegaconf:
        bounded.yaml_implicit_resolvers = {
            first: [(tag, pattern) for tag, pattern in rows if tag != _TIMESTAMP]
            for first, rows in loader.yaml_implicit_resolvers.items()
        }
        bounded.add_implicit_resolver(_FLOAT, _EXPONENT, list("-+.0123456789"))
    return bounded


class _Bounded:
    """Counts how deep the composer is, in the two methods that it calls around each node.

    They exist for resolving tags by path, which the safe loaders do not do.
    """

    _depth = 0

    def descend_resolver(self, parent: Node, index: object) -> None:  # noqa: ARG002 - the composer's signature
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NodeError(f"nested more than {_DEEPEST} deep", parent.start_mark, "Make it flatter.")

    def ascend_resolver(self) -> None:
        self._depth -= 1


def _syntax(where: str, text: str, exc: MarkedYAMLError) -> ConfigError:
    from yaml.composer import ComposerError

    mark = exc.problem_mark
    if mark is None:
        return ConfigError(f"{where}: {exc.problem}.")
    first = text[mark.index : mark.index + 1]
    if isinstance(exc, ComposerError):
        # PyYAML would name the alias, and a password may begin with '*'.
        problem, remedy = {
            "*": ("an alias, and nothing before it has its anchor", "Define it above with '&', or quote the text."),
            "&": ("an anchor that is there already", "Give each anchor a name of its own."),
        }.get(first, ("a second document begins here", "Keep one document in a file, without '---' between."))
        return _error(where, mark.line + 1, mark.column + 1, problem, remedy)
    problem = exc.problem or "no valid YAML"
    if exc.context and exc.context_mark and exc.context_mark.line != mark.line:
        problem += f" ({exc.context} that begins in line {exc.context_mark.line + 1})"
    if first == "\t":
        remedy = "Indent with spaces, not with tabs."
    elif first in _QUOTED_FIRST:
        remedy = f"Quote a text that begins with '{first}'."
    elif first == ":":
        remedy = "Quote a text that holds ': ', and look at the indentation."
    else:
        remedy = "Look at the indentation, colons, quotes and brackets up to there."
    return _error(where, mark.line + 1, mark.column + 1, problem, remedy)


def _not_a_mapping(where: str, value: object, root: Node | None) -> ConfigError:
    remedy = "Write 'key: value' lines." if root else 'Write {"key": ...}.'
    return _at_node(where, root, f"the file holds {_kind(value)}, not a mapping", remedy)


def _no_text(where: str, key: object, root: Node | None) -> ConfigError:
    text_tags = {f"tag:yaml.org,2002:{name}" for name in ("str", "merge", "value")}
    at = next((each for each, _ in root.value if each.tag not in text_tags), None) if root else None
    if at is None:  # it comes with a merged mapping
        return _at_node(where, root, f"the key {shown(key)} is {_kind(key)}, not text", "Quote it.")
    return _at_node(where, at, f"the key {at.value} reads as {_kind(key)}, not as text", f'Quote it: "{at.value}":')


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _TwiceError
    return value


class _TwiceError(Exception):
    """A JSON object has a key twice. The parser does not say where."""


def _twice_in_json(text: str, where: str) -> ConfigError:
    """Walk through what the parser has accepted, to the first key that its object has already."""
    objects: list[dict[str, int]] = []
    name: re.Match[str] | None = None
    for token in _JSON_TOKEN.finditer(text):
        if token[0] == "{":
            objects.append({})
        elif token[0] == "}":
            objects.pop()
        elif token[0] == ":" and name is not None:
            first = objects[-1].setdefault(json.loads(name[0]), name.start())
            if first != name.start():
                line = text.count("\n", 0, first) + 1
                return _at_end_of(where, text[: name.start()], *twice(json.loads(name[0]), line))
        else:
            name = token
    return ConfigError(f"{where}: an object has a key twice.")


def _kind(value: object) -> str:
    kind = type(value).__name__
    return _KINDS.get(kind, f"a {kind}")


def _at_node(where: str, node: Node | None, problem: str, remedy: str) -> ConfigError:
    line, column = (node.start_mark.line + 1, node.start_mark.column + 1) if node else (1, 1)
    return _error(where, line, column, problem, remedy)


def _at_end_of(where: str, before: str, problem: str, remedy: str) -> ConfigError:
    line_start = before.rfind("\n") + 1
    return _error(where, before.count("\n") + 1, len(before) - line_start + 1, problem, remedy)


def _error(where: str, line: int, column: int, problem: str, remedy: str) -> ConfigError:
    return ConfigError(f"{where}, line {line}, column {column}: {problem}.\n{remedy}")
