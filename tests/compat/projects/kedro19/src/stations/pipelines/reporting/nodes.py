"""Nodes of the pipeline 'reporting'."""

import logging

log = logging.getLogger(__name__)


def summarize(north, south, parameters):
    log.info("Summarizing")
    return {"north": north, "south": south, "high": parameters["limits"]["high"], "doubled": parameters["doubled"]}


def describe(summary, words, number):
    return f"{words['greeting']}: {summary['north']['value']:.1f}\n" * number


def last(text):
    return len(text)


def names(north_clean, south_clean):
    return "\n".join(sorted({*north_clean["station"], *south_clean["station"]}))


def count_names(text):
    return text.count("\n") + 1
