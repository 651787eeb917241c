"""Prices of one channel."""

from __future__ import annotations

from typing import Any

import pandas as pd


def amounts_of(orders: pd.DataFrame, threshold: float) -> pd.Series:
    return orders[orders.amount < threshold].amount


def set_prices(amounts: pd.Series, margin: float, rules: dict[str, float], rounding: int) -> pd.DataFrame:
    prices = (amounts * (1 + margin)).clip(rules["min"], rules["max"]).round(rounding)
    return pd.DataFrame({"amount": amounts, "price": prices})


def fit(prices: pd.DataFrame, parameters: dict[str, Any]) -> tuple[dict[str, Any], str]:
    model = {"mean": float(prices.price.mean()), "currency": parameters["currency"]}
    return model, f"mean of {len(prices)}: {model['mean']:.3f}"
