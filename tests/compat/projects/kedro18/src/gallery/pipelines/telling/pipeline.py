"""Tell of the pictures."""

from kedro.pipeline import Pipeline, node
from kedro.pipeline.modular_pipeline import pipeline


def summarise(sizes, negative, words):
    return {"widths": sizes.width.tolist(), "first": negative["values"][0], "greeting": words["greeting"]}


def shout(text, punctuation):
    return text.upper() + punctuation


def create_pipeline(**kwargs) -> Pipeline:
    inner = pipeline([node(shout, ["text", "params:words.punctuation"], "loud_words", name="shout")])
    return Pipeline(
        [
            node(summarise, ["sizes", "negative", "params:words"], "summary"),
            node(lambda summary: str(summary["first"]), "summary", "first_words", name="first"),
            node(len, "first_words", "count", name="count"),
            node(repr, "count", "password_hint", name="hint"),
            pipeline(inner, inputs={"text": "fed"}, parameters={"words.punctuation"}, namespace="hall"),
        ]
    )
