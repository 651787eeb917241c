"""Transcoding: one dataset read and written in several ways, named `dataset@way`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.errors import PipelineError

if TYPE_CHECKING:
    from collections.abc import Iterable

SEPARATOR = "@"


def base_name(name: str) -> str:
    """Return the dataset behind a name: `cars` for both `cars@pandas` and `cars`."""
    return name.partition(SEPARATOR)[0]


def base_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the datasets behind names: the same tuple where none is transcoded."""
    for name in names:
        if SEPARATOR in name:
            return tuple(map(base_name, names))
    return names


def check_transcoding(name: str) -> None:
    """Refuse a name with more than one `@`, or with nothing on one side of it.

    Raises:
        PipelineError: The name is malformed.
    """
    base, separator, way = name.partition(SEPARATOR)
    if separator and not (base and way and SEPARATOR not in way):
        raise PipelineError(f"'{name}' is no transcoded name: write 'dataset{SEPARATOR}way', with one '{SEPARATOR}'.")


def check_unmixed(names: Iterable[str]) -> None:
    """Refuse names that use a dataset both with and without a way: nobody could say what the plain one means.

    Raises:
        PipelineError: All such datasets, each with the ways it is used in.
    """
    names = set(names)
    ways: dict[str, list[str]] = {}
    for name in sorted(name for name in names if SEPARATOR in name):
        ways.setdefault(base_name(name), []).append(f"'{name}'")
    mixed = sorted(ways.keys() & names)
    if mixed:
        found = "\n".join(f"  '{base}' beside {', '.join(ways[base])}" for base in mixed)
        raise PipelineError(
            f"A dataset is used both with and without transcoding:\n{found}\n"
            f"Write 'dataset{SEPARATOR}way' wherever it is used, or rename one of the two."
        )
