"""Measure the pictures."""

from typing import Any, Callable, Dict

import pandas as pd
from kedro.pipeline import Pipeline, node, pipeline


def measure(pictures: Dict[str, Callable[[], Dict[str, Any]]], scale: int) -> pd.DataFrame:
    rows = []
    for name, load in sorted(pictures.items()):
        picture = load()
        rows.append({"name": name, "width": picture["width"] * scale, "height": picture["height"] * scale})
    return pd.DataFrame(rows)


def invert(pictures: Dict[str, Callable[[], Dict[str, Any]]]) -> Dict[str, Any]:
    picture = pictures["square"]()
    return {**picture, "values": [255 - each for each in picture["values"]]}


def create_pipeline(**kwargs) -> Pipeline:
    return pipeline(
        [
            node(func=measure, inputs=["pictures", "params:scale"], outputs="sizes", name="measure"),
            node(func=invert, inputs="pictures", outputs="negative", name="invert", tags="pixels"),
        ]
    )
