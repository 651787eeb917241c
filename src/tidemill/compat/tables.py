"""Kedro's modules and their counterparts in Tidemill."""

from __future__ import annotations

import re

from tidemill.datasets import DATASETS, RENAMED

#: The packages whose names mean Tidemill; the second only where it is not really installed.
FRAMEWORK, PLUGIN = "kedro", "kedro_datasets"

#: Module of Kedro -> the module of Tidemill that has its names, or None for a package that only holds others.
_MODULES: dict[str, str | None] = {
    "kedro": None,
    "kedro.extras": None,
    "kedro.io": "tidemill.io",
    "kedro.io.cached_dataset": "tidemill.io",
    "kedro.io.core": "tidemill.io.core",
    "kedro.io.data_catalog": "tidemill.io",
    "kedro.io.incremental_dataset": "tidemill.io",
    "kedro.io.lambda_dataset": "tidemill.io",
    "kedro.io.memory_dataset": "tidemill.io",
    "kedro.io.partitioned_dataset": "tidemill.io",
    "kedro.pipeline": "tidemill.pipeline",
    "kedro.pipeline.node": "tidemill.pipeline",
    "kedro.pipeline.pipeline": "tidemill.pipeline",
    "kedro.runner": "tidemill.runner",
    "kedro.runner.sequential_runner": "tidemill.runner",
    "kedro_datasets.partitions": "tidemill.io",
}
#: Short name -> the module of Kedro that has it, where that is not called as the class is.
_FILES = {
    "email.EmailMessageDataset": "message_dataset",
    "holoviews.HoloviewsWriter": "holoviews_writer",
    "matplotlib.MatplotlibWriter": "matplotlib_writer",
    "pandas.GBQQueryDataset": "gbq_dataset",
    "pandas.GBQTableDataset": "gbq_dataset",
    "pandas.SQLQueryDataset": "sql_dataset",
    "pandas.SQLTableDataset": "sql_dataset",
    "redis.PickleDataset": "redis_dataset",
    "tensorflow.TensorFlowModelDataset": "tensorflow_model_dataset",
}
_ROOM_DEPTH = 3  # tidemill.datasets.pandas


def _rows() -> dict[str, str | None]:
    """Return the modules above, and those of the formats: `pandas` and `pandas.csv_dataset` for a row of theirs."""
    found = dict(_MODULES)
    for root in ("kedro.extras.datasets", PLUGIN):
        found[root] = "tidemill.datasets"
        for short in (*DATASETS, *RENAMED):
            row = DATASETS[RENAMED.get(short, short)]
            room = f"{root}.{short.partition('.')[0]}"
            found[room] = ".".join(row.module.split(".")[:_ROOM_DEPTH])
            for file in sorted(_files(short)):
                found[f"{room}.{file}"] = row.module
    return found


def _files(short: str) -> set[str]:
    """Return what the module of a class may be called: theirs are `deltatable_dataset`, and `spark_hive_dataset`."""
    if short in _FILES:
        return {_FILES[short]}
    name = short.rpartition(".")[2].removesuffix("Dataset")
    words = re.findall("[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", name)
    return {f"{each.lower()}_dataset" for each in (name, "_".join(words))}


COUNTERPARTS = _rows()


def modern(module: str) -> str:
    """Return a module's name as the table spells it: older releases have `kedro.io.memory_data_set`."""
    return module.replace("data_set", "dataset")
