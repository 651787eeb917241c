"""Tell what was found."""

from kedro.pipeline import Pipeline, node, pipeline

from .nodes import read_letter, report, total, write_letter


def create_pipeline(**kwargs) -> Pipeline:
    return pipeline(
        [
            node(total, {"retail": "retail.prices", "wholesale": "wholesale.prices"}, "totals", name="total"),
            node(
                report,
                ["totals", "retail.mean_model", "wholesale.mean_model", "kept", "params:retail.rules", "params:retail.rules.min"],
                "report",
            ),
            node(write_letter, ["report", "greeting"], "secret_letter", name="write"),
            node(read_letter, "secret_letter", ["in_between", "length"], name="read"),
        ],
        tags="reporting",
    )
