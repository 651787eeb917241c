"""How catalogs, pipelines and datasets show themselves in notebooks: a small table, however much they hold."""

from __future__ import annotations

from html import escape
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_ROWS = 20
_LONGEST = 120


def table(title: str, headings: Iterable[str], rows: Iterable[Iterable[object]], total: int) -> str:
    """Return a table of the first rows, and how many there are besides.

    Args:
        title: What stands above it.
        headings: Of the columns.
        rows: Only the first `MOST_ROWS` are asked for.
        total: How many rows there are.
    """
    head = "".join(f"<th>{escape(each)}</th>" for each in headings)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in islice(rows, MOST_ROWS))
    more = f"<p>... and {total - MOST_ROWS:,} more</p>" if total > MOST_ROWS else ""
    return f"<p><b>{escape(title)}</b></p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def counted(number: int, what: str) -> str:
    """Return `1 dataset`, `2 datasets`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _cell(value: object) -> str:
    text = str(value)
    shown = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
    return f'<td style="text-align: left">{escape(shown)}</td>'
