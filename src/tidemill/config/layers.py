"""The files of one kind in one environment: found, read, put together; and where in them a value stands."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from tidemill.config.lines import line_of, node_of
from tidemill.config.merge import soft
from tidemill.config.sources import parse_config
from tidemill.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Container

    from tidemill.config.places import Place

_ENDINGS = (".yml", ".yaml", ".json")
_MOST_SHOWN = 5
Path = tuple[Any, ...]


class Files(NamedTuple):
    """What the files of an environment say."""

    values: dict[Any, Any]  # of all of them
    each: dict[str, dict[Any, Any]]  # path -> values


def collected(
    where: Place,
    folder: str,
    patterns: list[str],
    *,
    ignore_hidden: bool,
    text_keys: bool,
    leaves: bool,
    known: Container[str] = (),
) -> Files | None:
    """Return what the files of an environment say that match one of the patterns; None if there is no such folder.

    Args:
        where: The configuration's place.
        folder: The environment's folder in it.
        patterns: Of paths, from that folder.
        ignore_hidden: Whether to leave out what lies under a name that begins with a dot.
        text_keys: Whether keys at the top must be texts.
        leaves: Whether files may share a mapping as long as they share no value in it.
        known: Files that were read before, as those of one environment inside another.

    Raises:
        ConfigError: A file cannot be understood, or two of them define the same.
    """
    inside = where.files(folder, deep=any("/" in pattern or "**" in pattern for pattern in patterns))
    if inside is None:
        return None
    wanted = [_matcher(pattern) for pattern in patterns]
    each: dict[str, dict[Any, Any]] = {}
    for path in inside:
        if not path.endswith(_ENDINGS) or (ignore_hidden and (path.startswith(".") or "/." in path)):
            continue
        full = f"{folder}/{path}" if folder else path
        if full not in known and any(matcher.fullmatch(path) for matcher in wanted):
            text = where.read(full)
            each[full] = parse_config(text, where.shown(full), like_omegaconf=True, text_keys=text_keys)
    if len(each) > 1:
        _refuse_duplicates(where, each, leaves=leaves)
    values: dict[Any, Any] = {}
    for found in each.values():
        values = soft(values, found) if values else found
    return Files(values, each)


def located(where: Place, files: Files, path: Path) -> str:
    """Return the file and line of a value, for errors."""
    file = max(files.each, key=lambda each: _depth(files.each[each], path), default=None)
    if file is None or not _depth(files.each[file], path):
        return ""
    line = line_of(node_of(where.read(file)), path)
    return f"{where.shown(file)}, line {line}"


@lru_cache(maxsize=256)
def _matcher(pattern: str) -> re.Pattern[str]:
    """Return what matches the paths that a pattern means: `**` any folders, `*` and `?` anything inside a name."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meaning.get(part, re.escape(part)) for part in parts))


def _refuse_duplicates(where: Place, each: dict[str, dict[Any, Any]], *, leaves: bool) -> None:
    homes: dict[Path, str] = {}
    inner: dict[Path, str] = {}  # mappings that hold values
    twice: dict[tuple[str, str], list[str]] = {}
    for file, values in each.items():
        own = _leaves(values) if leaves else [(key,) for key in values if not str(key).startswith("_")]
        for path in own:
            other = homes.get(path) or inner.get(path) or next((homes[p] for p in _above(path) if p in homes), None)
            if other is not None and other != file:
                twice.setdefault((other, file), []).append(".".join(map(str, path)))
        homes.update(dict.fromkeys(own, file))
        inner.update({above: file for path in own for above in _above(path)})
    if twice:
        (first, second), keys = next(iter(twice.items()))
        more = f" and {len(keys) - _MOST_SHOWN} more" if len(keys) > _MOST_SHOWN else ""
        raise ConfigError(
            f"{where.shown(first)} and {where.shown(second)} both define {', '.join(keys[:_MOST_SHOWN])}{more}.\n"
            "Remove it from one of them: files of one environment add up, in no order."
        )


def _leaves(values: dict[Any, Any], before: Path = ()) -> list[Path]:
    found: list[Path] = []
    for key, value in values.items():
        if not before and str(key).startswith("_"):
            continue
        path = (*before, key)
        found += _leaves(value, path) if isinstance(value, dict) and value else [path]
    return found


def _above(path: Path) -> list[Path]:
    return [path[:size] for size in range(1, len(path))]


def _depth(value: Any, path: Path) -> int:
    """Return how much of a path leads to a value, or to the text that makes the rest of it; 0 if none does."""
    for depth, key in enumerate(path):
        if isinstance(value, str) and "${" in value:
            return depth
        inside = isinstance(value, dict) and key in value
        if not (inside or (isinstance(value, list) and isinstance(key, int) and key < len(value))):
            return 0
        value = value[key]
    return len(path)
