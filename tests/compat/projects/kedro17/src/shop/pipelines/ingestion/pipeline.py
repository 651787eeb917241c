"""Read what came in."""

from kedro.pipeline import Pipeline, node, pipeline

from .nodes import count_lines, put_together, split_by_customer, sum_days


def create_pipeline(**kwargs) -> Pipeline:
    return pipeline(
        [
            node(put_together, inputs="orders", outputs="all_orders@frame", name="put_together", tags="ingest"),
            node(count_lines, "all_orders@text", "lines_note", name="count_lines"),
            node(split_by_customer, ["all_orders@frame", "customers"], "by_customer", name="split"),
            node(sum_days, {"days": "days", "times": "params:days_of"}, "kept", confirms="days", name="sum_days"),
        ],
        tags=["ingestion"],
    )
