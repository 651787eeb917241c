"""The pipeline 'cleaning': the same for two regions."""

from kedro.pipeline import Pipeline, node, pipeline

from .nodes import by_region, clean, figures, put_together


def create_pipeline(**kwargs) -> Pipeline:
    region = pipeline(
        [
            node(clean, inputs=["readings", "params:limits", "params:offset"], outputs="clean", name="clean"),
            node(
                func=figures,
                inputs={"clean": "clean", "unit": "params:unit"},
                outputs={"mean": "mean_figure#json", "count": "count_figure#json"},
                name="figures",
                tags="figures",
            ),
        ],
        tags=["region"],
    )
    both = [
        pipeline(
            region,
            namespace=name,
            inputs={"readings": f"{name}_readings"},
            parameters={"limits", "unit"},
        )
        for name in ("north", "south")
    ]
    whole = pipeline(
        [
            node(put_together, "readings", "all_readings", name="put_together"),
            node(by_region, "all_readings", ["north_readings", "south_readings"], name="by_region"),
        ]
    )
    return whole + sum(both)
