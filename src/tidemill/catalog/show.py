"""A catalog as a table, for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidemill.io.html import counted, table
from tidemill.io.secrets.redaction import mask_url
from tidemill.io.show import short_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tidemill.catalog.spec import Entry

_PLACES = ("filepath", "path", "table_name", "url")


def as_html(entries: Mapping[str, Entry], patterns: int) -> str:
    """Return a table of the first datasets: name, type, where the data is. No dataset is made for it."""
    more = f", {counted(patterns, 'pattern')}" if patterns else ""
    rows = ((name, _type(entry), _place(entry)) for name, entry in entries.items())
    return table(f"{counted(len(entries), 'dataset')}{more}", ("name", "type", "place"), rows, len(entries))


def _type(entry: Entry) -> str:
    if entry.definition is None:
        return type(entry.dataset).__name__
    kind = entry.definition.get("type")
    versioned = " (versioned)" if entry.definition.get("versioned") is True else ""
    return (kind if isinstance(kind, str) else short_value(kind)) + versioned


def _place(entry: Entry) -> str:
    if entry.definition is None:
        filepath = vars(entry.dataset).get("_filepath")
        return "" if filepath is None else mask_url(str(filepath))
    found = next((entry.definition[key] for key in _PLACES if isinstance(entry.definition.get(key), str)), "")
    return mask_url(found)
