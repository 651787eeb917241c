"""From tables to words: the report, in Markdown, so that two versions of it can be compared with diff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

BARS = "▁▂▃▄▅▆▇█"
MOVERS = 5


def write_report(
    currencies: pd.DataFrame,
    rates: pd.DataFrame,
    zones: pd.DataFrame,
    countries: pd.DataFrame,
    flag_colours: pd.DataFrame,
    lookalikes: pd.DataFrame,
    check: dict[str, Any],
) -> str:
    """Everything a reader of the monthly rates wants to know, and what is wrong with the data."""
    lines = {code: sparkline(1 / days.to_numpy()) for code, days in rates.groupby("currency")["per_euro"]}
    quoted = currencies["last_day"] == currencies["last_day"].max()
    parts = [
        f"# What the euro bought, {check['first_day']} to {check['last_day']}",
        _summary(check, zones),
        "## Who moved",
        _movers(currencies[quoted], lines),
        "## Who went quiet",
        _quiet(currencies[~quoted], zones),
        "## The roughest days",
        _rough_days(currencies),
        "## All currencies",
        _everything(currencies, lines),
        "## Before you print flags on a price board",
        _flags(lookalikes, flag_colours, countries, currencies),
    ]
    return "\n\n".join(parts) + "\n"


def sparkline(value: np.ndarray, width: int = 20) -> str:
    """A line of bars: the mean of each of `width` stretches of time."""
    means = np.array([part.mean() for part in np.array_split(value, min(width, len(value)))])
    span = np.ptp(means)
    if span < 0.01 * means.mean():  # pegged: a hundredth is not worth a mountain
        return BARS[3] * len(means)
    return "".join(BARS[n] for n in ((means - means.min()) / span * (len(BARS) - 1)).round().astype(int))


def _summary(check: dict[str, Any], zones: pd.DataFrame) -> str:
    new = check["new_months"]
    months = f"{len(new)} new months, {new[0]} to {new[-1]}" if new else "no new month"
    euro = zones[zones["currency"] == "EUR"]
    return (
        f"{check['currencies']} currencies on {check['days']} days, as the European Central Bank set them; this run "
        f"brought {months}. On the last day the euro itself was legal tender in {len(euro)} countries and "
        f"territories with {euro['population'].sum() / 1e6:,.0f} million people. A change is that of what one unit "
        "of the currency was worth in euro: plus is stronger."
    )


def _movers(quoted: pd.DataFrame, lines: dict[str, str]) -> str:
    ends = pd.concat([quoted.head(MOVERS), quoted.tail(MOVERS)])
    return _table(
        ["currency", "change", "what one unit was worth", "swing in a year", "countries", "million people"],
        [
            (
                row.currency,
                f"{row.change:+.1%}",
                f"`{lines[row.currency]}`",
                f"{row.volatility:.0%}",
                row.countries,
                f"{row.people / 1e6:,.1f}",
            )
            for row in ends.itertuples()
        ],
    )


def _quiet(silent: pd.DataFrame, zones: pd.DataFrame) -> str:
    if silent.empty:
        return "Nobody: each currency has a rate for the last day."
    sentences = []
    for row in silent.sort_values("last_day").itertuples():
        now = zones[zones["iso"] == row.iso]
        # Tender of the day: what was in force on the last day of the rates, the newcomer last.
        tender = now.sort_values("from")["currency"].tolist()
        why = f"its country now pays in {tender[-1]}" if tender[-1:] != [row.currency] else "it is still legal tender"
        change = f"{row.change:+.1%} since {row.first_day:%Y-%m-%d}"
        sentences.append(f"- **{row.currency}**: last quoted on {row.last_day:%Y-%m-%d} ({change}); {why}.")
    return "\n".join(sentences)


def _rough_days(currencies: pd.DataFrame) -> str:
    falls = currencies.nsmallest(MOVERS, "worst_change")[["worst_day", "currency", "worst_change"]].to_numpy().tolist()
    rises = currencies.nlargest(MOVERS, "best_change")[["best_day", "currency", "best_change"]].to_numpy().tolist()
    return _table(
        ["fall", "", "", "rise", "", ""],
        [
            (f"{day:%Y-%m-%d}", code, f"{change:+.1%}", f"{other:%Y-%m-%d}", name, f"{rise:+.1%}")
            for (day, code, change), (other, name, rise) in zip(falls, rises, strict=True)
        ],
    )


def _everything(currencies: pd.DataFrame, lines: dict[str, str]) -> str:
    return _table(
        ["currency", "for one euro", "change", "", "legal tender in", "mean colour of the flag"],
        [
            (
                row.currency,
                f"{row.per_euro:,.4f}",
                f"{row.change:+.1%}",
                f"`{lines[row.currency]}`",
                f"{row.countries}",
                f"{row.mean_colour}, mostly {row.main_colour}",
            )
            for row in currencies.sort_values("currency").itertuples()
        ],
    )


def _flags(
    lookalikes: pd.DataFrame, flag_colours: pd.DataFrame, countries: pd.DataFrame, currencies: pd.DataFrame
) -> str:
    names = countries.set_index("iso")["name"]
    quoted = set(currencies["iso"])
    groups = [sorted(group["iso"]) for _, group in flag_colours.groupby("pixels") if len(group) > 1]
    same = "; ".join(" = ".join(names.get(iso, iso) for iso in group) for group in sorted(groups))
    ours = lookalikes["iso"].isin(quoted) | lookalikes["other"].isin(quoted)
    close = lookalikes[ours & (lookalikes["distance"] > 0)].head(8).to_numpy().tolist()
    alike = "; ".join(f"{names.get(one, one)} and {names.get(two, two)} ({distance})" for one, two, distance in close)
    different = flag_colours["pixels"].nunique()
    no_country = ", ".join(sorted(set(flag_colours["iso"]) - set(countries["iso"])))
    no_flag = ", ".join(names[iso] for iso in sorted(set(countries["iso"]) - set(flag_colours["iso"])))
    lines = [
        f"{len(flag_colours)} pictures, {different} of them different. The same to the last pixel: {same}.",
        f"Easily taken for each other (mean difference of 255, currencies of this report only): {alike}.",
        f"Pictures of no country: {no_country}. Countries without a picture: {no_flag}.",
    ]
    return "\n".join(f"- {line}" for line in lines)


def _table(head: list[str], rows: Iterable[tuple[Any, ...]]) -> str:
    cells = [head, ["---"] * len(head), *[[str(cell) for cell in row] for row in rows]]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)
