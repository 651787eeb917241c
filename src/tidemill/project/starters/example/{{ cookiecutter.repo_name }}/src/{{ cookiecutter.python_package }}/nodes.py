"""What the pipeline does, step by step: plain functions, which know nothing of files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

Month = list[dict[str, Any]]


def read_months(inbox: dict[str, str]) -> dict[str, Month]:
    """Return each new month as a list of days, the oldest first; a rate that is no number is left out."""
    months = {}
    for name, text in inbox.items():
        days = [
            {"date": row.pop("Date"), "rates": {each: float(rate) for each, rate in row.items() if _is_rate(rate)}}
            for row in csv.DictReader(text.splitlines())
        ]
        months[name] = sorted(days, key=lambda day: day["date"])
    return months


def compare(months: dict[str, Callable[[], Month]], currencies: list[str]) -> dict[str, dict[str, Any]]:
    """Return the first and the last rate of each currency, over all months, and by how much it changed in percent."""
    days = [day for name in sorted(months) for day in months[name]()]
    changes = {}
    for currency in currencies:
        known = [(day["date"], day["rates"][currency]) for day in days if currency in day["rates"]]
        if known:
            (since, first), (until, last) = known[0], known[-1]
            change = round(100 * (last / first - 1), 2)
            changes[currency] = {"since": since, "first": first, "until": until, "last": last, "change": change}
    return changes


def write_report(changes: dict[str, dict[str, Any]]) -> str:
    """Return a table of the changes, the largest first."""
    lines = ["| 1 euro in | since | until | change |", "| --- | --- | --- | ---: |"]
    for currency, each in sorted(changes.items(), key=lambda item: -abs(item[1]["change"])):
        since, until = f"{each['first']} ({each['since']})", f"{each['last']} ({each['until']})"
        lines.append(f"| {currency} | {since} | {until} | {each['change']:+.2f} % |")
    return "\n".join(lines) + "\n"


def _is_rate(text: str | None) -> bool:
    return bool(text) and text.replace(".", "", 1).isdigit()
