"""The same nodes for two channels."""

from kedro.pipeline import Node, Pipeline, node

from .nodes import amounts_of, fit, set_prices


def _channel() -> Pipeline:
    return Pipeline(
        [
            Node(amounts_of, ["orders_in", "params:threshold"], "amounts", name="amounts_of"),
            node(
                func=set_prices,
                inputs=dict(amounts="amounts", margin="params:margin", rules="params:rules", rounding="params:rounding"),
                outputs="prices",
                name="set_prices",
                tags=["prices"],
            ),
            node(fit, ["prices", "parameters"], ["mean_model", "fit_note"], name="fit"),
        ]
    )


def create_pipeline(**kwargs) -> Pipeline:
    channels = [
        Pipeline(
            _channel(),
            namespace=name,
            inputs={"orders_in": "all_orders@frame"},
            parameters={"params:threshold": "params:threshold", "params:rounding": "params:rounding"},
            tags=[name],
        )
        for name in ("retail", "wholesale")
    ]
    return sum(channels)
