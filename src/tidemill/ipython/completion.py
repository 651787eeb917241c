"""Completion: names of datasets in `catalog.load("...`, of nodes after `%load_node`."""

from __future__ import annotations

import re
from typing import Any

from tidemill.catalog.catalog import DataCatalog
from tidemill.ipython.node_code import node_names

_CALL = re.compile(
    r"""([A-Za-z_][\w.]*)\.(?:load|save|exists|release|confirm|get|get_type)\(\s*(?:name\s*=\s*)?(["'])([^"']*)$"""
)
_LOAD_NODE = re.compile(r"^\s*%?load_node\s+([^\s]*)$")
_MOST = 500  # as many as IPython shows


def matcher(shell: Any) -> Any:
    """Return what IPython asks for completions."""
    from IPython.core.completer import SimpleCompletion, context_matcher

    def tidemill_matcher(context: Any) -> Any:
        before = context.text_until_cursor
        found = _datasets(shell, before) or _nodes(before)
        if found is None:
            return {"completions": []}
        fragment, names = found
        matching = [name for name in names if name.startswith(fragment)][:_MOST]
        return {
            "completions": [SimpleCompletion(text=name, type="instance") for name in matching],
            "matched_fragment": fragment,
            "suppress": bool(matching),
        }

    marked: Any = context_matcher()
    return marked(tidemill_matcher)


def _datasets(shell: Any, before: str) -> tuple[str, list[str]] | None:
    found = _CALL.search(before)
    catalog = _value(shell.user_ns, found[1].split(".")) if found else None
    return (found[3], sorted(catalog.keys())) if found and isinstance(catalog, DataCatalog) else None


def _nodes(before: str) -> tuple[str, list[str]] | None:
    found = _LOAD_NODE.match(before)
    return (found[1], node_names()) if found else None


def _value(names: dict[str, Any], path: list[str]) -> Any:
    """Return what a dotted name means; only names of variables and attributes that are there, nothing is called."""
    value = names.get(path[0])
    for each in path[1:]:
        value = getattr(value, each, None)
    return value
