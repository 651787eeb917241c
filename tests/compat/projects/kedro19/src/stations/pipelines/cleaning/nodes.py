"""Nodes of the pipeline 'cleaning'."""

from typing import Any, Callable, Dict, Tuple

import pandas as pd


def put_together(readings: Dict[str, Callable[[], pd.DataFrame]]) -> pd.DataFrame:
    return pd.concat(
        [load().assign(day=day) for day, load in sorted(readings.items())],
        ignore_index=True,
    )


def by_region(all_readings: pd.DataFrame) -> Tuple[pd.DataFrame, pd.DataFrame]:
    return tuple(all_readings[all_readings["region"] == each] for each in ("north", "south"))


def clean(readings: pd.DataFrame, limits: Dict[str, Any], offset: float) -> pd.DataFrame:
    kept = readings[readings["value"].between(limits["low"], limits["high"])]
    return kept.assign(value=kept["value"] + offset)


def figures(clean: pd.DataFrame, unit: str) -> Dict[str, Any]:
    return {
        "mean": {"value": round(float(clean["value"].mean()), 3), "unit": unit},
        "count": len(clean),
    }
