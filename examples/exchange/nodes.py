"""From raw files to tables: the functions of the pipeline that compute numbers."""

from __future__ import annotations

from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Images = Mapping[str, Callable[[], np.ndarray]]
    Tables = Mapping[str, Callable[[], pd.DataFrame]]

PAINTS = {
    "red": (210, 20, 40),
    "orange": (245, 130, 30),
    "yellow": (250, 215, 20),
    "green": (0, 135, 60),
    "sky": (90, 170, 235),
    "blue": (10, 40, 130),
    "white": (250, 250, 250),
    "black": (15, 15, 15),
}
COLOURFUL = 6  # of these, the first six; white and black do not count
OPAQUE = 128
ALIKE = 20.0  # mean difference of two pictures, on a scale of 0 to 255 for each channel
TRADING_DAYS = 256


def measure_flags(flags: Images) -> pd.DataFrame:
    """One row for each picture: its size, its mean colour, how much of it is red, blue ..., and its boldest colour."""
    paints = np.array(list(PAINTS.values()), float)
    rows = []
    for code, load in sorted(flags.items()):
        pixels = load()
        opaque = pixels[pixels[..., 3] >= OPAQUE][:, :3].astype(float)  # the rounded corners are transparent
        nearest = np.linalg.norm(opaque[:, None, :] - paints, axis=2).argmin(axis=1)
        shares = np.bincount(nearest, minlength=len(PAINTS)) / len(opaque)
        bold = opaque[nearest == shares[:COLOURFUL].argmax()]
        rows.append(
            {
                "iso": code.upper(),
                "height": pixels.shape[0],
                "width": pixels.shape[1],
                "mean_colour": _hex(opaque),
                "bold_colour": _hex(bold if len(bold) else opaque),
                "main_colour": list(PAINTS)[shares.argmax()],
                **dict(zip(PAINTS, shares.round(3), strict=True)),
                "pixels": blake2b(pixels.tobytes(), digest_size=8).hexdigest(),
            }
        )
    return pd.DataFrame(rows)


def _hex(pixels: np.ndarray) -> str:
    """The mean of some pixels, as the web writes it."""
    return "#{:02x}{:02x}{:02x}".format(*pixels.mean(axis=0).round().astype(int))


def find_lookalikes(flags: Images) -> pd.DataFrame:
    """The pairs of pictures that cannot be told apart, or hardly, from across a room."""
    codes = sorted(flags)
    small = np.stack([_thumbnail(flags[code]()) for code in codes])
    pairs = []
    for i, code in enumerate(codes):
        distance = np.abs(small[i + 1 :] - small[i]).mean(axis=1)
        pairs += [(code, codes[i + 1 + j], float(distance[j])) for j in np.flatnonzero(distance < ALIKE)]
    table = pd.DataFrame(pairs, columns=["iso", "other", "distance"]).round(1)
    table[["iso", "other"]] = table[["iso", "other"]].apply(lambda codes: codes.str.upper())
    return table.sort_values(["distance", "iso", "other"], ignore_index=True)


def _thumbnail(pixels: np.ndarray) -> np.ndarray:
    """Average blocks of 4 x 4 pixels over white, as one row of numbers."""
    alpha = pixels[..., 3:] / 255
    colours = pixels[..., :3] * alpha + 255 * (1 - alpha)
    height, width = colours.shape[0] // 4, colours.shape[1] // 4
    return colours[: height * 4, : width * 4].reshape(height, 4, width, 4, 3).mean(axis=(1, 3)).ravel()


def split_inbox(inbox: Mapping[str, pd.DataFrame]) -> dict[str, Callable[[], pd.DataFrame]]:
    """A function for each new month: the table is made when the partition is written, one at a time."""
    return {month: partial(clean_month, table) for month, table in inbox.items()}


def clean_month(wide: pd.DataFrame) -> pd.DataFrame:
    """A row for each day and currency, oldest first, without the currencies that are not quoted."""
    named = wide.loc[:, ~wide.columns.str.startswith("Unnamed")]  # each line of the bank's file ends with a comma
    long = named.melt("Date", var_name="currency", value_name="per_euro").dropna()
    long = long.rename(columns={"Date": "day"}).astype({"per_euro": float})
    return long.sort_values(["day", "currency"], ignore_index=True)


def join_months(months: Tables) -> pd.DataFrame:
    """All months in one table, those of earlier runs included."""
    return pd.concat([load() for _, load in sorted(months.items())], ignore_index=True)


def check_rates(rates: pd.DataFrame, inbox: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Refuse rates that cannot be true; only if this passes is the inbox confirmed."""
    if rates.duplicated(["day", "currency"]).any():
        raise ValueError(f"Two rates for one day: {rates[rates.duplicated(['day', 'currency'])].to_dict('records')}")
    if not (rates["per_euro"] > 0).all():
        raise ValueError(f"Rates that are not positive: {rates[~(rates['per_euro'] > 0)].to_dict('records')}")
    return {
        "new_months": sorted(inbox),
        "first_day": f"{rates['day'].min():%Y-%m-%d}",
        "last_day": f"{rates['day'].max():%Y-%m-%d}",
        "days": int(rates["day"].nunique()),
        "currencies": int(rates["currency"].nunique()),
        "rows": len(rates),
    }


def place_currencies(countries: pd.DataFrame, tenders: pd.DataFrame, check: dict[str, Any]) -> pd.DataFrame:
    """Which currency was legal tender where on the last day of the rates: a country may have two, or none."""
    today = pd.Timestamp(check["last_day"])
    in_force = tenders["legal_tender"] & ~(tenders["from"] > today) & ~(tenders["to"] < today)  # open ends are NaT
    zones = countries.merge(tenders[in_force], left_on="iso", right_on="territory")
    zones = zones[["currency", "iso", "name", "continentcode", "population", "from", "to"]]
    return zones.sort_values(["currency", "population"], ascending=[True, False], ignore_index=True)


def describe_currencies(rates: pd.DataFrame, zones: pd.DataFrame, flag_colours: pd.DataFrame) -> pd.DataFrame:
    """One row for each currency: how far it moved against the euro, who lives with it, the colour of its flag."""
    value = 1 / rates.pivot_table("per_euro", "day", "currency")  # in euro, so up means stronger
    daily = value.pct_change(fill_method=None)
    table = pd.DataFrame(
        {
            "iso": value.columns.str[:2],  # ISO 4217: the first two letters of a currency are its country
            "first_day": value.apply(pd.Series.first_valid_index),
            "last_day": value.apply(pd.Series.last_valid_index),
            "per_euro": 1 / value.ffill().iloc[-1],
            "change": value.ffill().iloc[-1] / value.bfill().iloc[0] - 1,
            "volatility": daily.std() * TRADING_DAYS**0.5,
            "worst_day": daily.idxmin(),
            "worst_change": daily.min(),
            "best_day": daily.idxmax(),
            "best_change": daily.max(),
        }
    ).rename_axis("currency")
    lived_with = zones.groupby("currency").agg(countries=("iso", "nunique"), people=("population", "sum"))
    table = table.join(lived_with).fillna({"countries": 0, "people": 0}).astype({"countries": int, "people": int})
    table = table.reset_index().merge(
        flag_colours[["iso", "mean_colour", "bold_colour", "main_colour"]], on="iso", how="left"
    )
    numbers = table.select_dtypes(float).columns
    table[numbers] = table[numbers].round(6)
    return table.sort_values("change", ascending=False, ignore_index=True)
