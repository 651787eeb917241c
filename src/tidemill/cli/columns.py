"""Columns of text: aligned, cut to the width of the terminal, whole where the output is piped."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP, _LEAST = "  ", 10


def table(rows: Sequence[Sequence[str]], headings: Sequence[str]) -> None:
    """Print rows below headings. On a terminal, the widest columns are cut until a row fits into a line."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    if sys.stdout.isatty():
        _fit(widths, shutil.get_terminal_size().columns)
    # In one piece: a catalog may have very many.
    click.echo("\n".join([click.style(_line(headings, widths), dim=True), *(_line(row, widths) for row in rows)]))


def facts(pairs: Sequence[tuple[str, str]]) -> None:
    """Print names with what there is to say of each, which may be several lines."""
    width = max((len(name) for name, _ in pairs), default=0)
    for name, text in pairs:
        first, *more = text.splitlines() or [""]
        click.echo(f"{click.style(name.ljust(width), dim=True)}{_GAP}{first}".rstrip())
        for line in more:
            click.echo(f"{' ' * width}{_GAP}{line}")


def structured(value: object, form: str) -> None:
    """Print plain data as `json` or `yaml`."""
    if form == "json":
        import json

        click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))
    else:
        import yaml

        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        click.echo(yaml.dump(value, Dumper=dumper, sort_keys=False, allow_unicode=True), nl=False)


def readable_size(count: float) -> str:
    """Return a number of bytes as people say it: `1.2 MB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"


def _fit(widths: list[int], most: int) -> None:
    while sum(widths) + len(_GAP) * (len(widths) - 1) > most and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (text if len(text) <= width else f"{text[: width - 3]}..." for text, width in zip(row, widths, strict=True))
    return _GAP.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
