"""The pipeline 'reporting'."""

from kedro.pipeline import Pipeline, node, pipeline

from . import nodes


def create_pipeline(**kwargs) -> Pipeline:
    return pipeline(
        [
            node(
                nodes.summarize,
                ["north.mean_figure#json", "south.mean_figure#json", "parameters"],
                "summary",
                name="summarize",
            ),
            node(nodes.describe, ["summary", "words", "number"], "stamped", name="describe", tags=["text"]),
            node(nodes.last, "stamped", "length", name="last", tags={"text"}),
            node(nodes.names, ["north.clean", "south.clean"], "cached_names", confirms=None),
            node(nodes.count_names, "cached_names", "how_many"),
        ]
    )
